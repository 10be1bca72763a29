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

    /// <summary>The shift of a bucket. In bounds: the text opens with the shifts, of which there are as many as buckets.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Shift(ReadOnlySpan<byte> text, int bucket)
    {
        Debug.Assert(bucket >= 0 && bucket < text.Length);
        return Unsafe.Add(ref MemoryMarshal.GetReference(text), bucket);
    }

    /// <summary>
    /// Whether the text of a key stands in the path from <paramref name="start"/> to <paramref name="end"/>, which is as long; where the
    /// text is says the table. No call, so that the caller keeps what it has in registers.
    /// </summary>
    /// <param name="path">A path.</param>
    /// <param name="start">Where the key would begin in it.</param>
    /// <param name="end">And end.</param>
    /// <param name="last">What <see cref="Last"/> has said of that.</param>
    /// <param name="text">The texts of a table.</param>
    /// <param name="key">Where the key begins in them.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Same(ReadOnlySpan<byte> path, int start, int end, ulong last, ReadOnlySpan<byte> text, int key)
    {
        int length = end - start;
        Debug.Assert(start >= 0 && length > 0 && end <= path.Length && key >= 8 && key <= text.Length - length);
        ref byte a = ref Unsafe.Add(ref MemoryMarshal.GetReference(path), start), b = ref Unsafe.Add(ref MemoryMarshal.GetReference(text), key);
        if (length >= 16)
        {
            // In bounds: the first sixteen and the last, and whole ones in between as long as there are any
            Vector128<byte> different = (Sixteen(ref a, 0) ^ Sixteen(ref b, 0)) | (Sixteen(ref a, length - 16) ^ Sixteen(ref b, length - 16));
            for (int at = 16; at < length - 16; at += 16) different |= Sixteen(ref a, at) ^ Sixteen(ref b, at);
            return different == Vector128<byte>.Zero;
        }

        // In bounds: in front of a text lie at least the shifts, eight or more
        ulong lastOfKey = Eight(ref b, length - 8);
        if (length < 8) return lastOfKey >> (64 - (length * 8)) == last;

        // In bounds: the first 8 of at least 8
        return ((Eight(ref a, 0) ^ Eight(ref b, 0)) | (lastOfKey ^ last)) == 0;
    }

    /// <summary>The slashes of a path of at most 64 bytes, one bit each.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Slashes(ReadOnlySpan<byte> path)
    {
        ref byte start = ref MemoryMarshal.GetReference(path);
        int length = path.Length;
        Debug.Assert(length <= 64);
        ulong slashes = 0;
        if (length >= 16)
        {
            // In bounds: the first sixteen and the last, and whole ones in between as long as there are any
            slashes = SlashesOf(Sixteen(ref start, 0)) | ((ulong)SlashesOf(Sixteen(ref start, length - 16)) << (length - 16));
            for (int at = 16; at < length - 16; at += 16) slashes |= (ulong)SlashesOf(Sixteen(ref start, at)) << at;
            return slashes;
        }

        if (length >= 8)
        {
            // In bounds: the first 8 and the last 8 of at least 8
            uint both = SlashesOf(Vector128.Create(Eight(ref start, 0), Eight(ref start, length - 8)).AsByte());
            return (both & 0xFF) | ((ulong)(both >> 8) << (length - 8));
        }

        for (int at = 0; at < length; at++)
            if (Unsafe.Add(ref start, at) == '/') slashes |= 1UL << at;

        return slashes;
    }

    /// <summary>The last eight bytes of what stands in a path between two places, or as many as it has, as <see cref="PathHash"/> wants them.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Last(ReadOnlySpan<byte> path, int start, int end)
    {
        Debug.Assert(start >= 0 && start < end && end <= path.Length);
        ref byte first = ref MemoryMarshal.GetReference(path);
        if (end - start >= 8) return Eight(ref first, end - 8);

        // In bounds: what stands in front of a short key, or else behind it, is read too where the path has it, and shifted out
        int unwanted = 64 - ((end - start) * 8);
        if (end >= 8) return Eight(ref first, end - 8) >> unwanted;
        if (start + 8 <= path.Length) return Eight(ref first, start) << unwanted >> unwanted;

        ulong last = 0;
        for (int at = end - 1; at >= start; at--) last = (last << 8) | Unsafe.Add(ref first, at);
        return last;
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
