using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>How a path is found: compared with each that there is, or looked up in a table.</summary>
internal sealed class DispatchPlan
{
    // Origin of both numbers: with fewer, compares are faster than a hash and a person can still read them
    private const int MostComparedPaths = 15, MostComparedPatterns = 32;

    public DispatchPlan(IReadOnlyList<PlannedPath> exact, IReadOnlyList<PlannedPath> patterns)
    {
        if (IsForTable(exact, MostComparedPaths)) ExactTable = PathTableBuilder.BuildExact(exact);
        else ExactByLength = exact.GroupBy(path => path.Pattern.Shape.Length).OrderBy(group => group.Key).Select(group => (group.Key, group.ToArray())).ToArray();

        if (patterns.Count == 0) return;

        RouteTree tree = RouteTree.Of(patterns);
        if (IsForTable(patterns, MostComparedPatterns)) PatternTable = PathTableBuilder.BuildTree(tree);
        else PatternTree = tree;
    }

    /// <summary>Null where exact paths are compared.</summary>
    public PathTableData? ExactTable { get; }

    /// <summary>Exact paths that are compared: those of one length stand together.</summary>
    public IReadOnlyList<(int Length, PlannedPath[] Paths)> ExactByLength { get; } = [];

    /// <summary>Null where patterns are compared, or where there are none.</summary>
    public PathTableData? PatternTable { get; }

    /// <summary>Patterns that are compared; null where there are none.</summary>
    public RouteTree? PatternTree { get; }

    private static bool IsForTable(IReadOnlyList<PlannedPath> paths, int mostCompared) =>
        paths.Count > mostCompared && paths.All(path => path.Pattern.Shape.Length <= PathHash.LongestKey);
}
