using System.Net;
using System.Text;

namespace Prebake.Grammar;

/// <summary>
/// IP addresses as others write them, strictly: what is read differently by different programs (octal numbers, fewer
/// than four, zones) is not an address. An IPv4 address in IPv6 notation is the IPv4 address.
/// </summary>
internal static class AddressText
{
    private const int Longest = 45;         // an IPv6 address with an IPv4 address at its end

    public static bool TryParse(ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.Length is 0 or > Longest || !Ascii.IsValid(text)) return false;

        bool isVersion6 = text.Contains((byte)':');
        if (isVersion6 ? text.ContainsAny("%[]/"u8) : !IsDottedQuad(text)) return false;
        if (!IPAddress.TryParse(Encoding.ASCII.GetString(text), out IPAddress? parsed)) return false;

        address = parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed;
        return true;
    }

    public static bool TryParse(string text, out IPAddress address) =>
        TryParse(Encoding.UTF8.GetBytes(text), out address);

    /// <summary>
    /// A node of a forwarding header: an address, with a port or without; IPv6 in brackets, or without a port also bare
    /// (RFC 7239 section 6, and what proxies write into <c>X-Forwarded-For</c>).
    /// </summary>
    public static bool TryParseNode(ReadOnlySpan<byte> text, out IPAddress address)
    {
        address = IPAddress.None;
        if (text.IsEmpty) return false;

        if (text[0] == '[')
        {
            int end = text.IndexOf((byte)']');
            return end > 0 && IsPortOrNothing(text[(end + 1)..]) && text[1..end].Contains((byte)':')
                && TryParse(text[1..end], out address);
        }

        // One colon belongs to a port, more to an address
        int colon = text.IndexOf((byte)':');
        if (colon < 0 || colon != text.LastIndexOf((byte)':')) return TryParse(text, out address);
        return IsPortOrNothing(text[colon..]) && TryParse(text[..colon], out address);
    }

    // ":" port; RFC 7239 section 6.3 lets a port be hidden behind a name, which is not the address's trouble
    private static bool IsPortOrNothing(ReadOnlySpan<byte> text) =>
        text.IsEmpty || (text[0] == ':' && text.Length > 1 && Token.IsValid(text[1..]));

    private static bool IsDottedQuad(ReadOnlySpan<byte> text)
    {
        int parts = 0;
        foreach (Range range in text.Split((byte)'.'))
        {
            ReadOnlySpan<byte> part = text[range];
            bool isNumber = part.Length is >= 1 and <= 3 && !part.ContainsAnyExceptInRange((byte)'0', (byte)'9');
            if (!isNumber || (part.Length > 1 && part[0] == '0') || ++parts > 4) return false;
        }

        return parts == 4;
    }
}
