using System.Buffers;

namespace Prebake.Grammar;

/// <summary>What may stand behind a field's colon.</summary>
internal static class FieldValue
{
    // field-vchar, SP, HTAB and obs-text, RFC 9110 section 5.5; CR, LF and NUL are invalid and dangerous, other controls invalid
    public static readonly SearchValues<byte> Bytes = SearchValues.Create(AllAllowed());

    private static readonly SearchValues<byte> s_whitespace = SearchValues.Create(" \t"u8);

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

    private static byte[] AllAllowed()
    {
        var allowed = new List<byte> { (byte)'\t' };
        for (int value = 0x20; value <= 0xff; value++)
            if (value != 0x7f) allowed.Add((byte)value);
        return [.. allowed];
    }
}
