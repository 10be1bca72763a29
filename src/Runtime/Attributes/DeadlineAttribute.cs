namespace Prebake;

/// <summary>
/// How long a handler may take, with what stands around it: then <see cref="Request.Aborted"/> and the token that it asks
/// for are cancelled, and when the handler ends with an <see cref="OperationCanceledException"/> the answer is 503, shaped
/// by <see cref="ErrorAttribute"/> like every refusal. On a class: for all of its handlers that say nothing themselves.
/// </summary>
/// <remarks>
/// It is the token that ends the work: a handler that passes it on to nothing is waited for. A response that is being sent
/// has kept its deadline. A handler of a WebSocket has none; <c>MaxLifetime</c> bounds the socket.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Get("/reports/{year}"), Deadline(5)]
///     async Task&lt;Report&gt; Report(int year, CancellationToken cancellation) =&gt; await db.ReportAsync(year, cancellation);
/// }
/// </code></example>
/// <param name="seconds">
/// Seconds, from 0.001 to 2,073,600 (24 days), or 0 for no limit. Anything else does not compile (PB0082).
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class DeadlineAttribute(double seconds) : Attribute
{
    /// <summary>Seconds; 0 for no limit.</summary>
    public double Seconds { get; } = seconds;
}
