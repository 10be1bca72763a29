using System.Buffers;
using System.Globalization;
using System.Text;

namespace Prebake.Routing;

public static partial class Bind
{
    /// <summary>A value of the path as text: escapes decoded once, <c>%2F</c> included.</summary>
    public static string PathText(ReadOnlySpan<byte> raw)
    {
        if (!raw.Contains((byte)'%')) return Encoding.UTF8.GetString(raw);

        byte[]? rented = null;
        Span<byte> bytes = raw.Length <= 256 ? stackalloc byte[256] : rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        string text = Encoding.UTF8.GetString(bytes[..Unescape(raw, bytes, plusIsSpace: false)]);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    /// <summary>A value of the path as characters in a buffer that has room for as many as the value has bytes.</summary>
    public static ReadOnlySpan<char> PathChars(ReadOnlySpan<byte> raw, Span<char> buffer)
    {
        if (!raw.Contains((byte)'%')) return buffer[..Encoding.UTF8.GetChars(raw, buffer)];

        byte[]? rented = null;
        Span<byte> bytes = raw.Length <= 256 ? stackalloc byte[256] : rented = ArrayPool<byte>.Shared.Rent(raw.Length);
        int length = Encoding.UTF8.GetChars(bytes[..Unescape(raw, bytes, plusIsSpace: false)], buffer);
        if (rented is not null) ArrayPool<byte>.Shared.Return(rented);
        return buffer[..length];
    }

    /// <summary>A value of the path as any type that reads itself from characters, in the invariant culture.</summary>
    public static bool TryParsePath<T>(ReadOnlySpan<byte> raw, out T value) where T : ISpanParsable<T>
    {
        char[]? rented = null;
        Span<char> chars = raw.Length <= 256 ? stackalloc char[256] : rented = ArrayPool<char>.Shared.Rent(raw.Length);
        bool parsed = T.TryParse(PathChars(raw, chars), CultureInfo.InvariantCulture, out T? result);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        value = result!;
        return parsed;
    }

    /// <summary>A decoded value, of a query or a field, as text.</summary>
    public static string Text(ReadOnlySpan<byte> value) => Encoding.UTF8.GetString(value);

    /// <summary>A decoded value as characters.</summary>
    public static ReadOnlySpan<char> Chars(ReadOnlySpan<byte> value, Span<char> buffer) => buffer[..Encoding.UTF8.GetChars(value, buffer)];

    /// <summary>A decoded value as any type that reads itself from characters, in the invariant culture.</summary>
    public static bool TryParseValue<T>(ReadOnlySpan<byte> value, out T result) where T : ISpanParsable<T>
    {
        char[]? rented = null;
        Span<char> chars = value.Length <= 256 ? stackalloc char[256] : rented = ArrayPool<char>.Shared.Rent(value.Length);
        bool parsed = T.TryParse(Chars(value, chars), CultureInfo.InvariantCulture, out T? parsedValue);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        result = parsedValue!;
        return parsed;
    }

    /// <summary>Undoes percent-escapes; one that is none stays as it is.</summary>
    private static int Unescape(ReadOnlySpan<byte> raw, Span<byte> bytes, bool plusIsSpace)
    {
        int length = 0;
        for (int i = 0; i < raw.Length; i++)
        {
            byte b = raw[i];
            if (b == '%' && i + 2 < raw.Length && char.IsAsciiHexDigit((char)raw[i + 1]) && char.IsAsciiHexDigit((char)raw[i + 2]))
            {
                b = (byte)((HexValue(raw[i + 1]) << 4) | HexValue(raw[i + 2]));
                i += 2;
            }
            else if (b == '+' && plusIsSpace)
            {
                b = (byte)' ';
            }

            bytes[length++] = b;
        }

        return length;
    }

    private static int HexValue(byte digit) => (digit & 0xF) + (digit > '9' ? 9 : 0);
}
