using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// Many exact paths behind a perfect hash, and many patterns in one tree, as constant tables: the cost of a look-up does not grow with
/// the number of routes. Small apps get compares instead, which are faster still and pleasant to read.
/// </summary>
/// <remarks>The generator's <c>PathTableBuilder</c> and <c>PatternTableBuilder</c> write what is read here.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PathTable
{
    /// <summary>
    /// Header of a table of exact paths: slots, buckets, salt, window; then displacements, slots, leaves. A slot is the start and the
    /// length of its path's text, and then either the methods and the number of its one route or the leaf and minus the count of several.
    /// </summary>
    internal const int ExactHeader = 4, ExactSlot = 4;

    /// <summary>Header of a tree: edge slots, buckets, salt, start of nodes, of affixes, of parts, of leaves, window; then displacements, edge slots and the rest.</summary>
    internal const int TreeHeader = 8, TreeEdge = 4, TreeNode = 8, TreeAffix = 3;

    /// <summary>The first route of a path that fits, or −1; adds the path's methods to <paramref name="seen"/>.</summary>
    public static int Walk(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        ulong hash = PathHash.Of(path, (uint)table[2], table[3]);
        int bucket = table[ExactHeader + PathHash.Bucket(hash, table[1])];
        ReadOnlySpan<int> slot = table.Slice(ExactHeader + table[1] + (PathHash.Slot(hash, bucket, table[0]) * ExactSlot), ExactSlot);
        if (slot[1] != path.Length || !text.Slice(slot[0], path.Length).SequenceEqual(path)) return -1;

        int route = slot[3];
        if (route < 0) return Leaf(table, slot[2], -route, method, after, ref seen);

        uint methods = (uint)slot[2];
        seen |= methods;
        return (methods & method) != 0 && route > after ? route : -1;
    }

    /// <inheritdoc cref="Walk(ReadOnlySpan{int}, ReadOnlySpan{byte}, ReadOnlySpan{byte}, uint, int, ref uint)"/>
    public static int WalkTree(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen) =>
        path.IsEmpty ? -1 : new Tree(table, text, path).Walk(0, 1, method, after, ref seen);

    /// <summary>A table that a debug build holds as a string, two characters for each number.</summary>
    public static ReadOnlySpan<int> Numbers(string text) => System.Runtime.InteropServices.MemoryMarshal.Cast<char, int>(text.AsSpan());

    private static int Leaf(ReadOnlySpan<int> table, int start, int count, uint method, int after, ref uint seen)
    {
        for (int i = start; count > 0; i += 2, count--)
        {
            uint methods = (uint)table[i];
            seen |= methods;
            if ((methods & method) != 0 && table[i + 1] > after) return table[i + 1];
        }

        return -1;
    }

    private readonly ref struct Tree(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path)
    {
        private readonly ReadOnlySpan<int> _table = table;
        private readonly ReadOnlySpan<byte> _text = text;
        private readonly ReadOnlySpan<byte> _path = path;

        /// <summary>Tries what follows a node, for a path that goes on at <paramref name="at"/>: literal, affixed, parameter, rest.</summary>
        public int Walk(int node, int at, uint method, int after, ref uint seen)
        {
            while (true)
            {
                ReadOnlySpan<int> row = _table.Slice(_table[3] + (node * TreeNode), TreeNode);
                // Every route below was tried before: nothing to find, unless all methods are asked for
                if (row[0] <= after) return -1;

                // Segments that all routes below have in common
                int prefix = row[7];
                if (prefix != 0)
                {
                    if (_path.Length - at < prefix || !_path.Slice(at, prefix).SequenceEqual(_text.Slice(row[6], prefix))) return -1;
                    at += prefix;
                }

                int end = Bind.SegmentEnd(_path, at);
                ReadOnlySpan<byte> segment = _path[at..end];
                int child = (row[1] & 1) != 0 ? Edge(node, segment) : -1;
                int others = row[3] | ~row[4] | ~row[5];
                if (others == 0)
                {
                    // Nothing to come back to: the usual way down
                    if (child < 0) return -1;
                    if (end == _path.Length) return Enter(child, end, method, after, ref seen);

                    (node, at) = (child, end + 1);
                    continue;
                }

                int route;
                if (child >= 0 && (route = Enter(child, end, method, after, ref seen)) >= 0) return route;

                if (!segment.IsEmpty)
                {
                    int affix = _table[4] + (row[2] * TreeAffix);
                    for (int count = row[3]; count > 0; count--, affix += TreeAffix)
                        if (Fits(segment, _table[affix], _table[affix + 1]) && (route = Enter(_table[affix + 2], end, method, after, ref seen)) >= 0) return route;

                    if (row[4] >= 0 && (route = Enter(row[4], end, method, after, ref seen)) >= 0) return route;
                }

                return row[5] >= 0 ? LeafOf(row[5], method, after, ref seen) : -1;
            }
        }

        private int Enter(int node, int end, uint method, int after, ref uint seen)
        {
            if (end < _path.Length) return Walk(node, end + 1, method, after, ref seen);

            int leaf = _table[_table[3] + (node * TreeNode) + 1] >> 1;
            return leaf > 0 ? LeafOf(leaf - 1, method, after, ref seen) : -1;
        }

        /// <summary>A leaf is its count and its routes.</summary>
        private int LeafOf(int leaf, uint method, int after, ref uint seen)
        {
            int start = _table[6] + leaf;
            return Leaf(_table, start + 1, _table[start], method, after, ref seen);
        }

        private int Edge(int node, ReadOnlySpan<byte> segment)
        {
            ulong hash = PathHash.Of(segment, PathHash.EdgeSalt((uint)_table[2], node), _table[7]);
            int bucket = _table[TreeHeader + PathHash.Bucket(hash, _table[1])];
            ReadOnlySpan<int> slot = _table.Slice(TreeHeader + _table[1] + (PathHash.Slot(hash, bucket, _table[0]) * TreeEdge), TreeEdge);
            return slot[0] == node && slot[2] == segment.Length && _text.Slice(slot[1], segment.Length).SequenceEqual(segment) ? slot[3] : -1;
        }

        private bool Fits(ReadOnlySpan<byte> segment, int part, int count)
        {
            int first = _table[5] + (part * 2);
            int last = first + ((count - 1) * 2);
            if (!Bind.Strip(ref segment, Part(first), Part(last))) return false;

            for (int middle = last - 2; middle > first; middle -= 2)
                if (!Bind.Cut(ref segment, Part(middle), out _)) return false;

            return true;
        }

        private ReadOnlySpan<byte> Part(int at) => _text.Slice(_table[at], _table[at + 1]);
    }
}
