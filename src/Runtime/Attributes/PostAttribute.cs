using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>Answers POST.</summary>
/// <remarks>
/// A pattern consists of literals and parameters: <c>/users/{id}</c>, <c>/t/{id}.json</c>, <c>/{from}-{to}</c>, and,
/// last, <c>{*rest}</c>. Each parameter is bound to the method's parameter of that name, whose type decides which
/// values match.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Post("/todos")] Todo Add(Todo todo) => _store.Add(todo);   // the body, as JSON
/// }
/// </code></example>
/// <param name="path">The pattern; starts with <c>/</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class PostAttribute([StringSyntax("Route")] string path) : Attribute
{
    /// <summary>The pattern as written.</summary>
    public string Path { get; } = path;
}
