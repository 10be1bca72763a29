namespace Prebake.Grammar;

/// <summary>
/// 1*DIGIT and 1*HEXDIG, and nothing else: the base library's parsers take signs and spaces, which other servers in a chain may not:
/// two readings of one length are how requests are smuggled.
/// </summary>
internal static class Digits
{
    /// <summary>A number that fits <see cref="long"/>; false for anything else, also when it would overflow.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        if (text.IsEmpty) return false;

        // 18 digits always fit
        if (text.Length <= 18)
        {
            foreach (byte c in text)
            {
                uint digit = (uint)(c - '0');
                if (digit > 9) return false;
                value = value * 10 + digit;
            }

            return true;
        }

        foreach (byte c in text)
        {
            uint digit = (uint)(c - '0');
            if (digit > 9 || value > (long.MaxValue - digit) / 10) return false;
            value = value * 10 + digit;
        }

        return true;
    }

    /// <summary>The value of a hexadecimal digit, or −1.</summary>
    public static int Hex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        _ => -1,
    };
}
