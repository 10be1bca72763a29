using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Prebake.Grammar;

/// <summary>
/// A set of networks in CIDR notation (RFC 4632 section 3.1), IPv4 and IPv6. To ask takes a look-up for each length of
/// prefix, however many networks there are.
/// </summary>
internal sealed class NetworkList
{
    private const string Unix = "unix";

    // By length of prefix, the longest first; an IPv4 network stands among the IPv6 ones at ::ffff:0:0/96
    private readonly SortedList<int, HashSet<UInt128>> _byPrefix = [];

    private NetworkList() { }

    /// <summary>The list has <c>unix</c> in it: whoever comes over a unix socket.</summary>
    public bool HasUnix { get; private set; }

    /// <param name="networks">Such as <c>10.0.0.0/8</c>, <c>2001:db8::/32</c>, single addresses, or
    /// <c>unix</c>.</param>
    /// <param name="name">Whose value it is, for the message.</param>
    /// <exception cref="ArgumentException">One is not a network.</exception>
    public static NetworkList Parse(IEnumerable<string> networks, string name)
    {
        var list = new NetworkList();
        foreach (string network in networks)
        {
            if (network == Unix) list.HasUnix = true;
            else list.Add(network ?? "", name);
        }

        return list;
    }

    /// <summary>Whether an address is in one of the networks. Null, an address that is not known, is in none.</summary>
    public bool Contains(IPAddress? address)
    {
        if (address is null) return false;

        UInt128 bits = BitsOf(address);
        foreach ((int prefix, HashSet<UInt128> networks) in _byPrefix)
            if (networks.Contains(bits & Mask(prefix))) return true;
        return false;
    }

    private void Add(string network, string name)
    {
        int slash = network.IndexOf('/');
        string text = slash < 0 ? network : network[..slash];
        if (!AddressText.TryParse(text, out IPAddress address))
            throw new ArgumentException(
                $"'{network}' in \"{name}\" is not a network: write an address such as 10.1.2.3, or one with the "
                    + "length of its prefix such as 10.0.0.0/8.", name);

        int width = address.AddressFamily is AddressFamily.InterNetwork ? 32 : 128;
        int prefix = width;
        if (slash >= 0 && !TryReadPrefix(network.AsSpan(slash + 1), width, out prefix))
            throw new ArgumentException(
                $"'{network}' in \"{name}\" does not have a valid prefix: it must be >= 0 and <= {width}.", name);

        int whole = prefix + 128 - width;
        UInt128 bits = BitsOf(address);
        if ((bits & Mask(whole)) != bits)
            throw new ArgumentException(
                $"'{network}' in \"{name}\" has bits behind its prefix: set them to 0, or write the address without a "
                    + "prefix.", name);

        if (!_byPrefix.TryGetValue(whole, out HashSet<UInt128>? networks)) _byPrefix[whole] = networks = [];
        networks.Add(bits);
    }

    private static bool TryReadPrefix(ReadOnlySpan<char> text, int width, out int prefix) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out prefix) && prefix <= width;

    private static UInt128 Mask(int prefix) => prefix == 0 ? 0 : UInt128.MaxValue << (128 - prefix);

    private static UInt128 BitsOf(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }
}
