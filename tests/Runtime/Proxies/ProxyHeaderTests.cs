using System.Buffers.Binary;
using System.Net;
using System.Text;
using Prebake.Proxies;
using Prebake.Transports;

namespace Prebake.Tests.Proxies;

/// <summary>The header of the PROXY protocol, in both versions, whole and byte by byte.</summary>
public sealed class ProxyHeaderTests
{
    private const byte Local = 0x20, Proxy = 0x21;
    private const byte Tcp4 = 0x11, Tcp6 = 0x21, Unix = 0x31, Unspecified = 0x00, Udp4 = 0x12;

    [Theory]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n", "192.0.2.1:56324")]
    [InlineData("PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\r\n", "255.255.255.255:65535")]
    [InlineData("PROXY TCP6 2001:db8::1 2001:db8::2 1 2\r\n", "[2001:db8::1]:1")]
    [InlineData("PROXY TCP6 ::ffff:192.0.2.1 ::1 1 2\r\n", "192.0.2.1:1")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 0 443\r\n", "192.0.2.1:0")]
    [InlineData("PROXY UNKNOWN\r\n", null)]
    [InlineData("PROXY UNKNOWN ffff::1 whatever it is 1\r\n", null)]
    public void A_line_names_the_peer(string line, string? peer) => AssertNames(Encoding.Latin1.GetBytes(line), peer);

    [Theory]
    [InlineData("GET / HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443 1\r\n")]
    [InlineData("PROXY TCP4  192.0.2.1 198.51.100.2 56324 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 65536 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 -1 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 056 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.256 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.01 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY TCP4 2001:db8::1 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY TCP6 192.0.2.1 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY TCP6 fe80::1%1 2001:db8::2 1 443\r\n")]
    [InlineData("PROXY UDP4 192.0.2.1 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY UNKNOWNER\r\n")]
    [InlineData("PROXY \r\n")]
    [InlineData("PROXY\tTCP4 192.0.2.1 198.51.100.2 1 443\r\n")]
    [InlineData("proxy TCP4 192.0.2.1 198.51.100.2 1 443\r\n")]
    [InlineData("PROXY TCP4 192.0.2.1 198.51.100.2 1 443\n\r\n")]
    public void What_is_not_a_line_of_the_protocol_is_malformed(string line) =>
        AssertMalformed(Encoding.Latin1.GetBytes(line));

    [Fact]
    public void A_line_that_does_not_end_is_malformed_at_its_longest()
    {
        byte[] endless = Encoding.Latin1.GetBytes("PROXY UNKNOWN " + new string('a', 200));
        Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.Parse(endless.AsSpan(0, 106), out _, out _));
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(endless.AsSpan(0, 107), out _, out _));
    }

    [Fact]
    public void A_binary_header_names_the_peer()
    {
        AssertNames(Binary(Proxy, Tcp4, Block(IPAddress.Parse("192.0.2.1"), 56324)), "192.0.2.1:56324");
        AssertNames(Binary(Proxy, Tcp6, Block(IPAddress.Parse("2001:db8::1"), 5)), "[2001:db8::1]:5");
        AssertNames(Binary(Proxy, Tcp6, Block(IPAddress.Parse("::ffff:192.0.2.1"), 5)), "192.0.2.1:5");
    }

    [Fact]
    public void A_proxy_that_speaks_for_itself_names_nobody()
    {
        AssertNames(Binary(Local, Unspecified, []), null);
        AssertNames(Binary(Local, Tcp4, Block(IPAddress.Parse("192.0.2.1"), 1)), null);
        AssertNames(Binary(Proxy, Unspecified, []), null);
        AssertNames(Binary(Proxy, Udp4, Block(IPAddress.Parse("192.0.2.1"), 1)), null);
    }

    [Fact]
    public void What_stands_behind_a_word_of_the_proxy_s_own_is_skipped_whatever_it_is()
    {
        AssertNames(Binary(Local, Tcp4, []), null);
        AssertNames(Binary(Local, Tcp6, new byte[3]), null);
        AssertNames(Binary(Local, 0x41, new byte[20]), null);
        AssertNames(Binary(Local, Unspecified, [1, 2, 3, 4]), null);
        AssertMalformed(Binary(Local, Unspecified, new byte[5000]));
    }

    [Fact]
    public void A_unix_peer_has_no_address()
    {
        byte[] header = Binary(Proxy, Unix, new byte[216]);
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.Parse(header, out ProxiedPeer? peer, out _));
        Assert.NotNull(peer);
        Assert.Null(peer.EndPoint);
    }

    [Fact]
    public void What_else_the_proxy_says_is_read()
    {
        byte[] block = Block(IPAddress.Parse("192.0.2.1"), 1);
        byte[] authority = [0x02, 0, 1, (byte)'a'];
        byte[] secured = [0x20, 0, 5, 1, 0, 0, 0, 0], plain = [0x20, 0, 5, 0, 0, 0, 0, 0];

        ProxyHeader.Parse(Binary(Proxy, Tcp4, [.. block, .. authority, .. secured]), out ProxiedPeer? peer, out _);
        Assert.True(peer!.IsSecured);
        ProxyHeader.Parse(Binary(Proxy, Tcp4, [.. block, .. authority, .. plain]), out peer, out _);
        Assert.False(peer!.IsSecured);
    }

    [Fact]
    public void A_checksum_has_to_be_right()
    {
        byte[] header = Binary(Proxy, Tcp4, [.. Block(IPAddress.Parse("192.0.2.1"), 1), 0x03, 0, 4, 0, 0, 0, 0]);
        AssertMalformed(header);

        // Bit by bit: the polynomial of RFC 3720, appendix B.4
        uint crc = uint.MaxValue;
        foreach (byte b in header)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++) crc = (crc & 1) != 0 ? crc >> 1 ^ 0x82F63B78 : crc >> 1;
        }

        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(^4), ~crc);
        AssertNames(header, "192.0.2.1:1");
    }

    [Fact]
    public void What_is_not_a_binary_header_is_malformed()
    {
        byte[] block = Block(IPAddress.Parse("192.0.2.1"), 1);
        AssertMalformed(Binary(0x11, Tcp4, block));                                 // version 1
        AssertMalformed(Binary(0x22, Tcp4, block));                                 // a command that there is not
        AssertMalformed(Binary(Proxy, 0x41, block));                                // a family that there is not
        AssertMalformed(Binary(Proxy, Tcp4, block[..11]));
        AssertMalformed(Binary(Proxy, Tcp6, block));
        AssertMalformed(Binary(Proxy, Unix, new byte[215]));
        AssertMalformed(Binary(Proxy, Tcp4, [.. block, 0x02, 0, 9, 1]));            // longer than what is there
        AssertMalformed(Binary(Proxy, Tcp4, [.. block, 0x02]));
        AssertMalformed(Binary(Proxy, Tcp4, [.. block, 0x20, 0, 4, 1, 0, 0, 0]));
        AssertMalformed(Binary(Proxy, Tcp4, [.. block, 0x04, 0x10, 0, .. new byte[4096]]));
        AssertMalformed("\r\n\r\n\0\r\nQUIR\n"u8.ToArray());
        AssertMalformed([0x16, 0x03, 0x01]);                                        // a TLS hello
    }

    [Fact]
    public void Damaged_headers_are_never_read_past_their_end()
    {
        var random = new Random(7);
        byte[][] seeds =
        [
            Encoding.Latin1.GetBytes("PROXY TCP4 192.0.2.1 198.51.100.2 56324 443\r\n"),
            Binary(Proxy, Tcp4, [.. Block(IPAddress.Parse("192.0.2.1"), 1), 0x20, 0, 5, 1, 0, 0, 0, 0]),
            Binary(Proxy, Tcp6, [.. Block(IPAddress.Parse("2001:db8::1"), 1), 0x03, 0, 4, 0, 0, 0, 0]),
        ];
        for (int i = 0; i < 20_000; i++)
        {
            byte[] bytes = [.. seeds[i % seeds.Length]];
            for (int damage = random.Next(1, 4); damage > 0; damage--) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            ReadOnlySpan<byte> input = bytes.AsSpan(0, random.Next(bytes.Length + 1));

            ProxyHeaderStatus status = ProxyHeader.Parse(input, out _, out int length);
            Assert.InRange(length, 0, input.Length);
            Assert.Equal(status is ProxyHeaderStatus.Complete, length > 0 && status is ProxyHeaderStatus.Complete);
        }
    }

    private static void AssertNames(byte[] header, string? peer)
    {
        for (int i = 0; i < header.Length; i++)
            Assert.Equal(ProxyHeaderStatus.NeedMore, ProxyHeader.Parse(header.AsSpan(0, i), out _, out _));

        byte[] withMore = [.. header, .. "GET"u8];
        Assert.Equal(ProxyHeaderStatus.Complete, ProxyHeader.Parse(withMore, out ProxiedPeer? named, out int length));
        Assert.Equal(header.Length, length);
        Assert.Equal(peer, named?.EndPoint?.ToString());
    }

    private static void AssertMalformed(byte[] header) =>
        Assert.Equal(ProxyHeaderStatus.Malformed, ProxyHeader.Parse(header, out _, out _));

    private static byte[] Binary(byte command, byte family, byte[] block) =>
        [.. "\r\n\r\n\0\r\nQUIT\n"u8, command, family, (byte)(block.Length >> 8), (byte)block.Length, .. block];

    private static byte[] Block(IPAddress source, int port)
    {
        byte[] address = source.GetAddressBytes();
        return [.. address, .. new byte[address.Length], (byte)(port >> 8), (byte)port, 0, 80];
    }
}
