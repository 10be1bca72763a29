namespace Prebake;

/// <summary>
/// Binds a parameter to the whole body: <c>string</c> (UTF-8), <c>byte[]</c>, <c>ReadOnlySpan&lt;byte&gt;</c>, or a type of the app's
/// <c>JsonSerializerContext</c>. The handler is called when the last byte has arrived.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/echo")] ReadOnlySpan&lt;byte&gt; Echo([Body] ReadOnlySpan&lt;byte&gt; body) => body;
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter)]
public sealed class BodyAttribute : Attribute;
