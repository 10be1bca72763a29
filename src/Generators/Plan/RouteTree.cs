using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The patterns as a tree of segments. Children are in the order in which they are tried.</summary>
internal sealed class RouteTree
{
    public List<(string Text, RouteTree Node)> Literals { get; } = [];

    public List<(SegmentModel Segment, RouteTree Node)> Affixed { get; } = [];

    public RouteTree? Parameter { get; private set; }

    /// <summary>The routes that end in <c>{*rest}</c> here.</summary>
    public PlannedPath? Rest { get; private set; }

    /// <summary>The routes that end with the segment of this node.</summary>
    public PlannedPath? Leaf { get; private set; }

    public bool HasChildren => Literals.Count + Affixed.Count > 0 || Parameter is not null || Rest is not null;

    private bool IsPassedThrough => Leaf is null && Affixed.Count == 0 && Parameter is null && Rest is null;

    public static RouteTree Of(IEnumerable<PlannedPath> paths)
    {
        var root = new RouteTree();
        var index = new Dictionary<(RouteTree, string), RouteTree>();
        foreach (PlannedPath path in paths) root.Add(path, index);
        return root;
    }

    /// <summary>
    /// The literals below, with their slashes: several segments in one, <c>/api/v1/users</c>, where every way down passes as many of them
    /// before anything else is possible. One look-up instead of one for each segment, and nothing in between to come back to.
    /// </summary>
    public (int Segments, List<(string Text, RouteTree Node)> Literals) Edges()
    {
        var edges = Literals.Select(literal => (Text: "/" + literal.Text, literal.Node)).ToList();
        int segments = edges.Count > 0 ? 1 : 0;
        for (; segments > 0 && edges.All(edge => edge.Node.IsPassedThrough); segments++)
            edges = edges.SelectMany(edge => edge.Node.Literals.Select(next => (edge.Text + "/" + next.Text, next.Node))).ToList();

        return (segments, edges);
    }

    /// <summary>A literal and what can only follow it, with their slashes: "api/" + "v1/" is one compare where nothing else follows "api/".</summary>
    public static (string Prefix, RouteTree Node) Straight(string text, RouteTree node)
    {
        string prefix = text + "/";
        while (node is { Literals: [(string next, RouteTree { Leaf: null } only)], Affixed.Count: 0, Parameter: null, Rest: null })
        {
            prefix += next + "/";
            node = only;
        }

        return (prefix, node);
    }

    private void Add(PlannedPath path, Dictionary<(RouteTree, string), RouteTree> index)
    {
        RouteTree node = this;
        foreach (SegmentModel segment in path.Pattern.Segments)
        {
            if (segment.Kind == SegmentKind.Rest)
            {
                node.Rest = path;
                return;
            }

            node = node.Child(segment, index);
        }

        node.Leaf = path;
    }

    private RouteTree Child(SegmentModel segment, Dictionary<(RouteTree, string), RouteTree> index)
    {
        if (segment.Kind == SegmentKind.Parameter) return Parameter ??= new RouteTree();

        if (index.TryGetValue((this, segment.Shape), out RouteTree? child)) return child;

        child = new RouteTree();
        index.Add((this, segment.Shape), child);
        if (segment.Kind == SegmentKind.Literal) Literals.Add((segment.Literals[0], child));
        else Affixed.Add((segment, child));
        return child;
    }
}
