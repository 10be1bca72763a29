using System.Net;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake.Proxies;

/// <summary>
/// The client as trusted proxies name it. Each proxy adds its own peer at the end, so the list is read from there: as
/// long as an address is a trusted proxy's, the one in front of it was added by that proxy. The first that is not is
/// the client; what stands in front of it is the client's own word, and nobody reads it.
/// </summary>
internal sealed class ForwardedClient : ClientResolver
{
    private readonly NetworkList _trusted;
    private readonly ForwardedHeaders _headers;
    private readonly bool _trustsUnix;

    private ForwardedClient(NetworkList trusted, ForwardedHeaders headers, bool trustsUnix) =>
        (_trusted, _headers, _trustsUnix) = (trusted, headers, trustsUnix);

    /// <param name="proxies">The networks of proxies.</param>
    /// <param name="headers">What those set.</param>
    /// <param name="isUnix">The server listens on a unix socket: a peer without an address came from there.</param>
    public static ClientResolver Of(IReadOnlyList<string> proxies, ForwardedHeaders headers, bool isUnix)
    {
        var trusted = NetworkList.Parse(proxies, "ServeOptions.TrustedProxies");
        if (headers.HasFlag(ForwardedHeaders.Forwarded) && headers is not ForwardedHeaders.Forwarded)
            throw new ArgumentException(
                "\"ServeOptions.ForwardedHeaders\" names Forwarded and others: a proxy that sets one may pass on "
                    + "what a client wrote into the other. Name the one that your proxy sets.", nameof(headers));
        return new ForwardedClient(trusted, headers, trusted.HasUnix && isUnix);
    }

    public override bool Trusts(IPAddress? peer) => peer is null ? _trustsUnix : _trusted.Contains(peer);

    public override RequestClient Resolve(RequestHead head, RequestClient direct)
    {
        if (!Trusts(direct.Address) || _headers is ForwardedHeaders.None) return direct;
        return _headers is ForwardedHeaders.Forwarded ? OfForwarded(head, direct) : OfXForwarded(head, direct);
    }

    private RequestClient OfXForwarded(RequestHead head, RequestClient direct)
    {
        List<ByteRange> hops = ListOf(head, ForwardedHeaders.XForwardedFor, "X-Forwarded-For"u8);
        IPAddress? address = direct.Address;
        int at = hops.Count;
        while (at > 0)
        {
            bool isAddress = AddressText.TryParseNode(head[hops[--at]], out IPAddress next);
            address = isAddress ? next : null;
            if (!_trusted.Contains(address)) break;
        }

        List<ByteRange> protos = ListOf(head, ForwardedHeaders.XForwardedProto, "X-Forwarded-Proto"u8);
        List<ByteRange> hosts = ListOf(head, ForwardedHeaders.XForwardedHost, "X-Forwarded-Host"u8);
        return With(direct, address, Pick(head, protos, hops.Count, at), Pick(head, hosts, hops.Count, at));
    }

    private RequestClient OfForwarded(RequestHead head, RequestClient direct)
    {
        var elements = new List<ForwardedElement>();
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (!Ascii.EqualsIgnoreCase(head[line.Name], "Forwarded"u8)) continue;

            // What stands in front of a line that makes no sense cannot be reached from the end
            if (!ForwardedElement.TryParse(head[line.Value], elements)) elements = [default];
        }

        IPAddress? address = direct.Address;
        ForwardedElement spoken = default;
        for (int at = elements.Count - 1; at >= 0; at--)
        {
            spoken = elements[at];
            bool isAddress = AddressText.TryParseNode(spoken.For, out IPAddress next);
            address = isAddress ? next : null;
            if (!_trusted.Contains(address)) break;
        }

        return With(direct, address, spoken.Proto, spoken.Host);
    }

    private static RequestClient With(
        RequestClient direct, IPAddress? address, ReadOnlySpan<byte> proto, ReadOnlySpan<byte> host)
    {
        string scheme = Ascii.EqualsIgnoreCase(proto, "https"u8) || Ascii.EqualsIgnoreCase(proto, "wss"u8) ? "https"
            : Ascii.EqualsIgnoreCase(proto, "http"u8) || Ascii.EqualsIgnoreCase(proto, "ws"u8) ? "http"
            : direct.Scheme;
        return new(address, scheme, HostField.IsValid(host) ? Encoding.ASCII.GetString(host) : direct.Host);
    }

    // As many as there are hops: each proxy has added its own, and the client's is where the client's address is. Else
    // the last, which the nearest proxy has set
    private static ReadOnlySpan<byte> Pick(RequestHead head, List<ByteRange> values, int hops, int at)
    {
        if (values.Count == 0) return default;
        return head[values[values.Count == hops ? at : ^1]];
    }

    // The members of all lines of that name, in order
    private List<ByteRange> ListOf(RequestHead head, ForwardedHeaders wanted, ReadOnlySpan<byte> name)
    {
        var list = new List<ByteRange>();
        if (!_headers.HasFlag(wanted)) return list;

        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (!Ascii.EqualsIgnoreCase(head[line.Name], name)) continue;

            ReadOnlySpan<byte> value = head[line.Value];
            foreach (Range member in value.Split((byte)','))
            {
                (int start, int length) = member.GetOffsetAndLength(value.Length);
                while (length > 0 && value[start] is (byte)' ' or (byte)'\t') (start, length) = (start + 1, length - 1);
                while (length > 0 && value[start + length - 1] is (byte)' ' or (byte)'\t') length--;
                list.Add(new ByteRange(line.Value.Start + start, length));
            }
        }

        return list;
    }
}
