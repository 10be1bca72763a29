using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>Answers the methods that are named, which may be methods of your own.</summary>
/// <example><code>
/// partial class App
/// {
///     [Route("/cache/{key}", "PURGE", "DELETE")] void Drop(string key) => _cache.Remove(key);
/// }
/// </code></example>
/// <param name="path">The pattern; starts with <c>/</c>.</param>
/// <param name="methods">One or more methods, in upper case. GET brings HEAD with it.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
public sealed class RouteAttribute([StringSyntax("Route")] string path, params string[] methods) : Attribute
{
    /// <summary>The pattern as written.</summary>
    public string Path { get; } = path;

    /// <summary>The methods as written.</summary>
    public IReadOnlyList<string> Methods { get; } = methods;
}
