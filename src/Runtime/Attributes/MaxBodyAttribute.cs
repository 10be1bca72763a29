namespace Prebake;

/// <summary>
/// The largest request body that this route accepts, in bytes; a larger one is answered 413. In place of
/// <see cref="ServeOptions.MaxRequestBodySize"/>, above it too. On a class: for all of its handlers that say nothing
/// themselves.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/avatar"), MaxBody(1 &lt;&lt; 20)] void Avatar([Body] byte[] image) => Save(image);
/// }
/// </code></example>
/// <param name="bytes">
/// Bytes, from 0 (no body at all) to <see cref="long.MaxValue"/>. A negative number does not compile (PB0082).
/// </param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class MaxBodyAttribute(long bytes) : Attribute
{
    /// <summary>The limit in bytes.</summary>
    public long Bytes { get; } = bytes;
}
