using System.Buffers;
using System.Buffers.Text;
using System.Globalization;
using System.Numerics;

namespace Prebake.Routing;

// One spelling for one value: "+7", " 7" and "1,000" fit no route, so that no resource has two addresses by accident. Leading zeros are
// left to the handler: an order number may well be 007.
public static partial class Bind
{
    /// <summary>Reads <c>-?[0-9]+</c>; what does not fit the type does not parse.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out int value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out long value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out short value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out sbyte value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out byte value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out ushort value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out uint value) => TryInteger(text, out value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out int)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out ulong value) => TryInteger(text, out value);

    /// <summary>Reads <c>true</c> or <c>false</c>, in any case: .NET itself writes <c>True</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out bool value)
    {
        value = System.Text.Ascii.EqualsIgnoreCase(text, "true"u8);
        return value || System.Text.Ascii.EqualsIgnoreCase(text, "false"u8);
    }

    /// <summary>
    /// Reads 32 hexadecimal digits, with hyphens (8-4-4-4-12), without, in braces or in parentheses: the formats D, N, B and P of
    /// <see cref="Guid.ToString(string)"/>. In a path the braces are escaped.
    /// </summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out Guid value)
    {
        // 42: %7B, 36 characters, %7D
        if (text.Length == 42 && text.StartsWith("%7B"u8) && text.EndsWith("%7D"u8)) text = text[3..^3];
        char format = text.Length switch
        {
            32 => 'N',
            38 => text[0] == '{' ? 'B' : 'P',
            _ => 'D',
        };
        return Utf8Parser.TryParse(text, out value, out int used, format) && used == text.Length;
    }

    /// <summary>Reads <c>2026-11-23</c>.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out DateOnly value)
    {
        value = default;
        if (text.Length != 10) return false;

        Span<char> chars = stackalloc char[10];
        for (int i = 0; i < chars.Length; i++) chars[i] = (char)text[i];
        return DateOnly.TryParseExact(chars, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out value);
    }

    /// <summary>Reads a finite number with a point, and perhaps an exponent.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out double value) =>
        double.TryParse(text, FloatStyles, CultureInfo.InvariantCulture, out value) && IsPlain(text) && double.IsFinite(value);

    /// <inheritdoc cref="TryParse(ReadOnlySpan{byte}, out double)"/>
    public static bool TryParse(ReadOnlySpan<byte> text, out float value) =>
        float.TryParse(text, FloatStyles, CultureInfo.InvariantCulture, out value) && IsPlain(text) && float.IsFinite(value);

    /// <summary>Reads a number with a point.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out decimal value) =>
        decimal.TryParse(text, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out value) && IsPlain(text);

    /// <summary>
    /// Whether the decoded text is that name of an enum, without regard to case: URLs are written in lower case, enums are not. The case of letters
    /// beyond ASCII is ignored too, in the invariant culture.
    /// </summary>
    public static bool IsName(ReadOnlySpan<byte> text, string name)
    {
        if (System.Text.Ascii.IsValid(name)) return System.Text.Ascii.EqualsIgnoreCase(text, name);

        // As many bytes as characters at least, so a longer text is no match
        if (text.Length > name.Length * 3) return false;

        Span<char> chars = text.Length <= 256 ? stackalloc char[256] : new char[text.Length];
        return System.Text.Encoding.UTF8.TryGetChars(text, chars, out int written) && ((ReadOnlySpan<char>)chars[..written]).Equals(name, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>The first of several names between commas, without the spaces around it; the rest stays.</summary>
    /// <param name="names">The names.</param>
    /// <param name="more">Whether a comma stood behind the name.</param>
    public static ReadOnlySpan<byte> NextName(ref ReadOnlySpan<byte> names, out bool more)
    {
        int comma = names.IndexOf((byte)',');
        more = comma >= 0;
        ReadOnlySpan<byte> first = more ? names[..comma] : names;
        names = more ? names[(comma + 1)..] : default;
        return first.Trim((byte)' ');
    }

    private const NumberStyles FloatStyles = NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;

    private static bool IsPlain(ReadOnlySpan<byte> text) => text[0] != '+';

    private static bool TryInteger<T>(ReadOnlySpan<byte> text, out T value) where T : IBinaryInteger<T>, IMinMaxValue<T>
    {
        value = T.Zero;
        bool negative = !text.IsEmpty && text[0] == '-';
        if (negative) text = text[1..];
        // 20 digits hold every ulong; leading zeros in front of so many are nobody's number
        if (text.IsEmpty || text.Length > 20) return false;

        UInt128 magnitude = 0;
        if (text.Length <= 18)
        {
            // The usual case stays in one register
            ulong small = 0;
            foreach (byte digit in text)
            {
                if (!char.IsAsciiDigit((char)digit)) return false;
                small = (small * 10) + (ulong)(digit - '0');
            }

            magnitude = small;
        }
        else
        {
            foreach (byte digit in text)
            {
                if (!char.IsAsciiDigit((char)digit)) return false;
                magnitude = (magnitude * 10) + (ulong)(digit - '0');
            }
        }

        Int128 number = negative ? -(Int128)magnitude : (Int128)magnitude;
        if (number < Int128.CreateTruncating(T.MinValue) || number > Int128.CreateTruncating(T.MaxValue)) return false;
        if (negative && number == 0) return false;

        value = T.CreateTruncating(number);
        return true;
    }
}
