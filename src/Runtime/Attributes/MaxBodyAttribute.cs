namespace Prebake;

/// <summary>The largest request body that this route accepts, in bytes; a larger one is answered 413.</summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/avatar"), MaxBody(1 &lt;&lt; 20)] void Avatar([Body] byte[] image) => Save(image);
/// }
/// </code></example>
/// <param name="bytes">The limit in bytes.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class MaxBodyAttribute(long bytes) : Attribute
{
    /// <summary>The limit in bytes.</summary>
    public long Bytes { get; } = bytes;
}
