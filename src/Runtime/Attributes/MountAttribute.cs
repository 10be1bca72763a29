using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// Serves the routes of an object below a prefix: on a field or property whose class has routes. They are found in the one
/// table of the class that is served, so two parts that want the same requests are an error of the build (PB0040).
/// </summary>
/// <remarks>
/// Prefixes compose: that of the class around the mount, the mount's, that of the part's <see cref="RoutesAttribute"/>, the
/// route's. Parts may mount parts. <c>[Error]</c> and <c>[Fetch]</c> of a part are for what is below its prefix, and the
/// nearest is asked; <c>[Header]</c> and <c>[CacheControl]</c> on a class are for that class's own routes, and for what is
/// refused below its prefix. The member is read once, before the server listens; if it is null then, an
/// <see cref="InvalidOperationException"/> says so. How slashes and case count is said by the class that is served.
/// </remarks>
/// <example><code>
/// partial class App
/// {
///     [Mount("/api/users")] readonly Users _users = new();
/// }
///
/// partial class Users
/// {
///     [Get("/{id}")] string One(int id) => $"user {id}";      // /api/users/7, and App.Paths.Users.One(7)
/// }
/// </code></example>
/// <param name="prefix">Literal segments; starts with <c>/</c> and does not end in one. <c>/</c> alone adds nothing.</param>
[AttributeUsage(AttributeTargets.Field | AttributeTargets.Property)]
public sealed class MountAttribute([StringSyntax("Route")] string prefix) : Attribute
{
    /// <summary>The prefix as written.</summary>
    public string Prefix { get; } = prefix;
}
