using System.Buffers;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>Decodes what stands in queries, forms and cookies.</summary>
internal static class PercentEncoding
{
    /// <summary>
    /// As the web decodes forms (WHATWG URL section 5.1): an escape that is none stays as it is, bytes that are no UTF-8 become U+FFFD.
    /// </summary>
    public static string Decode(ReadOnlySpan<byte> text, bool plusIsSpace)
    {
        if (!text.Contains((byte)'%') && !(plusIsSpace && text.Contains((byte)'+'))) return Encoding.UTF8.GetString(text);

        byte[] decoded = ArrayPool<byte>.Shared.Rent(text.Length);
        string result = Encoding.UTF8.GetString(decoded, 0, Decode(text, decoded, plusIsSpace));
        ArrayPool<byte>.Shared.Return(decoded);
        return result;
    }

    /// <summary>The same into bytes; never longer than the text.</summary>
    public static int Decode(ReadOnlySpan<byte> text, Span<byte> to, bool plusIsSpace)
    {
        int length = 0;

        for (int i = 0; i < text.Length; i++)
        {
            byte c = text[i];
            if (c == '%' && i + 2 < text.Length && Digits.Hex(text[i + 1]) is >= 0 and var high && Digits.Hex(text[i + 2]) is >= 0 and var low)
            {
                c = (byte)(high << 4 | low);
                i += 2;
            }
            else if (c == '+' && plusIsSpace) c = (byte)' ';

            to[length++] = c;
        }

        return length;
    }

    /// <summary>Whether an encoded name means this one.</summary>
    public static bool Means(ReadOnlySpan<byte> encoded, ReadOnlySpan<byte> name)
    {
        if (encoded.SequenceEqual(name)) return true;
        if (encoded.Length <= name.Length && !encoded.Contains((byte)'+') || encoded.Length > 1024 || !encoded.ContainsAny((byte)'%', (byte)'+')) return false;

        Span<byte> decoded = stackalloc byte[encoded.Length];
        return decoded[..Decode(encoded, decoded, plusIsSpace: true)].SequenceEqual(name);
    }
}
