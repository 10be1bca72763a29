namespace Prebake;

/// <summary>
/// Answers every request that no route answers. An app has at most one; without it the response is 404 or 405.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Fetch] Response Handle(Request request) => new("Bun!");
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Method)]
public sealed class FetchAttribute : Attribute;
