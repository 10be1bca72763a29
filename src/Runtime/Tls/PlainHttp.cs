namespace Prebake.Tls;

/// <summary>What is said, in plain, to a client that speaks http on an https port.</summary>
internal static class PlainHttp
{
    /// <summary>A whole response.</summary>
    public static ReadOnlySpan<byte> Refusal =>
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain\r\nContent-Length: 58\r\nConnection: close\r\n\r\n"u8
            + "This port speaks https: use https:// in place of http://.\n"u8;

    /// <summary>The first bytes of a connection are a method and not a record of TLS, whose type is below 32.</summary>
    public static bool IsIn(ReadOnlySpan<byte> first) => first[0] is >= (byte)'A' and <= (byte)'Z';
}
