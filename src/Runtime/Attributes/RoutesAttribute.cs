using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>Puts a prefix in front of every path of the class.</summary>
/// <remarks>The path <c>/</c> under a prefix is the prefix itself: <c>/api</c>, not <c>/api/</c>.</remarks>
/// <example><code>
/// [Routes("/api")]
/// partial class Api
/// {
///     [Get("/users/{id}")] string User(int id) => $"user {id}";   // /api/users/7
/// }
/// </code></example>
/// <param name="prefix">Literal segments; starts with <c>/</c> and does not end in one.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class RoutesAttribute([StringSyntax("Route")] string prefix) : Attribute
{
    /// <summary>The prefix as written.</summary>
    public string Prefix { get; } = prefix;
}
