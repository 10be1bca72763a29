using System.Text;
using Prebake.Generators.Model;
using Prebake.Routing;

namespace Prebake.Generators.Plan;

/// <summary>Writes the tables that the runtime's <c>PathTable</c> reads: numbers, and the text that they point into.</summary>
internal static class PathTableBuilder
{
    public static (int[] Numbers, string Text) BuildExact(IReadOnlyList<PlannedPath> paths)
    {
        string[] keys = paths.Select(path => path.Pattern.Shape).ToArray();
        (uint salt, int window, int[] displacements, int[] slots) =
            PerfectHash.Build(keys.Select(key => (Encoding.ASCII.GetBytes(key), (Func<uint, uint>)(salt => salt))).ToArray());

        var numbers = new List<int> { slots.Length, displacements.Length, (int)salt, window };
        numbers.AddRange(displacements);
        int leaf = numbers.Count + (slots.Length * 4);
        int text = 0;
        var starts = new int[keys.Length];
        for (int i = 0; i < keys.Length; text += keys[i].Length, i++) starts[i] = text;

        var leaves = new List<int>();
        foreach (int key in slots)
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

            numbers.AddRange([starts[key], keys[key].Length, leaf + leaves.Count, -routes.Count]);
            AddRoutes(leaves, paths[key]);
        }

        numbers.AddRange(leaves);
        return (numbers.ToArray(), string.Concat(keys));
    }

    public static (int[] Numbers, string Text) BuildTree(RouteTree root)
    {
        var nodes = new List<RouteTree> { root };
        var edges = new List<(int Parent, string Text, int Child)>();
        var ids = new Dictionary<RouteTree, int> { [root] = 0 };
        var text = new TextPool();
        List<int> affixes = [], parts = [], leaves = [];
        var rows = new List<int>();

        int IdOf(RouteTree node)
        {
            ids.Add(node, nodes.Count);
            nodes.Add(node);
            return nodes.Count - 1;
        }

        int LeafOf(PlannedPath? path)
        {
            if (path is null) return -1;
            int start = leaves.Count;
            leaves.Add(path.Routes.Count);
            AddRoutes(leaves, path);
            return start;
        }

        // Breadth first: the list grows while it is walked
        for (int i = 0; i < nodes.Count; i++)
        {
            (string prefix, RouteTree node) = nodes[i].SkipPrefix();
            foreach ((string literal, RouteTree child) in node.Literals) edges.Add((i, literal, IdOf(child)));

            int firstAffix = affixes.Count / 3;
            foreach ((SegmentModel segment, RouteTree child) in node.Affixed)
            {
                affixes.AddRange([parts.Count / 2, segment.Literals.Count, IdOf(child)]);
                foreach (string part in segment.Literals) parts.AddRange([text.Add(part), part.Length]);
            }

            int parameter = node.Parameter is null ? -1 : IdOf(node.Parameter);
            rows.AddRange([MaxOf(nodes[i]), ((LeafOf(nodes[i].Leaf) + 1) << 1) | (node.Literals.Count > 0 ? 1 : 0), firstAffix, node.Affixed.Count, parameter, LeafOf(node.Rest), prefix.Length > 0 ? text.Add(prefix) : 0, prefix.Length]);
        }

        (byte[] Text, Func<uint, uint> Salt)[] keys =
            edges.Select(edge => (Encoding.ASCII.GetBytes(edge.Text), (Func<uint, uint>)(salt => PathHash.EdgeSalt(salt, edge.Parent)))).ToArray();
        (uint salt, int window, int[] displacements, int[] slots) = PerfectHash.Build(keys);

        var numbers = new List<int> { slots.Length, displacements.Length, (int)salt, 0, 0, 0, 0, window };
        numbers.AddRange(displacements);
        foreach (int key in slots)
            numbers.AddRange(key < 0 ? [-1, 0, 0, 0] : [edges[key].Parent, text.Add(edges[key].Text), keys[key].Text.Length, edges[key].Child]);

        foreach ((int header, List<int> part) in new[] { (3, rows), (4, affixes), (5, parts), (6, leaves) })
        {
            numbers[header] = numbers.Count;
            numbers.AddRange(part);
        }

        return (numbers.ToArray(), text.ToString());
    }

    private static void AddRoutes(List<int> leaves, PlannedPath path)
    {
        foreach (PlannedRoute route in path.Routes) leaves.AddRange([unchecked((int)route.Bits), route.Number]);
    }

    private static int MaxOf(RouteTree node)
    {
        int max = -1;
        var open = new Stack<RouteTree>([node]);
        while (open.Count > 0)
        {
            RouteTree next = open.Pop();
            foreach (PlannedPath? path in new[] { next.Leaf, next.Rest })
                if (path is not null) max = Math.Max(max, path.Routes.Max(route => route.Number));
            foreach ((_, RouteTree child) in next.Literals) open.Push(child);
            foreach ((_, RouteTree child) in next.Affixed) open.Push(child);
            if (next.Parameter is not null) open.Push(next.Parameter);
        }

        return max;
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
