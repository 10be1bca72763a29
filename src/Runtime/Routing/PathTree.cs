using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prebake.Routing;

/// <summary>
/// A path's way through the tree of many patterns. A node is looked at with the path at the slash in front of what follows, or at its
/// end; an edge is one literal segment or several, with their slashes, and one look-up.
/// </summary>
internal readonly ref struct PathTree
{
    /// <summary>The header is as long as a node, so that no node is 0, which means none.</summary>
    public const int Root = 1;

    private readonly ReadOnlySpan<int> _table;
    private readonly ReadOnlySpan<byte> _text, _path;
    private readonly ulong _slashes;
    private readonly uint _method;
    private readonly int _after;
    private readonly ref uint _seen;

    private PathTree(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, ulong slashes, uint method, int after, ref uint seen)
    {
        _table = table;
        _text = text;
        _path = path;
        _slashes = slashes;
        _method = method;
        _after = after;
        _seen = ref seen;
    }

    /// <summary>
    /// The usual way down, as long as a node has one alternative only: literals, or a parameter. Nothing is called on it, so everything
    /// stays in registers; what is not usual goes on in <see cref="Try"/>.
    /// </summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Walk(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        if (path.IsEmpty) return -1;
        if (path.Length > 64) return TryFrom(table, text, path, slashes: 0, Root, 0, method, after, ref seen);

        return Follow(table, text, path, PathWords.Slashes(path), Root, 0, method, after, ref seen);
    }

    /// <summary>The same from a node on.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static int Follow(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, ulong slashes, int node, int at, uint method, int after, ref uint seen)
    {
        ref readonly Header header = ref PathWords.Row<Header>(table, 0);
        if (header.Window == PathHash.Whole) return TryFrom(table, text, path, slashes, node, at, method, after, ref seen);

        do
        {
            ref readonly Node row = ref PathWords.Row<Node>(table, node);
            if (at == path.Length) return PathTable.First(table, row.Leaf, method, after, ref seen);

            // Every route below was tried before: nothing to find, unless all methods are asked for
            if (row.Max <= after) break;

            int segments = row.Segments, end;
            if (segments > 0)
            {
                end = NearEndOf(path, slashes, at, segments);
                ulong last = PathWords.Last(path, at, end);
                node = Edge(table, text, path, node, at, end, last, header, Words(path, node, at, end, last, header.Window, header.Second));
            }
            else if (segments == 0)
            {
                end = NearEndOf(path, slashes, at, 1);
                if (end == at + 1) break;

                node = row.Parameter;
            }
            else
            {
                return TryFrom(table, text, path, slashes, node, at, method, after, ref seen);
            }

            at = end;
        }
        while (node != 0);

        return -1;
    }

    // Apart, and not inlined: what it fills would be cleared first on the usual way
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int TryFrom(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, ulong slashes, int node, int at, uint method, int after, ref uint seen) =>
        new PathTree(table, text, path, slashes, method, after, ref seen).Try(node, at);

    /// <summary>Tries what follows a node: literal, affixed, parameter, rest.</summary>
    private int Try(int node, int at)
    {
        ref readonly Node row = ref PathWords.Row<Node>(_table, node);
        if (at == _path.Length) return PathTable.First(_table, row.Leaf, _method, _after, ref _seen);

        if (row.Max <= _after) return -1;

        int route;
        int segments = row.Segments < 0 ? ~row.Segments : row.Segments;
        if (segments != 0)
        {
            int literals = EndOf(at, segments);
            ref readonly Header header = ref PathWords.Row<Header>(_table, 0);
            ulong last = PathWords.Last(_path, at, literals);
            ulong words = header.Window == PathHash.Whole ? PathHash.Words(_path[at..literals], node, PathHash.Whole, PathHash.None) : Words(_path, node, at, literals, last, header.Window, header.Second);
            int child = literals - at > PathHash.LongestKey ? 0 : Edge(_table, _text, _path, node, at, literals, last, header, words);
            if (child != 0 && (route = Try(child, literals)) >= 0) return route;
        }

        int end = EndOf(at, 1);
        if (end > at + 1)
        {
            if (row.Affixes != 0 && (route = TryAffixed(row.Affixes, at + 1, end)) >= 0) return route;
            if (row.Parameter != 0 && (route = Try(row.Parameter, end)) >= 0) return route;
        }

        return PathTable.First(_table, row.Rest, _method, _after, ref _seen);
    }

    /// <summary>A list of affixed segments is its count, and for each where its parts are, how many, and the node behind it.</summary>
    private int TryAffixed(int list, int start, int end)
    {
        ReadOnlySpan<byte> segment = _path[start..end];
        int affix = list + 1;
        for (int count = _table[list]; count > 0; count--, affix += 3)
        {
            int route;
            if (Fits(segment, _table[affix], _table[affix + 1]) && (route = Try(_table[affix + 2], end)) >= 0) return route;
        }

        return -1;
    }

    private bool Fits(ReadOnlySpan<byte> segment, int first, int count)
    {
        int last = first + ((count - 1) * 2);
        if (!Bind.Strip(ref segment, Part(first), Part(last))) return false;

        for (int middle = last - 2; middle > first; middle -= 2)
            if (!Bind.Cut(ref segment, Part(middle), out _)) return false;

        return true;
    }

    private ReadOnlySpan<byte> Part(int at) => _text.Slice(_table[at], _table[at + 1]);

    /// <summary>Where so many segments end that begin with the slash at <paramref name="at"/>; the end of the path if it has fewer.</summary>
    private int EndOf(int at, int segments)
    {
        if (_path.Length <= 64) return NearEndOf(_path, _slashes, at, segments);

        // More bits than a word has
        for (; segments > 0 && at < _path.Length; segments--) at = Bind.SegmentEnd(_path, at + 1);
        return at;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int NearEndOf(ReadOnlySpan<byte> path, ulong slashes, int at, int segments)
    {
        ulong ahead = slashes & (~1UL << at);
        for (; segments > 1; segments--) ahead &= ahead - 1;
        return Math.Min(BitOperations.TrailingZeroCount(ahead), path.Length);
    }

    /// <summary><see cref="PathHash.Words"/> of a part of the path, unless the whole of it counts.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Words(ReadOnlySpan<byte> path, int node, int start, int end, ulong last, int window, int second)
    {
        ulong words = PathHash.Ends(last, end - start, node);
        if (window < 0 || end - start < 8) return words;

        words = PathHash.WithWindow(words, PathWords.Eight(path, Math.Min(start + window, end - 8)));
        return second < 0 ? words : PathHash.WithSecond(words, PathWords.Eight(path, Math.Min(start + second, end - 8)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Edge(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, int node, int start, int end, ulong last, in Header header, ulong words) =>
        TryEdge(table, text, path, node, start, end, last, PathHash.Mix(words, header.Salt), header.FirstEdge, header.Slots, header.Buckets, out int child, out _) ? child : 0;

    /// <summary>The node behind the edge with that text, of at most <see cref="PathHash.LongestKey"/>, and the routes of a parameter if these are all that is behind that.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool TryEdge(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, int node, int start, int end, ulong last, ulong hash, int edges, int slots, int buckets,
        out int child, out PathLeaf parameter)
    {
        int index = edges + PathHash.Slot(hash, PathWords.Shift(text, PathHash.Bucket(hash, buckets)), slots);
        ref readonly EdgeSlot slot = ref PathWords.Row<EdgeSlot>(table, index);
        child = slot.Child;
        parameter = slot.Parameter;
        return slot.Check == PathHash.Check(hash, end - start) && slot.Node == node && PathWords.Same(path, start, end, last, text, slot.Start);
    }

    /// <summary>What the table opens with: of its edges the first slot, how many without the shifts, how many buckets, and their hash.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private readonly struct Header
    {
        public readonly int FirstEdge, Slots, Buckets, Salt, Window, Second;
    }

    /// <summary>
    /// The highest route below; how many segments its edges have, and the complement of that where there are other alternatives to them
    /// or to a parameter; the list of affixed segments; the node behind a parameter; the routes that end here and those with the rest. 0
    /// where there is none.
    /// </summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Node
    {
        public readonly int Max, Segments, Affixes, Parameter;
        public readonly PathLeaf Leaf, Rest;
    }

    /// <summary>
    /// The node it starts from, its text, <see cref="PathHash.Check"/> and the node it leads to. If nothing follows that but a parameter at the end of the path,
    /// the routes of it once more: most patterns are answered from here.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private readonly struct EdgeSlot
    {
        public readonly int Node, Start, Check, Child;
        public readonly PathLeaf Parameter;
    }
}
