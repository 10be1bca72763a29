namespace Prebake.Routing;

public static partial class Check
{
    /// <summary>Digits, spaces and hyphens whose checksum (ISO/IEC 7812-1, Luhn) holds.</summary>
    public static bool IsCreditCard(string text)
    {
        int sum = 0, digits = 0;
        for (int i = text.Length - 1; i >= 0; i--)
        {
            char c = text[i];
            if (c is '-' or ' ') continue;
            if (!char.IsAsciiDigit(c)) return false;

            int value = (c - '0') * (digits++ % 2 == 0 ? 1 : 2);
            sum += value > 9 ? value - 9 : value;
        }

        return digits > 0 && sum % 10 == 0;
    }

    /// <summary>
    /// At least one digit, and beside digits only spaces and <c>-.()</c>, a plus in front and an extension (<c>x12</c>,
    /// <c>ext. 12</c>) at the end.
    /// </summary>
    public static bool IsPhone(string text)
    {
        ReadOnlySpan<char> left = WithoutExtension(text.AsSpan().TrimEnd());
        bool hasDigit = false;
        for (int i = 0; i < left.Length; i++)
        {
            char c = left[i];
            if (char.IsAsciiDigit(c)) hasDigit = true;
            else if (!char.IsWhiteSpace(c) && c is not ('-' or '.' or '(' or ')') && !(c == '+' && i == 0)) return false;
        }

        return hasDigit;
    }

    private static ReadOnlySpan<char> WithoutExtension(ReadOnlySpan<char> text)
    {
        foreach (string mark in (ReadOnlySpan<string>)["ext.", "ext", "x"])
        {
            int at = text.LastIndexOf(mark, StringComparison.OrdinalIgnoreCase);
            if (at < 0) continue;

            ReadOnlySpan<char> number = text[(at + mark.Length)..].TrimStart();
            if (!number.IsEmpty && !number.ContainsAnyExceptInRange('0', '9')) return text[..at];
        }

        return text;
    }
}
