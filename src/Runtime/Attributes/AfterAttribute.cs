namespace Prebake;

/// <summary>
/// Called with every response from below its class, which it may change: those of handlers, also if they return text or
/// data or a stream, those of <c>[Error]</c>, and what is refused below the class's prefix. It returns nothing, or a
/// <c>Response</c> to send instead; either may be a task.
/// </summary>
/// <remarks>
/// It stands in one order with <c>[Before]</c>, <c>[Around]</c> and <c>[Use]</c>: what a <c>[Before]</c> that is declared
/// earlier answers does not come by here. The response is this request's own, and its body is as it was returned: a stream
/// has not begun. Constant responses are sent without it, which the build says (PB0185) unless <see cref="Constants"/> is
/// false.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [After] void Stamp(Response response) => response.Headers["X-Version"] = "7";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AfterAttribute : Attribute
{
    /// <summary>False says that constant responses are meant to go without it. Default true: the build warns of them.</summary>
    public bool Constants { get; set; } = true;
}
