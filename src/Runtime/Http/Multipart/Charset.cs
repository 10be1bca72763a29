using System.Text;
using System.Text.Unicode;

namespace Prebake.Http.Multipart;

/// <summary>The charsets that the names of files come in.</summary>
internal static class Charset
{
    /// <summary>The text, or null if the charset is not understood or the bytes are not of it.</summary>
    public static string? Decode(ReadOnlySpan<char> name, ReadOnlySpan<byte> bytes)
    {
        if (name.Equals("utf-8", StringComparison.OrdinalIgnoreCase)) return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        if (name.Equals("us-ascii", StringComparison.OrdinalIgnoreCase)) return Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return name.Equals("iso-8859-1", StringComparison.OrdinalIgnoreCase) ? Encoding.Latin1.GetString(bytes) : null;
    }
}
