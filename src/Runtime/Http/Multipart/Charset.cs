using System.Text;
using System.Text.Unicode;

namespace Prebake.Http.Multipart;

/// <summary>The charsets that the names of files come in.</summary>
internal static class Charset
{
    /// <summary>The text, or null if the charset is not understood or the bytes are not of it.</summary>
    public static string? Decode(ReadOnlySpan<char> name, ReadOnlySpan<byte> bytes)
    {
        if (Is(name, "utf-8")) return Utf8.IsValid(bytes) ? Encoding.UTF8.GetString(bytes) : null;
        if (Is(name, "us-ascii")) return Ascii.IsValid(bytes) ? Encoding.ASCII.GetString(bytes) : null;
        return Is(name, "iso-8859-1") ? Encoding.Latin1.GetString(bytes) : null;
    }

    private static bool Is(ReadOnlySpan<char> name, string charset) => name.Equals(charset, StringComparison.OrdinalIgnoreCase);
}
