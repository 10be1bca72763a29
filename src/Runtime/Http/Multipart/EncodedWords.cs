using System.Text;
using Prebake.Grammar;

namespace Prebake.Http.Multipart;

/// <summary>
/// Text as mail writes it, <c>=?utf-8?B?w6k=?=</c> (RFC 2047), which .NET's MultipartFormDataContent uses for names.
/// </summary>
internal static class EncodedWords
{
    /// <summary>
    /// The text of a value that consists of encoded words and of nothing else; any other value, and one that cannot be
    /// read, as it is.
    /// </summary>
    public static string Decode(string value)
    {
        if (!value.StartsWith("=?", StringComparison.Ordinal)) return value;

        var text = new StringBuilder();
        ReadOnlySpan<char> rest = value;
        while (true)
        {
            if (!TryTakeWord(ref rest, text)) return value;
            if (rest.IsEmpty) return text.ToString();

            // Section 6.2: the white space between two words is not part of the text
            ReadOnlySpan<char> next = rest.TrimStart(" \t");
            if (next.Length == rest.Length) return value;
            rest = next;
        }
    }

    // =?charset*language?encoding?text?=
    private static bool TryTakeWord(ref ReadOnlySpan<char> rest, StringBuilder to)
    {
        if (!rest.StartsWith("=?")) return false;

        ReadOnlySpan<char> word = rest[2..];
        int charsetEnd = word.IndexOf('?');
        if (charsetEnd < 0 || word.Length < charsetEnd + 3 || word[charsetEnd + 2] != '?') return false;

        ReadOnlySpan<char> content = word[(charsetEnd + 3)..];
        int end = content.IndexOf("?=");
        if (end < 0) return false;

        ReadOnlySpan<char> charset = word[..charsetEnd];
        int language = charset.IndexOf('*');
        if (language >= 0) charset = charset[..language];

        byte[]? bytes = word[charsetEnd + 1] switch
        {
            'B' or 'b' => FromBase64(content[..end]),
            'Q' or 'q' => FromQuoted(content[..end]),
            _ => null,
        };

        if (bytes is null || Charset.Decode(charset, bytes) is not { } text) return false;

        to.Append(text);
        rest = content[(end + 2)..];
        return true;
    }

    private static byte[]? FromBase64(ReadOnlySpan<char> text)
    {
        var bytes = new byte[text.Length];
        return Convert.TryFromBase64Chars(text, bytes, out int length) ? bytes[..length] : null;
    }

    // Section 4.2: an underscore is a space
    private static byte[]? FromQuoted(ReadOnlySpan<char> text)
    {
        var bytes = new List<byte>(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] is <= ' ' or > '~') return null;
            if (text[i] != '=')
            {
                bytes.Add(text[i] == '_' ? (byte)' ' : (byte)text[i]);
                continue;
            }

            if (i + 2 >= text.Length || text[i + 1] > '~' || text[i + 2] > '~') return null;
            int high = Digits.Hex((byte)text[i + 1]), low = Digits.Hex((byte)text[i + 2]);
            if (high < 0 || low < 0) return null;

            bytes.Add((byte)(high << 4 | low));
            i += 2;
        }

        return [.. bytes];
    }
}
