using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>Puts a prefix in front of every path of the class, and says how paths are compared: of a class, or of all classes of the assembly.</summary>
/// <remarks>The path <c>/</c> under a prefix is the prefix itself: <c>/api</c>, not <c>/api/</c>. A prefix belongs on a class.</remarks>
/// <example><code>
/// [assembly: Routes(TrailingSlash = TrailingSlash.Redirect)]       // /api/users/7/ is sent to /api/users/7
///
/// [Routes("/api")]
/// partial class Api
/// {
///     [Get("/users/{id}")] string User(int id) => $"user {id}";   // /api/users/7
/// }
/// </code></example>
/// <param name="prefix">Literal segments; starts with <c>/</c> and does not end in one.</param>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Assembly)]
public sealed class RoutesAttribute([StringSyntax("Route")] string prefix) : Attribute
{
    /// <summary>Without a prefix.</summary>
    public RoutesAttribute() : this("") { }

    /// <summary>The prefix as written; empty for none.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>
    /// What happens when a path has a slash too many or too few at its end. Default <see cref="TrailingSlash.Strict"/>;
    /// what a class says counts for that class, not what its assembly says.
    /// </summary>
    public TrailingSlash TrailingSlash { get; set; }

    /// <summary>
    /// Paths match whatever the case of their ASCII letters: <c>/Users/7</c> matches <c>/users/{id}</c>. The values of
    /// parameters stay as they were sent, and so do names of files below a folder that is served from disk. Two routes
    /// that differ by case only are the same one, which is an error (PB0040). Default <see langword="false"/>, as RFC
    /// 3986 section 6.2.2.1 has it: paths are case-sensitive. What a class says counts for that class, not what its
    /// assembly says.
    /// </summary>
    public bool IgnoreCase { get; set; }

    /// <summary>
    /// Nothing is open by oversight: a route of the class, or of what it mounts, that neither has a
    /// <see cref="GuardAttribute"/> on it or above it, nor a parameter that a <see cref="ProvideAttribute"/> with a
    /// challenge gives it and that may not be null, nor says <see cref="OpenAttribute"/>, is an error (PB0171). Default
    /// <see langword="false"/>. On the assembly it is so for all classes, unless one says <see langword="false"/>.
    /// </summary>
    public bool Guarded { get; set; }
}
