using System.Buffers.Binary;
using System.Runtime.CompilerServices;

namespace Prebake.Shared;

/// <summary>
/// The hash behind the perfect-hash tables of paths. It reads the length, the last eight bytes, and up to two more words of eight from
/// windows that the generator chose so that they tell all keys of a table apart: the cost does not grow with the path. Only where no
/// windows do, the whole key is read. The tables' keys are fixed at build, and a hit is compared whole, so nothing is gained by an
/// attacker who can make it collide.
/// </summary>
/// <remarks>Here with checked reads, for the build and for rare keys; <c>PathTable</c> reads the same words without checks.</remarks>
internal static class PathHash
{
    /// <summary>A window that is not needed: less tells the keys apart.</summary>
    public const int None = -1;

    /// <summary>No windows tell the keys apart: the whole key counts.</summary>
    public const int Whole = -2;

    /// <summary>The longest text that a table can hold.</summary>
    public const int LongestKey = 0xFFFF;

    private const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F, Third = 0x165667B19E3779F9, Fourth = 0xD6E8FEB86659FD93;

    /// <summary>What tells keys apart: equal for two keys only if no salt can separate them.</summary>
    /// <param name="key">The bytes.</param>
    /// <param name="node">Tells the nodes of a tree apart, whose edges share a table.</param>
    /// <param name="window">Where the eight bytes start that are read beside the last eight, or <see cref="None"/> or <see cref="Whole"/>.</param>
    /// <param name="second">Where another eight start, or <see cref="None"/>.</param>
    public static ulong Words(ReadOnlySpan<byte> key, int node, int window, int second)
    {
        ulong words = Ends(Last(key), key.Length, node);
        if (key.Length < 8) return words;
        if (window == Whole) return OfWhole(key, words);

        if (window >= 0) words = WithWindow(words, Eight(key, Math.Min(window, key.Length - 8)));
        return second >= 0 ? WithSecond(words, Eight(key, Math.Min(second, key.Length - 8))) : words;
    }

    /// <summary>The last eight bytes of a key, or all that it has; its length; its node.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Ends(ulong last, int length, int node) => (last * First) ^ (((ulong)(uint)node << 32) | (uint)length);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WithWindow(ulong words, ulong window) => words ^ Rotate(window * Second);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong WithSecond(ulong words, ulong second) => words ^ Rotate(second * Third);

    /// <summary>Bucket, slot and fingerprint are taken from different bits of this, each of which depends on every word.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mix(ulong words, int salt) => (words ^ (words >> 32)) * (Fourth + ((ulong)(uint)salt << 1));

    /// <summary>The bucket of a key; <paramref name="buckets"/> is a power of two.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Bucket(ulong hash, int buckets) => (int)(hash >> 32) & (buckets - 1);

    /// <summary>The slot that a key with this hash has where its bucket is shifted by so much: below <paramref name="slots"/> plus the shift.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Slot(ulong hash, int shift, int slots) => (int)(((hash >> 32) * (uint)slots) >> 32) + shift;

    /// <summary>
    /// The length of a key and a fingerprint in one number. What is not in a table has another one than the key in its slot, all but one time in 65,536: one
    /// compare that a processor foresees, and no look at the text. Never that of an empty slot, which is 0.
    /// </summary>
    /// <param name="hash">From <see cref="Mix"/>.</param>
    /// <param name="length">At least 1, and at most <see cref="LongestKey"/>.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Check(ulong hash, int length) => (int)(((uint)hash & 0xFFFF0000) | (uint)length);

    private static ulong OfWhole(ReadOnlySpan<byte> key, ulong words)
    {
        for (int at = 0; at < key.Length - 8; at += 8) words = Rotate(words ^ Eight(key, at)) * Second;
        return words;
    }

    private static ulong Last(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 8) return Eight(key, key.Length - 8);

        ulong last = 0;
        for (int i = key.Length - 1; i >= 0; i--) last = (last << 8) | key[i];
        return last;
    }

    private static ulong Eight(ReadOnlySpan<byte> key, int at) => BinaryPrimitives.ReadUInt64LittleEndian(key.Slice(at));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Rotate(ulong value) => (value << 32) | (value >> 32);
}
