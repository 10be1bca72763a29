namespace Prebake;

/// <summary>
/// Encloses every handler below its class: it gets a <see cref="Next"/>, and returns the response, or a task of it.
/// </summary>
/// <remarks>
/// What goes wrong inside has become a response by <c>[Error]</c> when <see cref="Next"/> returns. One that returns no task
/// can stand only above what does not wait either (PB0184). It stands in one order with <c>[Before]</c>, <c>[After]</c> and
/// <c>[Use]</c>. Constant responses are sent without it, which the build says (PB0185) unless <see cref="Constants"/> is
/// false.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Around] async Task&lt;Response&gt; Timed(Next next)
///     {
///         long began = Stopwatch.GetTimestamp();
///         Response response = await next.RunAsync();
///         response.Headers["Server-Timing"] = $"app;dur={Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.0}";
///         return response;
///     }
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class AroundAttribute : Attribute
{
    /// <summary>False says that constant responses are meant to go without it. Default true: the build warns of them.</summary>
    public bool Constants { get; set; } = true;
}
