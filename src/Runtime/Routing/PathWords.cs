using System.Diagnostics;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prebake.Routing;

/// <summary>
/// The unchecked reads of dispatch. Paths come from strangers, so each method says why what it reads lies inside the span: a word is
/// read only where eight bytes are known to be, and the rest of a text by a word that overlaps the one before, never by one that
/// reaches beyond the end.
/// </summary>
internal static class PathWords
{
    /// <summary>Eight bytes of a path of at least eight, from <paramref name="at"/>, at most eight before its end.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Eight(ReadOnlySpan<byte> path, int at)
    {
        Debug.Assert(at >= 0 && at <= path.Length - 8);
        return Eight(ref MemoryMarshal.GetReference(path), at);
    }

    /// <summary>
    /// A row of a table that the generator wrote, by its number. In bounds: it comes from the table itself, or it is a slot of its hash, and of these there are as
    /// many rows as the slots and the largest shift together allow, whatever path was hashed.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref readonly T Row<T>(ReadOnlySpan<int> table, int number) where T : struct
    {
        Debug.Assert(number >= 0 && (number + 1) * Unsafe.SizeOf<T>() <= table.Length * sizeof(int));
        return ref Unsafe.Add(ref Unsafe.As<int, T>(ref MemoryMarshal.GetReference(table)), number);
    }

    /// <summary>The shift of a bucket. In bounds: there are as many as buckets, and at least one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Shift(ReadOnlySpan<byte> shifts, uint hash) => Unsafe.Add(ref MemoryMarshal.GetReference(shifts), PathHash.Bucket(hash, shifts.Length));

    /// <summary>Whether a key of a table, whose text lies where the table says, stands in the path from <paramref name="start"/> on for <paramref name="length"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAt(ReadOnlySpan<byte> path, int start, int length, ReadOnlySpan<byte> text, int key)
    {
        Debug.Assert(start >= 0 && start <= path.Length - length && key >= 0 && key <= text.Length - length);
        return Same(ref Unsafe.Add(ref MemoryMarshal.GetReference(path), start), ref Unsafe.Add(ref MemoryMarshal.GetReference(text), key), length);
    }

    /// <summary>The slashes among the first 64 bytes, one bit each.</summary>
    public static ulong Slashes(ReadOnlySpan<byte> path)
    {
        ref byte start = ref MemoryMarshal.GetReference(path);
        int length = Math.Min(path.Length, 64);
        ulong slashes = 0;
        if (length >= 16)
        {
            // In bounds: whole sixteens as long as there are any, then the last one to the end
            for (int at = 0; at < length - 16; at += 16) slashes |= (ulong)SlashesOf(Sixteen(ref start, at)) << at;
            return slashes | ((ulong)SlashesOf(Sixteen(ref start, length - 16)) << (length - 16));
        }

        if (length >= 8)
        {
            // In bounds: the first 8 and the last 8 of at least 8
            uint both = SlashesOf(Vector128.Create(Eight(ref start, 0), Eight(ref start, length - 8)).AsByte());
            return (both & 0xFF) | ((ulong)(both >> 8) << (length - 8));
        }

        for (int at = 0; at < length; at++)
            if (path[at] == '/') slashes |= 1UL << at;

        return slashes;
    }

    /// <summary>The last eight bytes of a key that stands in a path, or as many as it has, as <see cref="PathHash"/> wants them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Last(ReadOnlySpan<byte> path, int start, int end)
    {
        // In bounds: what stands in front of a short key is read too, where the path has it, and shifted out
        Debug.Assert(start < end && end >= 8 && end <= path.Length);
        return Eight(ref MemoryMarshal.GetReference(path), end - 8) >> Math.Max(0, 64 - ((end - start) * 8));
    }

    // Inline for up to 32 bytes, which most paths are
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Same(ref byte a, ref byte b, int length)
    {
        // In bounds: 16 bytes from the start and 16 to the end of at least 16
        if ((uint)(length - 16) <= 16)
            return ((Sixteen(ref a, 0) ^ Sixteen(ref b, 0)) | (Sixteen(ref a, length - 16) ^ Sixteen(ref b, length - 16))) == Vector128<byte>.Zero;

        // In bounds: the same with 8 of at least 8
        if ((uint)(length - 8) < 8)
            return ((Eight(ref a, 0) ^ Eight(ref b, 0)) | (Eight(ref a, length - 8) ^ Eight(ref b, length - 8))) == 0;

        return MemoryMarshal.CreateReadOnlySpan(ref a, length).SequenceEqual(MemoryMarshal.CreateReadOnlySpan(ref b, length));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint SlashesOf(Vector128<byte> bytes) => Vector128.Equals(bytes, Vector128.Create((byte)'/')).ExtractMostSignificantBits();

    // Little-endian whatever the machine is, as the build hashes. The vector is only compared, byte by byte.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong Eight(ref byte start, int at)
    {
        ulong word = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref start, at));
        return BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Sixteen(ref byte start, int at) => Vector128.LoadUnsafe(ref start, (nuint)at);
}
