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
    /// <summary>Header of a table of exact paths: slots, buckets, salt; then displacements, slots, leaves.</summary>
    internal const int ExactHeader = 3, ExactSlot = 4;

    /// <summary>Header of a tree: edge slots, buckets, salt, start of nodes, of affixes, of parts, of leaves; then displacements, edge slots and the rest.</summary>
    internal const int TreeHeader = 7, TreeEdge = 4, TreeNode = 6, TreeAffix = 3;

    /// <summary>The first route of a path that fits, or −1; adds the path's methods to <paramref name="seen"/>.</summary>
    public static int Walk(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        ulong hash = PathHash.Of(path, (uint)table[2]);
        int slot = ExactHeader + table[1] + (PathHash.Slot(hash, table[ExactHeader + PathHash.Bucket(hash, table[1])], table[0]) * ExactSlot);
        if (table[slot + 1] != path.Length || !text.Slice(table[slot], path.Length).SequenceEqual(path)) return -1;

        return Leaf(table, table[slot + 2], table[slot + 3], method, after, ref seen);
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
            int row = _table[3] + (node * TreeNode);
            // Every route below was tried before: nothing to find, unless all methods are asked for
            if (_table[row] <= after) return -1;

            int end = Bind.SegmentEnd(_path, at);
            ReadOnlySpan<byte> segment = _path[at..end];
            int route;

            if ((_table[row + 1] & 1) != 0 && Edge(node, segment) is >= 0 and int child
                && (route = Enter(child, end, method, after, ref seen)) >= 0) return route;

            if (!segment.IsEmpty)
            {
                int affix = _table[4] + (_table[row + 2] * TreeAffix);
                for (int count = _table[row + 3]; count > 0; count--, affix += TreeAffix)
                    if (Fits(segment, _table[affix], _table[affix + 1]) && (route = Enter(_table[affix + 2], end, method, after, ref seen)) >= 0) return route;

                if (_table[row + 4] >= 0 && (route = Enter(_table[row + 4], end, method, after, ref seen)) >= 0) return route;
            }

            return _table[row + 5] >= 0 ? LeafOf(_table[row + 5], method, after, ref seen) : -1;
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
            ulong hash = PathHash.Of(segment, PathHash.EdgeSalt((uint)_table[2], node));
            int slot = TreeHeader + _table[1] + (PathHash.Slot(hash, _table[TreeHeader + PathHash.Bucket(hash, _table[1])], _table[0]) * TreeEdge);
            return _table[slot] == node && _table[slot + 2] == segment.Length && _text.Slice(_table[slot + 1], segment.Length).SequenceEqual(segment)
                ? _table[slot + 3] : -1;
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
