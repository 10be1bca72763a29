using System.Text;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// One conversation on an open socket: the frames that the client sends, and exactly the bytes that come back, up to the one Close frame and the end.
/// <c>Code</c> is the server's own verdict; 0: the client ends it with 1000, and hears that back.
/// </summary>
internal sealed record SocketCase(string Name, byte[][] Frames, byte[] Answers, int Code = 0)
{
    /// <summary>An echo that takes up to 16 MiB.</summary>
    public string Path { get; init; } = "/echo";

    /// <summary>Further fields of the handshake.</summary>
    public string Fields { get; init; } = "";

    /// <summary>The Close frame that ends it, byte for byte; null: by <c>Code</c>, with any reason.</summary>
    public byte[]? Close { get; init; }

    public override string ToString() => Name;
}

/// <summary>What the tables of cases are written with.</summary>
internal static class Frames
{
    /// <summary>A frame as a server sends it, in its shortest form.</summary>
    public static byte[] Bare(int first, params ReadOnlySpan<byte> payload) => payload.Length switch
    {
        < 126 => [(byte)first, (byte)payload.Length, .. payload],
        <= ushort.MaxValue => [(byte)first, 126, (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
        _ => [(byte)first, 127, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length, .. payload],
    };

    public static byte[] Bare(int first, string text) => Bare(first, Encoding.UTF8.GetBytes(text));

    /// <summary>A masked frame that says it is longer than what follows.</summary>
    public static byte[] Unfinished(int first, ReadOnlySpan<byte> payload, int missing)
    {
        byte[] whole = Frame.Masked(first, [.. payload, .. new byte[missing]]);
        return whole[..^missing];
    }

    /// <summary>The payload of a Close frame.</summary>
    public static byte[] Status(int code, params ReadOnlySpan<byte> reason) => [(byte)(code >> 8), (byte)code, .. reason];

    public static byte[] Bytes(int count)
    {
        byte[] bytes = new byte[count];
        new Random(count).NextBytes(bytes);
        return bytes;
    }

    public static byte[] Letters(int count) => [.. Enumerable.Range(0, count).Select(i => (byte)('a' + i % 26))];

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", ""));
}
