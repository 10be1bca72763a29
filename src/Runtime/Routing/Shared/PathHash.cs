namespace Prebake.Routing;

/// <summary>
/// The hash behind the perfect-hash tables of paths: eight bytes at a time, one multiply each. The tables' keys are fixed at build,
/// and a hit is compared whole, so nothing is gained by an attacker who can make it collide.
/// </summary>
internal static class PathHash
{
    private const ulong Multiplier = 0x9E3779B97F4A7C15;

    /// <param name="key">The bytes.</param>
    /// <param name="salt">Tells the keys of several tables, or the nodes of one tree, apart.</param>
    public static ulong Of(ReadOnlySpan<byte> key, uint salt)
    {
        ulong hash = Mix(((ulong)salt << 32) | (uint)key.Length);
        for (; key.Length >= 8; key = key.Slice(8))
            hash = Mix(hash ^ System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(key));

        ulong tail = 0;
        for (int i = 0; i < key.Length; i++) tail = (tail << 8) | key[i];
        // Once more: bucket and slot are taken from different bits, so every bit must depend on every byte
        hash = Mix(hash ^ tail);
        return Mix(hash ^ (hash >> 32));
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

    private static ulong Mix(ulong value)
    {
        value *= Multiplier;
        return value ^ (value >> 29);
    }
}
