using System.Buffers.Binary;

namespace Prebake.Routing;

/// <summary>
/// The hash behind the perfect-hash tables of paths. It reads the length, the last eight bytes and eight more from a window that the
/// generator chose so that they tell all keys of a table apart: the cost does not grow with the path. Only where no window does, the
/// whole key is read. The tables' keys are fixed at build, and a hit is compared whole, so nothing is gained by an attacker who can
/// make it collide.
/// </summary>
internal static class PathHash
{
    /// <summary>No window tells the keys apart: the whole key counts.</summary>
    public const int Whole = -1;

    private const ulong First = 0x9E3779B97F4A7C15, Second = 0xC2B2AE3D27D4EB4F, Third = 0x165667B19E3779F9;

    /// <param name="key">The bytes.</param>
    /// <param name="salt">Tells the keys of several tables, or the nodes of one tree, apart.</param>
    /// <param name="window">Where the eight bytes start that are read beside the last eight, or <see cref="Whole"/>.</param>
    public static ulong Of(ReadOnlySpan<byte> key, uint salt, int window)
    {
        ulong hash = ((ulong)salt << 32) | (uint)key.Length;
        if (key.Length < 8) hash ^= Small(key) * First;
        else if (window != Whole) hash ^= (Eight(key, key.Length - 8) * First) ^ Rotate(Eight(key, Math.Min(window, key.Length - 8)) * Second);
        else hash = OfWhole(key, hash);

        // Bucket and slot are taken from different bits, so every bit must depend on every byte
        hash = (hash ^ (hash >> 32)) * Third;
        return hash ^ (hash >> 32);
    }

    /// <summary>The slot that a key with this hash has under the displacement of its bucket.</summary>
    public static int Slot(ulong hash, int displacement, int slots)
    {
        uint mixed = ((uint)(hash >> 32) ^ ((uint)displacement * 0x9E3779B1u)) * 0x85EBCA6Bu;
        return (int)((mixed * (ulong)slots) >> 32);
    }

    /// <summary>One table holds the edges of all nodes of a tree.</summary>
    public static uint EdgeSalt(uint salt, int node) => salt ^ ((uint)node * 0x9E3779B1u);

    /// <summary>The bucket of a key; <paramref name="buckets"/> is a power of two.</summary>
    public static int Bucket(ulong hash, int buckets) => (int)hash & (buckets - 1);

    private static ulong OfWhole(ReadOnlySpan<byte> key, ulong hash)
    {
        int at = 0;
        for (; at < key.Length - 8; at += 8) hash = Rotate((hash ^ Eight(key, at)) * First);
        return (hash ^ Eight(key, key.Length - 8)) * Second;
    }

    // Up to seven bytes, each of them in the result
    private static ulong Small(ReadOnlySpan<byte> key)
    {
        if (key.Length >= 4)
            return BinaryPrimitives.ReadUInt32LittleEndian(key) | ((ulong)BinaryPrimitives.ReadUInt32LittleEndian(key.Slice(key.Length - 4)) << 32);

        return key.Length == 0 ? 0 : (uint)(key[0] | (key[key.Length >> 1] << 8) | (key[key.Length - 1] << 16));
    }

    private static ulong Eight(ReadOnlySpan<byte> key, int at) => BinaryPrimitives.ReadUInt64LittleEndian(key.Slice(at));

    private static ulong Rotate(ulong value) => (value << 32) | (value >> 32);
}
