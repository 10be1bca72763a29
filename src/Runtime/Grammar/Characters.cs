namespace Prebake.Grammar;

/// <summary>
/// What kinds of word an ASCII octet may be part of. Words are short: looking each octet up is cheaper than starting a vectorised search.
/// </summary>
internal static class Characters
{
    private const byte TokenBit = 1, HostBit = 2;

    // Sixteen octets a line, from NUL to DEL: 1 is tchar (RFC 9110 section 5.6.2), 2 a character of a host name (see HostField)
    private static ReadOnlySpan<byte> Kinds =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 3, 0, 1, 3, 1, 3, 3, 2, 2, 1, 1, 0, 3, 3, 0,
        3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 0, 0, 0,
        0, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
        3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 0, 0, 1, 3,
        1, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3,
        3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 3, 0, 1, 0, 3, 0,
    ];

    public static bool IsToken(byte octet) => octet < 128 && (Kinds[octet] & TokenBit) != 0;

    /// <summary>How many octets in front belong to a token; all of them if there is no other.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text) => Length(text, TokenBit);

    /// <summary>How many octets in front belong to a host name.</summary>
    public static int HostLength(ReadOnlySpan<byte> text) => Length(text, HostBit);

    private static int Length(ReadOnlySpan<byte> text, byte kind)
    {
        ReadOnlySpan<byte> kinds = Kinds;
        int length = 0;
        while (length < text.Length && text[length] < 128 && (kinds[text[length]] & kind) != 0) length++;
        return length;
    }
}
