using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>A table that the runtime's <c>PathTable</c> reads: numbers, text that they point into and that opens with the shifts, and the hash.</summary>
internal sealed record PathTableData(int[] Numbers, string Text, PerfectHash Hash)
{
    /// <summary>Of a tree: the first slot of its edges.</summary>
    public int FirstEdge { get; init; }

    /// <summary>Of a tree: how many literal segments every pattern begins with, or 0 where there is another way to begin.</summary>
    public int RootSegments { get; init; }
}

/// <summary>Writes the tables of paths.</summary>
internal static class PathTableBuilder
{
    private const int HeaderLength = 8, NodeLength = 8, SlotLength = 4, EdgeLength = 8;

    /// <summary>Slots of exact paths, and behind them the leaves of those that have several routes.</summary>
    public static PathTableData BuildExact(IReadOnlyList<PlannedPath> paths)
    {
        string[] keys = paths.Select(path => path.Pattern.Shape).ToArray();
        (byte[] Text, int Node)[] texts = keys.Select(key => (Encoding.ASCII.GetBytes(key), 0)).ToArray();
        PerfectHash hash = PerfectHash.Of(texts);

        var leaves = new Lists(hash.Keys.Length * SlotLength);
        var text = new TextPool(hash.Shifts);
        var slots = new int[hash.Keys.Length * SlotLength];
        for (int slot = 0; slot < hash.Keys.Length; slot++)
        {
            if (hash.Keys[slot] is not (>= 0 and int key)) continue;

            (int bits, int route) = leaves.Leaf(paths[key]);
            Put(slots, slot * SlotLength, text.Add(keys[key]), hash.CheckOf(texts[key].Text, 0), bits, route);
        }

        return new PathTableData([.. slots, .. leaves.Numbers], text.ToString(), hash);
    }

    /// <summary>Header, nodes, slots of edges, and behind them affixes, their parts and leaves, which are pointed to by where they are.</summary>
    public static PathTableData BuildTree(RouteTree root)
    {
        // Nodes count from 1, the header is as long as one. A parameter's node lies right behind the one that leads to it: often the same line of the cache.
        var nodes = new List<TreeNode>();
        var edges = new List<(int Parent, string Text, int Child)>();
        Add(root, -1);

        int Add(RouteTree tree, int parent)
        {
            var node = new TreeNode(tree, parent);
            nodes.Add(node);
            int number = nodes.Count;
            if (tree.Parameter is not null) node.Parameter = Add(tree.Parameter, number - 1);
            foreach ((SegmentModel segment, RouteTree child) in tree.Affixed) node.Affixed.Add((segment, Add(child, number - 1)));

            (node.Segments, var literals) = tree.Edges();
            foreach ((string literal, RouteTree child) in literals) edges.Add((number, literal, Add(child, number - 1)));
            return number;
        }

        // Children come behind their parents
        for (int i = nodes.Count - 1; i >= 0; i--)
        {
            TreeNode node = nodes[i];
            foreach (PlannedPath? path in new[] { node.Tree.Leaf, node.Tree.Rest })
                if (path is not null) node.Max = Math.Max(node.Max, path.Routes.Max(route => route.Number));
            if (i > 0) nodes[node.Parent].Max = Math.Max(nodes[node.Parent].Max, node.Max);
        }

        (byte[] Text, int Node)[] texts = edges.Select(edge => (Encoding.ASCII.GetBytes(edge.Text), edge.Parent)).ToArray();
        PerfectHash hash = PerfectHash.Of(texts);
        int firstEdge = HeaderLength + (nodes.Count * NodeLength);
        var text = new TextPool(hash.Shifts);
        var lists = new Lists(firstEdge + (hash.Keys.Length * EdgeLength));

        var numbers = new int[firstEdge + (hash.Keys.Length * EdgeLength)];
        Put(numbers, 0, firstEdge / EdgeLength, hash.Slots, hash.Shifts.Length, hash.Salt);
        Put(numbers, 4, hash.Window, hash.Second, 0, 0);
        for (int i = 0; i < nodes.Count; i++)
        {
            TreeNode node = nodes[i];
            int at = HeaderLength + (i * NodeLength);
            Put(numbers, at, node.Max, node.IsFork ? ~node.Segments : node.Segments, lists.Affixed(node.Affixed, text), node.Parameter);
            (int bits, int route) = lists.Leaf(node.Tree.Leaf);
            (int restBits, int rest) = lists.Leaf(node.Tree.Rest);
            Put(numbers, at + 4, bits, route, restBits, rest);
        }

        for (int slot = 0; slot < hash.Keys.Length; slot++)
        {
            if (hash.Keys[slot] is not (>= 0 and int key)) continue;

            (int parent, string literals, int child) = edges[key];
            int at = firstEdge + (slot * EdgeLength);
            Put(numbers, at, parent, text.Add(literals), hash.CheckOf(texts[key].Text, parent), child);
            (int bits, int route) = nodes[child - 1].EndsWithParameter ? lists.Leaf(nodes[child].Tree.Leaf) : (0, 0);
            Put(numbers, at + 4, bits, route, 0, 0);
        }

        return new PathTableData([.. numbers, .. lists.Numbers], text.ToString(), hash)
        {
            FirstEdge = firstEdge / EdgeLength,
            RootSegments = nodes[0].IsFork ? 0 : nodes[0].Segments,
        };
    }

    private static void Put(int[] numbers, int at, int first, int second, int third, int fourth)
    {
        numbers[at] = first;
        numbers[at + 1] = second;
        numbers[at + 2] = third;
        numbers[at + 3] = fourth;
    }

    private sealed class TreeNode(RouteTree tree, int parent)
    {
        public RouteTree Tree => tree;

        public int Parent => parent;

        public int Max { get; set; } = -1;

        public int Segments { get; set; }

        /// <summary>Not one alternative only, literals or a parameter.</summary>
        public bool IsFork => Affixed.Count > 0 || tree.Rest is not null || (Segments > 0 && Parameter > 0);

        /// <summary>A parameter, behind which the path ends, is all there is.</summary>
        public bool EndsWithParameter => tree is { Leaf: null, Literals.Count: 0, Affixed.Count: 0, Rest: null, Parameter: { Leaf: not null, HasChildren: false } };

        public List<(SegmentModel Segment, int Child)> Affixed { get; } = [];

        public int Parameter { get; set; }
    }

    /// <summary>What slots and nodes point to: numbers that lie in the table from <paramref name="start"/> on.</summary>
    private sealed class Lists(int start)
    {
        public List<int> Numbers { get; } = [];

        private int Here => start + Numbers.Count;

        /// <summary>One route is held where the leaf is wanted, several lie in the list.</summary>
        public (int Bits, int Route) Leaf(PlannedPath? path)
        {
            if (path is null) return (0, 0);
            if (path.Routes.Count == 1) return (unchecked((int)path.Routes[0].Bits), path.Routes[0].Number);

            int leaf = Here;
            foreach (PlannedRoute route in path.Routes) Numbers.AddRange([unchecked((int)route.Bits), route.Number]);
            return (leaf, -path.Routes.Count);
        }

        public int Affixed(List<(SegmentModel Segment, int Child)> affixed, TextPool text)
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
    private sealed class TextPool(byte[] shifts)
    {
        private readonly StringBuilder _text = new(new string(shifts.Select(shift => (char)shift).ToArray()));
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
