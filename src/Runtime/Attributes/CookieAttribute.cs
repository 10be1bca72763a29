namespace Prebake;

/// <summary>Binds a parameter to a cookie of the request.</summary>
/// <example><code>
/// partial class App
/// {
///     [Get("/")] string Home([Cookie] string? theme, [Cookie("visits")] int visits = 0) => $"{theme} {visits}";
/// }
/// </code></example>
[AttributeUsage(AttributeTargets.Parameter | AttributeTargets.Property)]
public sealed class CookieAttribute : Attribute
{
    /// <summary>Binds to the parameter's own name.</summary>
    public CookieAttribute() { }

    /// <summary>Binds to another name.</summary>
    /// <param name="name">The name of the cookie; case-sensitive.</param>
    public CookieAttribute(string name) => Name = name;

    /// <summary>The name of the cookie; null is the parameter's own.</summary>
    public string? Name { get; }
}
