using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Prebake.Generators.Analyze;

/// <summary>
/// Whether a text is a network as the server reads it when it starts (CIDR, RFC 4632 section 3.1). A test compares the two.
/// </summary>
internal static class NetworkText
{
    /// <summary>What is wrong, to stand behind "does not take 'x':", or null.</summary>
    /// <param name="text">Such as <c>10.0.0.0/8</c>, or an address.</param>
    /// <param name="takesUnix">Whether <c>unix</c> stands for those who come over a unix socket.</param>
    public static string? ReasonAgainst(string text, bool takesUnix)
    {
        if (text == "unix") return takesUnix ? null : "a unix socket has no address; leave it out";

        int slash = text.IndexOf('/');
        if (AddressOf(slash < 0 ? text : text.Substring(0, slash)) is not { } address)
            return "it is not a network; write an address such as 10.1.2.3, "
                + "or one with the length of its prefix such as 10.0.0.0/8";
        if (slash < 0) return null;

        byte[] bytes = address.GetAddressBytes();
        int width = bytes.Length * 8;
        if (!int.TryParse(text.Substring(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int prefix) || prefix > width)
            return "the length of its prefix is not valid; "
                + $"it must be from 0 to {width.ToString(CultureInfo.InvariantCulture)}";

        for (int bit = prefix; bit < width; bit++)
            if ((bytes[bit / 8] & (0x80 >> (bit % 8))) != 0)
                return "it has bits behind its prefix; set them to 0, or write the address without a prefix";
        return null;
    }

    // What different programs read differently is not an address: octal numbers, fewer than four, zones
    private static IPAddress? AddressOf(string text)
    {
        bool isVersion6 = text.IndexOf(':') >= 0;
        if (text.Length is 0 or > 45 || (isVersion6 ? text.IndexOfAny(['%', '[', ']']) >= 0 : !IsDottedQuad(text))) return null;
        if (!IPAddress.TryParse(text, out IPAddress? address)) return null;

        return address.AddressFamily == AddressFamily.InterNetworkV6 && address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
    }

    private static bool IsDottedQuad(string text)
    {
        string[] parts = text.Split('.');
        return parts.Length == 4 && parts.All(part =>
            part.Length is >= 1 and <= 3 && part.All(digit => digit is >= '0' and <= '9') && (part.Length == 1 || part[0] != '0')
            && int.Parse(part, CultureInfo.InvariantCulture) <= 255);
    }
}
