using System.Text;

namespace Prebake.Generators.Model;

/// <summary>The text of a path as the server compares it: UTF-8, escaped where a path must be and nowhere else.</summary>
internal static class CanonicalPath
{
    /// <summary>The canonical form of literal text between two slashes.</summary>
    public static string Of(string literal)
    {
        if (literal.All(c => c < 0x80 && IsPathCharacter(c) && c != '%')) return literal;

        var text = new StringBuilder();
        byte[] bytes = Encoding.UTF8.GetBytes(literal);
        for (int i = 0; i < bytes.Length; i++)
        {
            byte b = bytes[i];
            if (b == '%' && i + 2 < bytes.Length && Hex(bytes[i + 1]) is >= 0 and int high && Hex(bytes[i + 2]) is >= 0 and int low)
            {
                b = (byte)(high << 4 | low);
                i += 2;
                if (b < 0x80 && IsPathCharacter((char)b)) text.Append((char)b);
                else AppendEscape(text, b);
            }
            else if (b < 0x80 && IsPathCharacter((char)b) && b != '%') text.Append((char)b);
            else AppendEscape(text, b);
        }

        return text.ToString();
    }

    /// <summary>The value of a hexadecimal digit, or −1.</summary>
    public static int HexOf(char c) => c < 0x80 ? Hex((byte)c) : -1;

    private static bool IsUnreserved(char c) =>
        c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '-' or '.' or '_' or '~';

    // pchar, RFC 3986 section 3.3
    private static bool IsPathCharacter(char c) => IsUnreserved(c) || "!$&'()*+,;=:@".IndexOf(c) >= 0;

    private static void AppendEscape(StringBuilder text, byte b) => text.Append('%').Append("0123456789ABCDEF"[b >> 4]).Append("0123456789ABCDEF"[b & 15]);

    private static int Hex(byte c) => c switch
    {
        >= (byte)'0' and <= (byte)'9' => c - '0',
        >= (byte)'A' and <= (byte)'F' => c - 'A' + 10,
        >= (byte)'a' and <= (byte)'f' => c - 'a' + 10,
        _ => -1,
    };
}
