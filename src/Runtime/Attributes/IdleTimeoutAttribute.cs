namespace Prebake;

/// <summary>The longest silence while a request of this route is read or its response is sent.</summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/upload"), IdleTimeout(60)] Task Upload(Request request) => SaveAsync(request.Body);
/// }
/// </code></example>
/// <param name="seconds">Seconds; 0 for no limit.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class IdleTimeoutAttribute(double seconds) : Attribute
{
    /// <summary>Seconds; 0 for no limit.</summary>
    public double Seconds { get; } = seconds;
}
