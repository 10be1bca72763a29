namespace Prebake;

/// <summary>
/// Called before every handler below its class: its own and those of its parts. It returns nothing, or a
/// <c>Response?</c> that answers in place of the handler, or an <c>HttpException?</c> that refuses and is shaped by
/// <c>[Error]</c>; each may be a task. Parameters are bound like a handler's, but
/// for the path and the body.
/// </summary>
/// <remarks>
/// With <c>[After]</c>, <c>[Around]</c> and <c>[Use]</c> of the class it stands in one order, that of their declarations,
/// the first outermost. It is called when the head of a request is there, before its body is read, so who is refused need
/// not send it; and it may ask for what <see cref="ProvideAttribute"/> gives. It is also called for what is refused below
/// the class's prefix: 404, 405, 413. Constant responses are sent without it, which the build says (PB0185) unless <see cref="Constants"/> is false.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Before] Response? Closed(Request request) => request.Path.StartsWith("/old") ? new Response { Status = 410 } : null;
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class BeforeAttribute : Attribute
{
    /// <summary>False says that constant responses are meant to go without it. Default true: the build warns of them.</summary>
    public bool Constants { get; set; } = true;
}
