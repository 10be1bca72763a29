namespace Prebake.Grammar;

/// <summary>
/// What kinds of word an ASCII octet may be part of. Words are short: looking each octet up is cheaper than starting a vectorised search.
/// </summary>
internal static class Characters
{
    private const byte TokenBit = 1, HostBit = 2, LabelBit = 4;

    // Sixteen octets a line, from NUL to DEL: 1 is tchar (RFC 9110 section 5.6.2), 2 a character of a host name, 4 what
    // a label of a host name begins with
    private static ReadOnlySpan<byte> Kinds =>
    [
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 1, 0, 3, 3, 0,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 0, 0, 0,
        0, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 0, 0, 1, 3,
        1, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
        7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 0, 1, 0, 1, 0,
    ];

    public static bool IsToken(byte octet) => octet < 128 && (Kinds[octet] & TokenBit) != 0;

    /// <summary>How many octets in front belong to a token; all of them if there is no other.</summary>
    public static int TokenLength(ReadOnlySpan<byte> text)
    {
        ReadOnlySpan<byte> kinds = Kinds;
        int length = 0;
        while (length < text.Length && text[length] < 128 && (kinds[text[length]] & TokenBit) != 0) length++;
        return length;
    }

    /// <summary>
    /// How many octets in front are labels of a host name with single dots between them, and perhaps one behind the
    /// last. Each but the first begins with a letter or a digit.
    /// </summary>
    public static int HostLength(ReadOnlySpan<byte> text)
    {
        if (text.IsEmpty || text[0] == '.') return 0;

        ReadOnlySpan<byte> kinds = Kinds;
        int length = 0;
        byte kind = HostBit;
        while (length < text.Length && text[length] < 128 && (kinds[text[length]] & kind) != 0)
        {
            kind = text[length] == '.' ? LabelBit : HostBit;
            length++;
        }

        return length;
    }
}
