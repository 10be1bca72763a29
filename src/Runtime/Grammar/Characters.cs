using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prebake.Grammar;

/// <summary>
/// What kinds of word an octet may be part of. Tokens are short: looking each octet up is cheaper than starting a
/// vectorised search. Host names are not, and stand in every request.
/// </summary>
internal static class Characters
{
    // Sixteen octets a line, from NUL: 1 is tchar (RFC 9110 section 5.6.2). All 256, so that no look needs a bound
    private static ReadOnlySpan<byte> Tokens =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 1, 1, 0,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0,
        0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
        1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 0, 1, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    ];

    public static bool IsToken(byte octet) => Tokens[octet] != 0;

    /// <summary>How many octets in front belong to a token; all of them if there is no other.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> tokens = Tokens;
        int length = 0;
        while (length < text.Length && tokens[text[length]] != 0) length++;
        return length;
    }

    /// <summary>
    /// How many octets in front are labels of a host name with single dots between them, and perhaps one behind the
    /// last: letters, digits, underscores and hyphens. Each but the first begins with a letter or a digit.
    /// </summary>
    public static int HostLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == '.') return 0;
        if (text.Length < Vector128<byte>.Count) return HostLength(LoadShort(text), isBehindDot: false);

        ref byte start = ref MemoryMarshal.GetReference(text);
        int last = text.Length - Vector128<byte>.Count;

        for (int at = 0; ;)
        {
            Vector128<byte> octets = Vector128.LoadUnsafe(ref start, (nuint)at);
            int length = HostLength(octets, isBehindDot: at > 0 && text[at - 1] == '.');
            if (length < Vector128<byte>.Count || at == last) return at + length;
            at = Math.Min(at + Vector128<byte>.Count, last);            // the last step overlaps the one before
        }
    }

    // Of sixteen octets, a bit for each: where the name ends is the first that has no place in it
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int HostLength(Vector128<byte> octets, bool isBehindDot)
    {
        Vector128<byte> letters = IsBetween(octets | Vector128.Create((byte)0x20), (byte)'a', (byte)'z');
        Vector128<byte> alphanumerics = letters | IsBetween(octets, (byte)'0', (byte)'9');
        Vector128<byte> isDot = Vector128.Equals(octets, Vector128.Create((byte)'.'));
        Vector128<byte> others = Vector128.Equals(octets, Vector128.Create((byte)'-'))
            | Vector128.Equals(octets, Vector128.Create((byte)'_'));

        uint begins = alphanumerics.ExtractMostSignificantBits();
        uint dots = isDot.ExtractMostSignificantBits();
        uint belongs = (alphanumerics | isDot | others).ExtractMostSignificantBits();
        uint isBehind = dots << 1 | (isBehindDot ? 1u : 0);

        return BitOperations.TrailingZeroCount(~belongs | isBehind & ~begins & 0xFFFF);
    }

    private static Vector128<byte> IsBetween(Vector128<byte> octets, byte first, byte last) =>
        Vector128.LessThanOrEqual(octets - Vector128.Create(first), Vector128.Create((byte)(last - first)));

    // Fewer than sixteen octets, at least one; behind them zeros. By reads that overlap
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> LoadShort(ReadOnlySpan<byte> text)
    {
        int length = text.Length;
        ulong low, high = 0;

        if (length >= 8)
        {
            low = BinaryPrimitives.ReadUInt64LittleEndian(text);
            high = BinaryPrimitives.ReadUInt64LittleEndian(text[^8..]) >> 8 >> (15 - length) * 8;
        }
        else if (length >= 4)
        {
            ulong end = BinaryPrimitives.ReadUInt32LittleEndian(text[^4..]);
            low = BinaryPrimitives.ReadUInt32LittleEndian(text) | end << (length - 4) * 8;
        }
        else
        {
            int middle = length / 2;
            low = text[0] | (ulong)text[middle] << middle * 8 | (ulong)text[^1] << (length - 1) * 8;
        }

        return Vector128.Create(low, high).AsByte();
    }
}
