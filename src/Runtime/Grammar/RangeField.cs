namespace Prebake.Grammar;

/// <summary>What a Range field asks of a body of a certain length.</summary>
internal enum RangeVerdict : byte
{
    /// <summary>All of it: another unit, a fault in the syntax, or more ranges than are worth their while.</summary>
    Whole,

    /// <summary>One part or several.</summary>
    Parts,

    /// <summary>Nothing that the body has: 416.</summary>
    Unsatisfiable,
}

/// <summary>Bytes <paramref name="First"/> to <paramref name="Last"/>, both included.</summary>
internal readonly record struct ByteSpanRange(long First, long Last)
{
    public long Length => Last - First + 1;
}

/// <summary>The Range field, RFC 9110 section 14.2.</summary>
internal static class RangeField
{
    /// <summary>More ranges are answered with the whole body: nobody needs them but who wants to make work.</summary>
    public const int Most = 16;

    /// <summary>Reads the field in one pass over at most its own length.</summary>
    /// <param name="value">The field's value.</param>
    /// <param name="length">How long the body is.</param>
    /// <param name="parts">Room for <see cref="Most"/> ranges, in the order in which they were asked for.</param>
    /// <param name="count">How many there are.</param>
    public static RangeVerdict Parse(ReadOnlySpan<byte> value, long length, Span<ByteSpanRange> parts, out int count)
    {
        count = 0;
        value = FieldValue.Trim(value);
        // An empty body has no parts, and a client that asks for them is content with nothing
        if (length == 0 || value.Length < 6 || value[5] != '=' || !System.Text.Ascii.EqualsIgnoreCase(value[..5], "bytes"u8)) return RangeVerdict.Whole;

        value = value[6..];
        int asked = 0;
        long total = 0;
        while (true)
        {
            int comma = value.IndexOf((byte)',');
            ReadOnlySpan<byte> range = FieldValue.Trim(comma < 0 ? value : value[..comma]);

            // RFC 9110 section 5.6.1.2: empty elements of a list are passed over
            if (!range.IsEmpty)
            {
                if (++asked > Most || !TryParse(range, length, out ByteSpanRange part)) return RangeVerdict.Whole;

                if (part.Length > 0)
                {
                    parts[count++] = part;
                    total += part.Length;
                }
            }

            if (comma < 0) break;
            value = value[(comma + 1)..];
        }

        if (asked == 0) return RangeVerdict.Whole;
        if (count == 0) return RangeVerdict.Unsatisfiable;

        // Ranges that overlap cost more than the whole
        return count > 1 && total > length ? RangeVerdict.Whole : RangeVerdict.Parts;
    }

    // A part of length 0 is one that the body does not have
    private static bool TryParse(ReadOnlySpan<byte> range, long length, out ByteSpanRange part)
    {
        part = new ByteSpanRange(0, -1);
        int dash = range.IndexOf((byte)'-');
        if (dash < 0) return false;

        ReadOnlySpan<byte> from = range[..dash], to = range[(dash + 1)..];
        if (from.IsEmpty)
        {
            if (!TryNumber(to, out long suffix)) return false;
            if (suffix > 0) part = new ByteSpanRange(Math.Max(0, length - suffix), length - 1);
            return true;
        }

        long last = long.MaxValue;
        if (!TryNumber(from, out long first) || (!to.IsEmpty && !TryNumber(to, out last)) || last < first) return false;

        if (first < length) part = new ByteSpanRange(first, Math.Min(last, length - 1));
        return true;
    }

    // What is too large for a number is larger than any body, which is all that is asked of it
    private static bool TryNumber(ReadOnlySpan<byte> digits, out long number)
    {
        number = 0;
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'9') return false;
            number = number > (long.MaxValue / 10) - 1 ? long.MaxValue - 10 : (number * 10) + digit - '0';
        }

        return !digits.IsEmpty;
    }
}
