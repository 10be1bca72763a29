using System.Text;

namespace Prebake.Serving;

/// <summary>The content types that the framework itself writes.</summary>
internal static class ContentTypes
{
    public const string Text = "text/plain;charset=utf-8";
    public static ReadOnlySpan<byte> TextBytes => "text/plain;charset=utf-8"u8;
    public const string Json = "application/json;charset=utf-8";
    public static ReadOnlySpan<byte> JsonBytes => "application/json;charset=utf-8"u8;

    /// <summary>
    /// The bytes of a content type: constants for the usual ones, else written into <paramref name="buffer"/>, or
    /// an array of its own if it is longer than that.
    /// </summary>
    public static ReadOnlySpan<byte> Encode(string? type, Span<byte> buffer) => type switch
    {
        null => default,
        Text => TextBytes,
        Json => JsonBytes,
        "text/html;charset=utf-8" => "text/html;charset=utf-8"u8,
        "application/octet-stream" => "application/octet-stream"u8,
        _ when type.Length <= buffer.Length => buffer[..Encoding.ASCII.GetBytes(type, buffer)],
        _ => Encoding.ASCII.GetBytes(type),
    };
}
