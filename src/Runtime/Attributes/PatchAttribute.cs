using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>Answers PATCH.</summary>
/// <remarks>
/// A pattern consists of literals and parameters: <c>/users/{id}</c>, <c>/t/{id}.json</c>, <c>/{from}-{to}</c>, and,
/// last, <c>{*rest}</c>. Each parameter is bound to the method's parameter of that name, whose type decides which
/// values match.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Patch("/todos/{id}")] Todo? Change(int id, TodoChange change) => _store.Change(id, change);   // null is 404
/// }
/// </code></example>
/// <param name="path">The pattern; starts with <c>/</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PatchAttribute([StringSyntax("Route")] string path) : Attribute
{
    /// <summary>The pattern as written.</summary>
    public string Path { get; } = path;
}
