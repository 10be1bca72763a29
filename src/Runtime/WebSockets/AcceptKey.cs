using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;

namespace Prebake.WebSockets;

/// <summary>
/// The answer to a client's key (RFC 6455 section 4.2.2): SHA-1, which guards nothing here. By hand, since the base
/// library's needs OpenSSL on Linux,
/// and an app without TLS should do without it.
/// </summary>
internal static class AcceptKey
{
    /// <summary>The length of a client's key: 16 bytes in base64.</summary>
    public const int KeyLength = 24;

    private static readonly SearchValues<byte> s_base64 =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"u8);

    private static ReadOnlySpan<byte> Suffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>
    /// 16 bytes in base64 with its padding. Bits of the last letter that mean nothing may be set, as they are in the
    /// example of RFC 6455 section 4.1, which some clients have copied.
    /// </summary>
    public static bool IsKey(ReadOnlySpan<byte> key) =>
        key.Length == KeyLength && key.EndsWith("=="u8) && key[..^2].IndexOfAnyExcept(s_base64) < 0;

    /// <summary>The value of <c>Sec-WebSocket-Accept</c>.</summary>
    public static string Of(ReadOnlySpan<byte> key)
    {
        Span<byte> text = stackalloc byte[KeyLength + 36];
        key.CopyTo(text);
        Suffix.CopyTo(text[KeyLength..]);

        Span<byte> hash = stackalloc byte[20];
        Sha1(text, hash);
        return Convert.ToBase64String(hash);
    }

    // FIPS 180-4 section 6.1, for messages below 120 bytes
    internal static void Sha1(ReadOnlySpan<byte> message, Span<byte> hash)
    {
        Span<byte> padded = stackalloc byte[128];
        padded.Clear();
        message.CopyTo(padded);
        padded[message.Length] = 0x80;
        int blocks = message.Length < 56 ? 1 : 2;
        BinaryPrimitives.WriteUInt64BigEndian(padded[((blocks * 64) - 8)..], (ulong)message.Length * 8);

        uint h0 = 0x67452301, h1 = 0xEFCDAB89, h2 = 0x98BADCFE, h3 = 0x10325476, h4 = 0xC3D2E1F0;
        Span<uint> words = stackalloc uint[80];
        for (int block = 0; block < blocks; block++)
        {
            for (int t = 0; t < 16; t++)
                words[t] = BinaryPrimitives.ReadUInt32BigEndian(padded[((block * 64) + (t * 4))..]);
            for (int t = 16; t < 80; t++)
                words[t] = BitOperations.RotateLeft(words[t - 3] ^ words[t - 8] ^ words[t - 14] ^ words[t - 16], 1);

            uint a = h0, b = h1, c = h2, d = h3, e = h4;
            for (int t = 0; t < 80; t++)
            {
                (uint f, uint k) = t switch
                {
                    < 20 => ((b & c) | (~b & d), 0x5A827999u),
                    < 40 => (b ^ c ^ d, 0x6ED9EBA1u),
                    < 60 => ((b & c) | (b & d) | (c & d), 0x8F1BBCDCu),
                    _ => (b ^ c ^ d, 0xCA62C1D6u),
                };
                uint next = BitOperations.RotateLeft(a, 5) + f + e + k + words[t];
                (e, d, c, b, a) = (d, c, BitOperations.RotateLeft(b, 30), a, next);
            }

            h0 += a; h1 += b; h2 += c; h3 += d; h4 += e;
        }

        BinaryPrimitives.WriteUInt32BigEndian(hash, h0);
        BinaryPrimitives.WriteUInt32BigEndian(hash[4..], h1);
        BinaryPrimitives.WriteUInt32BigEndian(hash[8..], h2);
        BinaryPrimitives.WriteUInt32BigEndian(hash[12..], h3);
        BinaryPrimitives.WriteUInt32BigEndian(hash[16..], h4);
    }
}
