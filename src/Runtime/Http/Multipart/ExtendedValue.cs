using System.Text;
using Prebake.Grammar;

namespace Prebake.Http.Multipart;

/// <summary>A value with its charset in front, <c>UTF-8'en'%e2%82%ac%20rates</c> (RFC 8187 section 3.2).</summary>
internal static class ExtendedValue
{
    /// <summary>The text, or null if the value is malformed or in a charset that is not understood.</summary>
    public static string? Decode(ReadOnlySpan<char> value)
    {
        int first = value.IndexOf('\'');
        int second = first < 0 ? -1 : value[(first + 1)..].IndexOf('\'');
        if (second < 0) return null;

        ReadOnlySpan<char> text = value[(first + 1 + second + 1)..];
        return TryUnescape(text, out byte[] bytes) ? Charset.Decode(value[..first], bytes) : null;
    }

    private static bool TryUnescape(ReadOnlySpan<char> text, out byte[] bytes)
    {
        var unescaped = new List<byte>(text.Length);
        bytes = [];

        for (int i = 0; i < text.Length; i++)
        {
            // Beyond what RFC 8187 lets stand unescaped, some clients leave more; but what is not ASCII has no charset
            if (text[i] is < ' ' or > '~') return false;
            if (text[i] != '%')
            {
                unescaped.Add((byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || text[i + 1] > '~' || text[i + 2] > '~') return false;
            int high = Digits.Hex((byte)text[i + 1]), low = Digits.Hex((byte)text[i + 2]);
            if (high < 0 || low < 0) return false;

            unescaped.Add((byte)(high << 4 | low));
            i += 2;
        }

        bytes = [.. unescaped];
        return true;
    }
}
