using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prebake.Routing;

/// <summary>
/// Many exact paths behind a perfect hash, and many patterns in one tree, as constant tables: the cost of a look-up does not grow with
/// the number of routes. Small apps get compares instead, which are pleasant to read.
/// </summary>
/// <remarks>The generator's <c>PathTableBuilder</c> writes what is read here.</remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class PathTable
{
    /// <summary>
    /// The first route of a path that fits, or −1; adds the path's methods to <paramref name="seen"/>. Inlined into the emitted
    /// dispatcher, where everything but the path is a constant.
    /// </summary>
    /// <param name="table">The slots, then the leaves of those with several routes.</param>
    /// <param name="text">How far the keys of each bucket are shifted, a byte each; behind these the paths.</param>
    /// <param name="slots">How many slots there are without the shifts.</param>
    /// <param name="buckets">How many buckets.</param>
    /// <param name="longest">The length of the longest path, at least 8 and at most <see cref="PathHash.LongestKey"/>.</param>
    /// <param name="salt">Of the hash, as are the two windows.</param>
    /// <param name="window">Where eight bytes start that are hashed beside the last eight, −1 where these are enough, or −2 for the whole path.</param>
    /// <param name="second">Where another eight start, or −1.</param>
    /// <param name="path">What is looked up.</param>
    /// <param name="method">The bit of the method.</param>
    /// <param name="after">The route to go on behind, or −1.</param>
    /// <param name="seen">The methods so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Walk(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, int slots, int buckets, int longest, int salt, int window, int second,
        ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        // One compare for both: too long for any, or too short to read a word of
        if ((uint)(path.Length - 8) > (uint)(longest - 8))
            return path.Length < 8 ? WalkChecked(table, text, slots, buckets, salt, window, second, path, method, after, ref seen) : -1;

        if (window == PathHash.Whole) return WalkChecked(table, text, slots, buckets, salt, window, second, path, method, after, ref seen);

        int lastAt = path.Length - 8;
        ulong last = PathWords.Eight(path, lastAt), words = PathHash.Ends(last, path.Length, node: 0);
        if (window >= 0) words = PathHash.WithWindow(words, PathWords.Eight(path, Math.Min(window, lastAt)));
        if (second >= 0) words = PathHash.WithSecond(words, PathWords.Eight(path, Math.Min(second, lastAt)));
        return At(table, text, slots, buckets, PathHash.Mix(words, salt), path, last, method, after, ref seen);
    }

    /// <summary>The first route of a pattern that fits, or −1; adds the methods of all that fit until then to <paramref name="seen"/>.</summary>
    public static int WalkTree(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, ReadOnlySpan<byte> path, uint method, int after, ref uint seen) =>
        PathTree.Walk(table, text, path, method, after, ref seen);

    /// <summary>
    /// The same where every pattern begins with literals: the first look-up is inlined into the emitted dispatcher, and what follows it if it is one parameter
    /// that ends the path, as most do.
    /// </summary>
    /// <param name="table">Header, nodes, edges and what they point to.</param>
    /// <param name="text">The shifts, and behind them the texts of the edges.</param>
    /// <param name="segments">How many segments the edges of the root have.</param>
    /// <param name="edges">The first slot of the edges.</param>
    /// <param name="slots">How many slots there are without the shifts.</param>
    /// <param name="buckets">How many buckets.</param>
    /// <param name="salt">Of the hash, as are the two windows, of which the first is not −2.</param>
    /// <param name="window">Where eight bytes start that are hashed beside the last eight, or −1.</param>
    /// <param name="second">Where another eight start, or −1.</param>
    /// <param name="path">What is looked up.</param>
    /// <param name="method">The bit of the method.</param>
    /// <param name="after">The route to go on behind, or −1.</param>
    /// <param name="seen">The methods so far.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int WalkTree(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, int segments, int edges, int slots, int buckets, int salt, int window, int second,
        ReadOnlySpan<byte> path, uint method, int after, ref uint seen)
    {
        // Too short to read a word of, or more bytes than a word has bits
        if ((uint)(path.Length - 8) > 64 - 8) return PathTree.Walk(table, text, path, method, after, ref seen);

        ulong slashes = PathWords.Slashes(path);
        int end = PathTree.NearEndOf(path, slashes, 0, segments);
        ulong last = PathWords.Last(path, 0, end), hash = PathHash.Mix(PathTree.Words(path, PathTree.Root, 0, end, last, window, second), salt);
        if (!PathTree.TryEdge(table, text, path, PathTree.Root, 0, end, last, hash, edges, slots, buckets, out int child, out PathLeaf parameter)) return -1;

        // One segment is left, and not an empty one
        return parameter.Methods != 0 && slashes >> end == 1 && path.Length > end + 1
            ? First(table, parameter, method, after, ref seen)
            : PathTree.Follow(table, text, path, slashes, child, end, method, after, ref seen);
    }

    /// <summary>A table that a debug build holds as a string, two characters for each number.</summary>
    public static ReadOnlySpan<int> Numbers(string text) => MemoryMarshal.Cast<char, int>(text.AsSpan());

    /// <summary>The first route of a leaf that fits, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int First(ReadOnlySpan<int> table, in PathLeaf leaf, uint method, int after, ref uint seen)
    {
        int route = leaf.Route;
        if (route < 0) return FirstOf(table, leaf.Methods, -route, method, after, ref seen);

        uint methods = (uint)leaf.Methods;
        seen |= methods;
        return (methods & method) != 0 && route > after ? route : -1;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int FirstOf(ReadOnlySpan<int> table, int start, int count, uint method, int after, ref uint seen)
    {
        for (int i = start; count > 0; i += 2, count--)
        {
            uint methods = (uint)table[i];
            seen |= methods;
            if ((methods & method) != 0 && table[i + 1] > after) return table[i + 1];
        }

        return -1;
    }

    // Not inlined: the usual path must not save registers for it
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static int WalkChecked(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, int slots, int buckets, int salt, int window, int second,
        ReadOnlySpan<byte> path, uint method, int after, ref uint seen) =>
        path.IsEmpty ? -1 : At(table, text, slots, buckets, PathHash.Mix(PathHash.Words(path, node: 0, window, second), salt), path, PathWords.Last(path, 0, path.Length), method, after, ref seen);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int At(ReadOnlySpan<int> table, ReadOnlySpan<byte> text, int slots, int buckets, ulong hash, ReadOnlySpan<byte> path, ulong last, uint method, int after, ref uint seen)
    {
        int index = PathHash.Slot(hash, PathWords.Shift(text, PathHash.Bucket(hash, buckets)), slots);
        ref readonly Slot slot = ref PathWords.Row<Slot>(table, index);
        if (slot.Check != PathHash.Check(hash, path.Length) || !PathWords.Same(path, 0, path.Length, last, text, slot.Start)) return -1;

        return First(table, slot.Leaf, method, after, ref seen);
    }

    /// <summary>A path: where its text is, <see cref="PathHash.Check"/>, and its routes.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly struct Slot
    {
        public readonly int Start, Check;
        public readonly PathLeaf Leaf;
    }
}

/// <summary>The routes of a path: methods and number of the one, or where the methods and numbers of several are and minus how many.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly struct PathLeaf
{
    public readonly int Methods, Route;
}
