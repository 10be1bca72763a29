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
        bool parsed = TryRead(PathChars(raw, chars), out value);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return parsed;
    }

    /// <summary>A value of the path with its escapes undone.</summary>
    /// <param name="raw">The value as it stands in the path.</param>
    /// <param name="room">Where a value with escapes is written to; one that is longer gets an array of its own.</param>
    public static ReadOnlySpan<byte> PathBytes(ReadOnlySpan<byte> raw, Span<byte> room)
    {
        if (!raw.Contains((byte)'%')) return raw;

        if (raw.Length > room.Length) room = new byte[raw.Length];
        return room[..Unescape(raw, room, plusIsSpace: false)];
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
        bool parsed = TryRead(Chars(value, chars), out result);
        if (rented is not null) ArrayPool<char>.Shared.Return(rented);
        return parsed;
    }

    // What the time zone of the machine would decide is decided here: "Z" and offsets become UTC, a DateTime without either stays unspecified
    private static bool TryRead<T>(ReadOnlySpan<char> text, out T value) where T : ISpanParsable<T>
    {
        if (typeof(T) == typeof(DateTime))
        {
            bool isTime = DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal, out DateTime time);
            value = (T)(object)time;
            return isTime;
        }

        if (typeof(T) == typeof(DateTimeOffset))
        {
            bool isTime = DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time);
            value = (T)(object)time;
            return isTime;
        }

        bool parsed = T.TryParse(text, CultureInfo.InvariantCulture, out T? read);
        value = read!;
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
