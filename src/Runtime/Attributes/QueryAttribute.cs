namespace Prebake;

/// <summary>Binds a parameter to the query of the request under another name than its own.</summary>
/// <example><code>
/// partial class App
/// {
///     [Get("/search")] string Search([Query("q")] string text, int page = 1) => $"{text}, page {page}";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class QueryAttribute : Attribute
{
    /// <summary>Binds to the parameter's own name.</summary>
    public QueryAttribute() { }

    /// <summary>Binds to another name.</summary>
    /// <param name="name">The name in the request.</param>
    public QueryAttribute(string name) => Name = name;

    /// <summary>The name in the request; null is the parameter's own.</summary>
    public string? Name { get; }
}
