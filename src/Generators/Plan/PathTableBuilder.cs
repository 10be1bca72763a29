using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>A table that the runtime's <c>PathTable</c> reads: numbers, the text that they point into, and the hash.</summary>
internal sealed record PathTableData(int[] Numbers, string Text, PerfectHash Hash);

/// <summary>Writes the tables of paths.</summary>
internal static class PathTableBuilder
{
    private const int HeaderLength = 8, NodeLength = 8, EdgeLength = 4;

    /// <summary>Slots of exact paths, and behind them the leaves of those that have several routes.</summary>
    public static PathTableData BuildExact(IReadOnlyList<PlannedPath> paths)
    {
        string[] keys = paths.Select(path => path.Pattern.Shape).ToArray();
        PerfectHash hash = PerfectHash.Of(keys.Select(key => (Encoding.ASCII.GetBytes(key), 0)).ToArray());

        var numbers = new List<int>();
        int firstLeaf = hash.Keys.Length * 4;
        int text = 0;
        var starts = new int[keys.Length];
        for (int i = 0; i < keys.Length; text += keys[i].Length, i++) starts[i] = text;

        var leaves = new List<int>();
        foreach (int key in hash.Keys)
        {
            if (key < 0)
            {
                numbers.AddRange([0, -1, 0, 0]);
                continue;
            }

            IReadOnlyList<PlannedRoute> routes = paths[key].Routes;
            if (routes.Count == 1)
            {
                numbers.AddRange([starts[key], keys[key].Length, unchecked((int)routes[0].Bits), routes[0].Number]);
                continue;
            }

            numbers.AddRange([starts[key], keys[key].Length, firstLeaf + leaves.Count, -routes.Count]);
            AddRoutes(leaves, paths[key]);
        }

        numbers.AddRange(leaves);
        return new PathTableData(numbers.ToArray(), string.Concat(keys), hash);
    }

    /// <summary>Header, nodes, slots of edges, and behind them affixes, their parts and leaves, which are pointed to by where they are.</summary>
    public static PathTableData BuildTree(RouteTree root)
    {
        // Breadth first: the list grows while it is walked. Nodes count from 1, the header is as long as one.
        List<TreeNode> nodes = [new TreeNode(root)];
        var edges = new List<(int Parent, string Text, int Child)>();
        for (int i = 0; i < nodes.Count; i++)
        {
            TreeNode node = nodes[i];
            (node.Segments, var literals) = node.Tree.Edges();
            foreach ((string literal, RouteTree child) in literals) edges.Add((i + 1, literal, Number(child)));
            foreach ((SegmentModel segment, RouteTree child) in node.Tree.Affixed) node.Affixed.Add((segment, Number(child)));
            if (node.Tree.Parameter is not null) node.Parameter = Number(node.Tree.Parameter);

            int Number(RouteTree child)
            {
                nodes.Add(new TreeNode(child) { Parent = i });
                return nodes.Count;
            }
        }

        // Children come behind their parents
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            TreeNode node = nodes[i];
            foreach (PlannedPath? path in new[] { node.Tree.Leaf, node.Tree.Rest })
                if (path is not null) node.Max = Math.Max(node.Max, path.Routes.Max(route => route.Number));
            if (i > 0) nodes[node.Parent].Max = Math.Max(nodes[node.Parent].Max, node.Max);
        }

        PerfectHash hash = PerfectHash.Of(edges.Select(edge => (Encoding.ASCII.GetBytes(edge.Text), edge.Parent)).ToArray());
        int firstEdge = HeaderLength + (nodes.Count * NodeLength);
        var text = new TextPool();
        var lists = new Lists(firstEdge + (hash.Keys.Length * EdgeLength), text);

        var numbers = new List<int> { firstEdge / EdgeLength, hash.Slots, hash.Salt, hash.Window, hash.Second, 0, 0, 0 };
        foreach (TreeNode node in nodes)
            numbers.AddRange([node.Max, lists.Leaf(node.Tree.Leaf), node.Segments, lists.Affixed(node.Affixed), node.Parameter, lists.Leaf(node.Tree.Rest), 0, 0]);

        foreach (int key in hash.Keys)
            numbers.AddRange(key < 0 ? [0, 0, 0, 0] : [edges[key].Parent, text.Add(edges[key].Text), edges[key].Text.Length, edges[key].Child]);

        numbers.AddRange(lists.Numbers);
        return new PathTableData(numbers.ToArray(), text.ToString(), hash);
    }

    private static void AddRoutes(List<int> leaves, PlannedPath path)
    {
        foreach (PlannedRoute route in path.Routes) leaves.AddRange([unchecked((int)route.Bits), route.Number]);
    }

    private sealed class TreeNode(RouteTree tree)
    {
        public RouteTree Tree => tree;

        public int Parent { get; init; }

        public int Max { get; set; } = -1;

        public int Segments { get; set; }

        public List<(SegmentModel Segment, int Child)> Affixed { get; } = [];

        public int Parameter { get; set; }
    }

    /// <summary>What nodes point to: numbers that lie in the table from <paramref name="start"/> on.</summary>
    private sealed class Lists(int start, TextPool text)
    {
        public List<int> Numbers { get; } = [];

        private int Here => start + Numbers.Count;

        public int Leaf(PlannedPath? path)
        {
            if (path is null) return 0;

            int leaf = Here;
            Numbers.Add(path.Routes.Count);
            AddRoutes(Numbers, path);
            return leaf;
        }

        public int Affixed(List<(SegmentModel Segment, int Child)> affixed)
        {
            if (affixed.Count == 0) return 0;

            var parts = new List<int>();
            foreach ((SegmentModel segment, _) in affixed)
            {
                parts.Add(Here);
                foreach (string part in segment.Literals) Numbers.AddRange([text.Add(part), part.Length]);
            }

            int list = Here;
            Numbers.Add(affixed.Count);
            for (int i = 0; i < affixed.Count; i++) Numbers.AddRange([parts[i], affixed[i].Segment.Literals.Count, affixed[i].Child]);
            return list;
        }
    }

    /// <summary>Every distinct text once.</summary>
    private sealed class TextPool
    {
        private readonly StringBuilder _text = new();
        private readonly Dictionary<string, int> _starts = [];

        public int Add(string text)
        {
            if (_starts.TryGetValue(text, out int start)) return start;

            start = _text.Length;
            _starts.Add(text, start);
            _text.Append(text);
            return start;
        }

        public override string ToString() => _text.ToString();
    }
}
