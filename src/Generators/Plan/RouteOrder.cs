using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The order in which routes are tried; routes that are equal in it keep theirs.</summary>
internal static class RouteOrder
{
    public static IComparer<RouteModel> Of(Methods methods) =>
        Comparer<RouteModel>.Create((left, right) => Compare(left, right, methods));

    private static int Compare(RouteModel left, RouteModel right, Methods methods)
    {
        if (Rank(left) - Rank(right) is not 0 and int rank) return rank;
        if (PatternOrder.Instance.Compare(left.Pattern, right.Pattern) is not 0 and int order) return order;
        if (methods.BitsOf(left.Methods).CompareTo(methods.BitsOf(right.Methods)) is not 0 and int bits) return bits;

        return string.CompareOrdinal(left.Key, right.Key);
    }

    private static int Rank(RouteModel route) => route switch
    {
        { Pattern.IsExact: false } => 4,
        { IsStatic: false } => 3,
        // Those of parts come last of the static ones: so the numbers of a class's own constants and files stay dense
        { Via: not null } => 2,
        { Static.File: null } => 0,
        _ => 1,
    };
}
