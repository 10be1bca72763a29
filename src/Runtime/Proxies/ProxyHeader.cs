using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Numerics;
using System.Text;
using Prebake.Grammar;
using Prebake.Transports;

namespace Prebake.Proxies;

/// <summary>How far a PROXY header has come.</summary>
internal enum ProxyHeaderStatus : byte { NeedMore, Complete, Malformed }

/// <summary>
/// The header that a proxy writes in front of everything else on a connection: versions 1 (text) and 2 (binary) of the
/// PROXY protocol, haproxy.org/download/3.0/doc/proxy-protocol.txt.
/// </summary>
internal static class ProxyHeader
{
    // Section 2.1: the longest line, with its CRLF
    private const int LongestLine = 107;

    // Section 2.2 asks for 536 at least; what proxies add beside addresses (names, certificates' names) is far below
    // this
    private const int LongestBinary = 4096;

    private const int BinaryHead = 16;

    private static ReadOnlySpan<byte> Signature => "\r\n\r\n\0\r\nQUIT\n"u8;

    /// <param name="input">What has come.</param>
    /// <param name="peer">Whom it names; null for the connection's own peer.</param>
    /// <param name="length">Of the header, if it is complete.</param>
    public static ProxyHeaderStatus Parse(ReadOnlySpan<byte> input, out ProxiedPeer? peer, out int length)
    {
        peer = null;
        length = 0;
        if (input.IsEmpty) return ProxyHeaderStatus.NeedMore;
        return input[0] == (byte)'P'
            ? ParseLine(input, out peer, out length)
            : ParseBinary(input, out peer, out length);
    }

    // PROXY TCP4 192.0.2.1 198.51.100.2 56324 443
    private static ProxyHeaderStatus ParseLine(ReadOnlySpan<byte> input, out ProxiedPeer? peer, out int length)
    {
        peer = null;
        length = 0;
        ReadOnlySpan<byte> prefix = "PROXY "u8;
        int common = Math.Min(prefix.Length, input.Length);
        if (!input[..common].SequenceEqual(prefix[..common])) return ProxyHeaderStatus.Malformed;

        int end = input[..Math.Min(input.Length, LongestLine)].IndexOf("\r\n"u8);
        if (end < 0) return input.Length >= LongestLine ? ProxyHeaderStatus.Malformed : ProxyHeaderStatus.NeedMore;

        length = end + 2;
        string line = Encoding.Latin1.GetString(input[prefix.Length..end]);

        // Whatever follows is to be ignored
        if (line == "UNKNOWN" || line.StartsWith("UNKNOWN ", StringComparison.Ordinal))
            return ProxyHeaderStatus.Complete;

        string[] words = line.Split(' ');
        if (words is not [var family, var source, var target, var sourcePort, var targetPort])
            return ProxyHeaderStatus.Malformed;

        AddressFamily expected = family switch
        {
            "TCP4" => AddressFamily.InterNetwork,
            "TCP6" => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        bool hasAddresses = TryReadAddress(source, expected, out IPAddress address)
            & TryReadAddress(target, expected, out _);
        bool hasPorts = TryReadPort(sourcePort, out int port) & TryReadPort(targetPort, out _);
        if (!hasAddresses || !hasPorts) return ProxyHeaderStatus.Malformed;

        peer = new ProxiedPeer(new IPEndPoint(address, port), IsSecured: false);
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryReadAddress(string text, AddressFamily family, out IPAddress address)
    {
        // An IPv4 address in IPv6 notation is of either family, as the proxy sees it
        bool isText = AddressText.TryParse(text, out address);
        bool isVersion6 = text.Contains(':');
        return isText && family is not AddressFamily.Unspecified
            && isVersion6 == family is AddressFamily.InterNetworkV6;
    }

    private static bool TryReadPort(string text, out int port) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= 65535
            && (text.Length == 1 || text[0] != '0');

    private static ProxyHeaderStatus ParseBinary(ReadOnlySpan<byte> input, out ProxiedPeer? peer, out int length)
    {
        peer = null;
        length = 0;
        int common = Math.Min(Signature.Length, input.Length);
        if (!input[..common].SequenceEqual(Signature[..common])) return ProxyHeaderStatus.Malformed;
        if (input.Length < BinaryHead) return ProxyHeaderStatus.NeedMore;

        int total = BinaryHead + BinaryPrimitives.ReadUInt16BigEndian(input[14..]);
        byte command = input[12];
        if (command is not (0x20 or 0x21) || total > LongestBinary) return ProxyHeaderStatus.Malformed;
        if (input.Length < total) return ProxyHeaderStatus.NeedMore;

        length = total;

        // LOCAL is the proxy's own, to see whether the server is there: whatever stands behind it, of whatever family,
        // is to be skipped (section 2.2), and balancers do put something there
        if (command == 0x20) return ProxyHeaderStatus.Complete;

        ReadOnlySpan<byte> header = input[..total];
        if (!TryReadAddresses(header[13], header[BinaryHead..], out IPEndPoint? end, out bool isNamed, out int used))
            return ProxyHeaderStatus.Malformed;
        if (!TryReadExtras(header, BinaryHead + used, out bool isSecured)) return ProxyHeaderStatus.Malformed;

        if (isNamed) peer = new ProxiedPeer(end, isSecured);
        return ProxyHeaderStatus.Complete;
    }

    private static bool TryReadAddresses(
        byte family, ReadOnlySpan<byte> block, out IPEndPoint? end, out bool isNamed, out int used)
    {
        end = null;
        (isNamed, used) = family switch
        {
            0x11 => (true, 12),
            0x21 => (true, 36),
            0x31 or 0x32 => (true, 216),        // unix sockets, which have no address
            0x12 => (false, 12),                // datagrams, which this connection is not
            0x22 => (false, 36),
            0x00 => (false, 0),
            _ => (false, -1),
        };
        if (used < 0 || block.Length < used) return false;

        if (family == 0x11) end = EndOf(block[..4], block[8..]);
        if (family == 0x21) end = EndOf(block[..16], block[32..]);
        return true;
    }

    private static IPEndPoint EndOf(ReadOnlySpan<byte> address, ReadOnlySpan<byte> port)
    {
        var ip = new IPAddress(address);
        return new IPEndPoint(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, BinaryPrimitives.ReadUInt16BigEndian(port));
    }

    // Type, length and value, one behind the other (section 2.2.1)
    private static bool TryReadExtras(ReadOnlySpan<byte> header, int at, out bool isSecured)
    {
        const byte Checksum = 0x03, Ssl = 0x20;
        isSecured = false;
        while (at < header.Length)
        {
            if (header.Length - at < 3) return false;

            byte type = header[at];
            int length = BinaryPrimitives.ReadUInt16BigEndian(header[(at + 1)..]);
            at += 3;
            if (header.Length - at < length) return false;

            if (type == Checksum && (length != 4 || !IsChecksumRight(header, at))) return false;
            if (type == Ssl)
            {
                if (length < 5) return false;
                isSecured = (header[at] & 1) != 0;              // PP2_CLIENT_SSL
            }

            at += length;
        }

        return true;
    }

    // CRC-32C over the whole header, with zeros in the place of the checksum
    private static bool IsChecksumRight(ReadOnlySpan<byte> header, int at)
    {
        uint crc = uint.MaxValue;
        for (int i = 0; i < header.Length; i++)
            crc = BitOperations.Crc32C(crc, i >= at && i < at + 4 ? (byte)0 : header[i]);
        return ~crc == BinaryPrimitives.ReadUInt32BigEndian(header[at..]);
    }
}
