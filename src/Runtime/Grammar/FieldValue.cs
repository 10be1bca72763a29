using System.Buffers;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prebake.Grammar;

/// <summary>What may stand behind a field's colon.</summary>
internal static class FieldValue
{
    // field-vchar, SP, HTAB and obs-text, RFC 9110 section 5.5; CR, LF and NUL are invalid and dangerous, other controls invalid
    public static bool IsAllowed(byte value) => value is >= (byte)' ' and not 0x7f or (byte)'\t';

    private static readonly SearchValues<byte> s_whitespace = SearchValues.Create(" \t"u8);

    /// <summary>
    /// The first byte that cannot be part of a value (its CR, normally), or −1. By hand, since the general search costs 26 instructions a byte for a set
    /// with high bytes, and values are most of a request.
    /// </summary>
    public static int IndexOfInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;

        if (text.Length >= Vector128<byte>.Count)
        {
            ref byte start = ref MemoryMarshal.GetReference(text);
            int last = text.Length - Vector128<byte>.Count;

            while (true)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref start, (nuint)at);
                Vector128<byte> controls = Vector128.LessThan(bytes, Vector128.Create((byte)' ')) & ~Vector128.Equals(bytes, Vector128.Create((byte)'\t'));
                uint invalid = (controls | Vector128.Equals(bytes, Vector128.Create((byte)0x7f))).ExtractMostSignificantBits();
                if (invalid != 0) return at + BitOperations.TrailingZeroCount(invalid);

                if (at == last) return -1;
                at = Math.Min(at + Vector128<byte>.Count, last);        // the last step overlaps the one before
            }
        }

        for (; at < text.Length; at++)
            if (text[at] is < (byte)' ' and not (byte)'\t' or 0x7f) return at;

        return -1;
    }

    /// <summary>Without the optional whitespace around it, RFC 9110 section 5.6.3.</summary>
    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value, out int start)
    {
        start = value.IndexOfAnyExcept(s_whitespace);
        if (start < 0) { start = 0; return default; }
        return value[start..(value.LastIndexOfAnyExcept(s_whitespace) + 1)];
    }

    public static ReadOnlySpan<byte> Trim(ReadOnlySpan<byte> value) => Trim(value, out _);

    /// <summary>Takes the next element of a comma-separated list, RFC 9110 section 5.6.1; elements may be empty.</summary>
    public static ReadOnlySpan<byte> TakeElement(ref ReadOnlySpan<byte> list)
    {
        int comma = list.IndexOf((byte)',');
        ReadOnlySpan<byte> element = comma < 0 ? list : list[..comma];
        list = comma < 0 ? default : list[(comma + 1)..];
        return Trim(element);
    }
}
