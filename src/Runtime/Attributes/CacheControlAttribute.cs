namespace Prebake;

/// <summary>Adds <c>Cache-Control</c> to the responses of a member or of every member of a class.</summary>
/// <example><code>
/// partial class App
/// {
///     [Static("/logo.svg"), CacheControl("public, max-age=31536000, immutable")] const string Logo = "&lt;svg/&gt;";
/// }
/// </code></example>
/// <param name="directives">The value of the header.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method | AttributeTargets.Property | AttributeTargets.Field)]
public sealed class CacheControlAttribute(string directives) : Attribute
{
    /// <summary>The value of the header.</summary>
    public string Directives { get; } = directives;
}
