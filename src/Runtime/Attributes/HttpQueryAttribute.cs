using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// Answers QUERY: a request that reads, as GET does, and has a body that says what. Safe and idempotent, so a client may repeat it.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [HttpQuery("/articles")] List&lt;Article&gt; Find(Search search) => _store.Find(search);
/// }
/// </code></example>
/// <param name="path">The pattern; starts with <c>/</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class HttpQueryAttribute([StringSyntax("Route")] string path) : Attribute
{
    /// <summary>The pattern as written.</summary>
    public string Path { get; } = path;
}
