namespace Prebake;

/// <summary>
/// The longest silence while the body of a request of this route is read; in place of
/// <see cref="ServeOptions.IdleTimeout"/>, and of the rate that <see cref="ServeOptions.MinRequestBodyRate"/> asks for. On a
/// class: for all of its handlers that say nothing themselves. A body that is silent for longer is answered 408. What the
/// handler takes does not count.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/upload"), IdleTimeout(60)] Task Upload(Request request) => SaveAsync(request.Body);
/// }
/// </code></example>
/// <param name="seconds">
/// Seconds, from 0.001 to 2,073,600 (24 days), or 0 for no limit. Anything else does not compile (PB0082).
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class IdleTimeoutAttribute(double seconds) : Attribute
{
    /// <summary>Seconds; 0 for no limit.</summary>
    public double Seconds { get; } = seconds;
}
