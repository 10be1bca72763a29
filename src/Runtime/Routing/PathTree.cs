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
    private readonly ReadOnlySpan<byte> _shifts, _text, _path;
    private readonly ulong _slashes;
    private readonly uint _method;
    private readonly int _after;
    private readonly ref uint _seen;

    public PathTree(ReadOnlySpan<int> table, ReadOnlySpan<byte> shifts, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        _table = table;
        _shifts = shifts;
        _text = text;
        _path = path;
        _slashes = PathWords.Slashes(path);
        _method = method;
        _after = after;
        _seen = ref seen;
    }

    /// <summary>Tries what follows a node: literal, affixed, parameter, rest. What needs no coming back to goes on in the loop.</summary>
    public int Walk(int node, int at)
    {
        while (true)
        {
            ref readonly Node row = ref MemoryMarshal.Cast<int, Node>(_table)[node];
            if (at == _path.Length) return LeafOf(row.Leaf);

            // Every route below was tried before: nothing to find, unless all methods are asked for
            if (row.Max <= _after) return -1;

            int route;
            if (row.Segments > 0)
            {
                int literals = EndOf(at, row.Segments);
                int child = Edge(node, at, literals);
                if ((row.Affixes | row.Parameter | row.Rest) == 0)
                {
                    if (child == 0) return -1;
                    (node, at) = (child, literals);
                    continue;
                }

                if (child != 0 && (route = Walk(child, literals)) >= 0) return route;
            }

            int end = EndOf(at, 1);
            if (end > at + 1)
            {
                if (row.Affixes > 0 && (route = Affixed(row.Affixes, at + 1, end)) >= 0) return route;

                if (row.Parameter > 0)
                {
                    if (row.Rest == 0)
                    {
                        (node, at) = (row.Parameter, end);
                        continue;
                    }

                    if ((route = Walk(row.Parameter, end)) >= 0) return route;
                }
            }

            return LeafOf(row.Rest);
        }
    }

    /// <summary>Where so many segments end that begin with the slash at <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int EndOf(int at, int segments)
    {
        if (_path.Length > 64) return FarEndOf(at, segments);

        ulong ahead = _slashes & (~1UL << at);
        for (; segments > 1; segments--) ahead &= ahead - 1;
        return Math.Min(BitOperations.TrailingZeroCount(ahead), _path.Length);
    }

    // A path that is longer than the bits of a word
    [MethodImpl(MethodImplOptions.NoInlining)]
    private int FarEndOf(int at, int segments)
    {
        for (; segments > 0 && at < _path.Length; segments--) at = Bind.SegmentEnd(_path, at + 1);
        return at;
    }

    /// <summary>The node behind the edge with that text, or 0.</summary>
    private int Edge(int node, int start, int end)
    {
        ref readonly Header header = ref MemoryMarshal.Cast<int, Header>(_table)[0];
        int length = end - start;
        ulong words;
        if (end < 8 || header.Window == PathHash.Whole) words = PathHash.Words(_path[start..end], node, header.Window, header.Second);
        else
        {
            words = PathHash.Ends(PathWords.Last(_path, start, end), length, node);
            if (header.Window >= 0 && length >= 8)
            {
                words = PathHash.WithWindow(words, PathWords.Eight(_path, Math.Min(start + header.Window, end - 8)));
                if (header.Second >= 0) words = PathHash.WithSecond(words, PathWords.Eight(_path, Math.Min(start + header.Second, end - 8)));
            }
        }

        uint hash = PathHash.Mix(words, header.Salt);
        int index = PathHash.Slot(hash, _shifts[PathHash.Bucket(hash, _shifts.Length)], header.Slots);
        ref readonly EdgeSlot slot = ref MemoryMarshal.Cast<int, EdgeSlot>(_table)[header.FirstEdge + index];
        return slot.Node == node && slot.Length == length && PathWords.Same(_path.Slice(start, length), _text.Slice(slot.Start, length)) ? slot.Child : 0;
    }

    /// <summary>A list of affixed segments is its count, and for each where its parts are, how many, and the node behind it.</summary>
    private int Affixed(int list, int start, int end)
    {
        ReadOnlySpan<byte> segment = _path[start..end];
        int affix = list + 1;
        for (int count = _table[list]; count > 0; count--, affix += 3)
        {
            int route;
            if (Fits(segment, _table[affix], _table[affix + 1]) && (route = Walk(_table[affix + 2], end)) >= 0) return route;
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

    /// <summary>A leaf is its count and its routes.</summary>
    private int LeafOf(int leaf) => leaf == 0 ? -1 : PathTable.Leaf(_table, leaf + 1, _table[leaf], _method, _after, ref _seen);

    /// <summary>What the table opens with: of its edges the first slot, how many without the shifts, and their hash.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private readonly struct Header
    {
        public readonly int FirstEdge, Slots, Salt, Window, Second;
    }

    /// <summary>
    /// The highest route below; the leaf of routes that end here; how many segments the edges have; the list of affixed segments; the
    /// node behind a parameter; the leaf of the rest. 0 where there is none.
    /// </summary>
    [StructLayout(LayoutKind.Sequential, Size = 32)]
    private readonly struct Node
    {
        public readonly int Max, Leaf, Segments, Affixes, Parameter, Rest;
    }

    [StructLayout(LayoutKind.Sequential)]
    private readonly struct EdgeSlot
    {
        public readonly int Node, Start, Length, Child;
    }
}
