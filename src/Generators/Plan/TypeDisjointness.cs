using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>
/// Whether two handlers of one shape can share it because no text parses as both: <c>{id}</c> as <c>int</c> and as <c>Guid</c>.
/// One position where the types are disjoint is enough.
/// </summary>
internal static class TypeDisjointness
{
    public static bool AreDisjoint(RouteModel left, RouteModel right)
    {
        string[] leftNames = left.Pattern!.Names.ToArray(), rightNames = right.Pattern!.Names.ToArray();
        for (int i = 0; i < leftNames.Length; i++)
        {
            string? one = ClassOf(left, leftNames[i]), other = ClassOf(right, rightNames[i]);
            if (one is not null && other is not null && one != other && !AreAlike(one, other) && !AreAlike(other, one)) return true;
        }

        return false;
    }

    // "true" may be a name, "1" is a real number too, and so is a Guid of 32 digits
    private static bool AreAlike(string one, string other) => (one, other) is ("name", "bool") or ("real", "number") or ("real", "guid");

    /// <summary>Texts of different classes never look alike; null for types that may read anything.</summary>
    private static string? ClassOf(RouteModel route, string name)
    {
        ParameterModel? parameter = route.Member?.Flat.FirstOrDefault(candidate => candidate.WireName == name && candidate.Source == Source.Path);
        return parameter switch
        {
            null => null,
            { Value: ValueKind.Enum, IsFlags: true } => null,
            { Value: ValueKind.Enum } => "name",
            { Value: ValueKind.Primitive, Type: "bool" } => "bool",
            { Value: ValueKind.Primitive, Type: "global::System.Guid" } => "guid",
            { Value: ValueKind.Primitive, Type: "global::System.DateOnly" } => "date",
            { Value: ValueKind.Primitive, Type: "double" or "float" or "decimal" } => "real",
            { Value: ValueKind.Primitive } => "number",
            _ => null,
        };
    }
}
