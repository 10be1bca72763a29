using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Reads the names of methods.</summary>
internal static class MethodNames
{
    public static bool IsValid(string name) => name == "*" || (FieldSyntax.IsToken(name) && !name.Any(char.IsLower));

    /// <summary><c>"GET, POST"</c> or <c>"*"</c>; null is GET.</summary>
    public static EquatableArray<string> Split(string? list) =>
        (list ?? "GET").Split(',').Select(name => name.Trim()).Where(name => name is not "HEAD" || list!.IndexOf("GET", StringComparison.Ordinal) < 0)
            .Distinct().ToEquatable();
}
