namespace Prebake;

/// <summary>The most bytes that a request body may have on this route; more is answered 413.</summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/avatar"), MaxBody(1 &lt;&lt; 20)] void Avatar([Body] byte[] image) => Save(image);
/// }
/// </code></example>
/// <param name="bytes">The limit.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class MaxBodyAttribute(long bytes) : Attribute
{
    /// <summary>The limit.</summary>
    public long Bytes { get; } = bytes;
}
