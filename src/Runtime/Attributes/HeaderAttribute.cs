namespace Prebake;

/// <summary>
/// On a member or a class, adds a header to the responses, checked and encoded at build time. On a parameter, binds a
/// header of the request.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Static("/t"), Header("X-Custom-Header", "Bun!")] const string T = "t";
///
///     [Get("/page")] string Page([Header("Accept-Language")] string? language) => language ?? "none";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field | AttributeTargets.Parameter,
    AllowMultiple = true)]
public sealed class HeaderAttribute : Attribute
{
    /// <summary>Adds <c>name: value</c> to each response.</summary>
    /// <param name="name">A token (RFC 9110 section 5.1).</param>
    /// <param name="value">Visible text, spaces and tabs.</param>
    public HeaderAttribute(string name, string value) => (Name, Value) = (name, value);

    /// <summary>Binds the request's header to a parameter.</summary>
    /// <param name="name">The name of the header; case-insensitive.</param>
    public HeaderAttribute(string name) => Name = name;

    /// <summary>The name.</summary>
    public string Name { get; }

    /// <summary>The value, or null on a parameter.</summary>
    public string? Value { get; }
}
