namespace Prebake.Shared;

/// <summary>XXH64 with seed 0: the hash behind our entity tags. Here since the core package depends on the base library only.</summary>
internal static class XxHash64
{
    private const ulong Prime1 = 0x9E3779B185EBCA87;
    private const ulong Prime2 = 0xC2B2AE3D27D4EB4F;
    private const ulong Prime3 = 0x165667B19E3779F9;
    private const ulong Prime4 = 0x85EBCA77C2B2AE63;
    private const ulong Prime5 = 0x27D4EB2F165667C5;

    public static ulong Hash(ReadOnlySpan<byte> data)
    {
        ulong length = (ulong)data.Length;
        ulong hash = Prime5;

        if (data.Length >= 32)
        {
            ulong a = unchecked(Prime1 + Prime2), b = Prime2, c = 0, d = unchecked(0 - Prime1);
            for (; data.Length >= 32; data = data.Slice(32))
            {
                a = Round(a, Read64(data));
                b = Round(b, Read64(data.Slice(8)));
                c = Round(c, Read64(data.Slice(16)));
                d = Round(d, Read64(data.Slice(24)));
            }

            hash = Rotate(a, 1) + Rotate(b, 7) + Rotate(c, 12) + Rotate(d, 18);
            hash = Merge(Merge(Merge(Merge(hash, a), b), c), d);
        }

        hash += length;
        for (; data.Length >= 8; data = data.Slice(8)) hash = Rotate(hash ^ Round(0, Read64(data)), 27) * Prime1 + Prime4;
        if (data.Length >= 4)
        {
            hash = Rotate(hash ^ (System.Buffers.Binary.BinaryPrimitives.ReadUInt32LittleEndian(data) * Prime1), 23) * Prime2 + Prime3;
            data = data.Slice(4);
        }
        foreach (byte b in data) hash = Rotate(hash ^ (b * Prime5), 11) * Prime1;

        hash = (hash ^ (hash >> 33)) * Prime2;
        hash = (hash ^ (hash >> 29)) * Prime3;
        return hash ^ (hash >> 32);
    }

    private static ulong Round(ulong lane, ulong input) => Rotate(lane + input * Prime2, 31) * Prime1;
    private static ulong Merge(ulong hash, ulong lane) => (hash ^ Round(0, lane)) * Prime1 + Prime4;
    private static ulong Rotate(ulong value, int by) => (value << by) | (value >> (64 - by));
    private static ulong Read64(ReadOnlySpan<byte> data) => System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(data);
}
