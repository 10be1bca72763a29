using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prebake.WebSockets;

/// <summary>Masking (RFC 6455 section 5.3): each byte is combined with one of the four of a key, in turn.</summary>
internal static class Masking
{
    /// <summary>The key as it stands in a frame.</summary>
    public static uint ReadKey(ReadOnlySpan<byte> bytes) => MemoryMarshal.Read<uint>(bytes);

    /// <summary>The key for what follows after so many bytes.</summary>
    public static uint Rotate(uint key, int bytes)
    {
        int bits = (bytes & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, bits) : BitOperations.RotateLeft(key, bits);
    }

    /// <summary>Masks, or takes the mask off again, in place. The first byte is combined with the first of the
    /// key.</summary>
    public static void Apply(Span<byte> data, uint key)
    {
        if (key == 0) return;

        ref byte start = ref MemoryMarshal.GetReference(data);
        nuint at = 0, length = (nuint)data.Length;

        if (Vector512.IsHardwareAccelerated && length >= 256)
        {
            Vector512<byte> keys = Vector512.Create(key).AsByte();
            for (; at + 64 <= length; at += 64) (Vector512.LoadUnsafe(ref start, at) ^ keys).StoreUnsafe(ref start, at);
        }

        if (Vector256.IsHardwareAccelerated && at + 32 <= length)
        {
            Vector256<byte> keys = Vector256.Create(key).AsByte();
            for (; at + 32 <= length; at += 32) (Vector256.LoadUnsafe(ref start, at) ^ keys).StoreUnsafe(ref start, at);
        }

        if (at + 16 <= length)
        {
            Vector128<byte> keys = Vector128.Create(key).AsByte();
            for (; at + 16 <= length; at += 16) (Vector128.LoadUnsafe(ref start, at) ^ keys).StoreUnsafe(ref start, at);
        }

        // What is left starts with the first byte of the key again, since all steps are multiples of four
        Span<byte> rest = data[(int)at..];
        if (rest.Length >= 8)
        {
            MemoryMarshal.Write(rest, MemoryMarshal.Read<ulong>(rest) ^ (key | (ulong)key << 32));
            rest = rest[8..];
        }

        if (rest.Length >= 4)
        {
            MemoryMarshal.Write(rest, MemoryMarshal.Read<uint>(rest) ^ key);
            rest = rest[4..];
        }

        for (int i = 0; i < rest.Length; i++) rest[i] ^= ByteAt(key, i);
    }

    private static byte ByteAt(uint key, int index) =>
        (byte)(BitConverter.IsLittleEndian ? key >> (8 * index) : key >> (24 - (8 * index)));
}
