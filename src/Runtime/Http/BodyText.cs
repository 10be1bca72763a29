using System.Text;

namespace Prebake.Http;

/// <summary>The bytes of a body, or of a part of one, as text.</summary>
internal static class BodyText
{
    /// <summary>UTF-8 unless the content type names another charset; a byte order mark is dropped.</summary>
    /// <exception cref="HttpException">415: the charset is not supported.</exception>
    public static string Decode(ReadOnlySpan<byte> bytes, string? charset)
    {
        switch (charset?.ToLowerInvariant())
        {
            case null or "utf-8" or "utf8" or "us-ascii" or "ascii":
                return Encoding.UTF8.GetString(WithoutMark(bytes));
            case "iso-8859-1" or "latin1":
                return Encoding.Latin1.GetString(bytes);
            case "utf-16" or "utf-16le":
                return Encoding.Unicode.GetString(bytes is [0xFF, 0xFE, ..] ? bytes[2..] : bytes);
            default:
                throw new HttpException(415, $"The charset '{charset}' is not supported; send utf-8.");
        }
    }

    /// <summary>Without the byte order mark of UTF-8, which RFC 8259 section 8.1 lets a parser of JSON ignore.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) => bytes is [0xEF, 0xBB, 0xBF, ..] ? bytes[3..] : bytes;
}
