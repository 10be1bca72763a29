using System.Text;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.WebSockets;

/// <summary>What a request that wants a WebSocket looks like (RFC 6455 section 4.2.1), as a value: nothing is answered
/// here.</summary>
internal static class Handshake
{
    private static ReadOnlySpan<byte> KeyName => "Sec-WebSocket-Key"u8;
    private static ReadOnlySpan<byte> VersionName => "Sec-WebSocket-Version"u8;
    private static ReadOnlySpan<byte> ProtocolName => "Sec-WebSocket-Protocol"u8;
    private static ReadOnlySpan<byte> OriginName => "Origin"u8;

    /// <summary>Whether it is one, and comes from where it may.</summary>
    public static HandshakeVerdict Judge(RequestHead head, WebSocketOptions options)
    {
        if (head.Method is not HttpMethod.Get || !Lists(head, KnownField.Upgrade, "websocket"u8))
            return HandshakeVerdict.NotAnUpgrade;
        if (head.MinorVersion == 0) return HandshakeVerdict.Http10;
        if (!head.IsUpgrade) return HandshakeVerdict.ConnectionDoesNotUpgrade;
        if (head.HasBody) return HandshakeVerdict.HasBody;
        if (CountOf(head, VersionName, out ReadOnlySpan<byte> version) != 1 || !version.SequenceEqual("13"u8))
            return HandshakeVerdict.WrongVersion;
        if (CountOf(head, KeyName, out ReadOnlySpan<byte> key) != 1 || !AcceptKey.IsKey(key))
            return HandshakeVerdict.BadKey;
        return IsOriginAllowed(head, options.Origins) ? HandshakeVerdict.Accepted : HandshakeVerdict.ForeignOrigin;
    }

    /// <summary>The client's key.</summary>
    public static ReadOnlySpan<byte> KeyOf(RequestHead head)
    {
        CountOf(head, KeyName, out ReadOnlySpan<byte> key);
        return key;
    }

    /// <summary>The first of the server's subprotocols that the client offers, or null.</summary>
    public static string? ChooseProtocol(RequestHead head, string[] spoken)
    {
        foreach (string protocol in spoken)
            if (Offers(head, protocol)) return protocol;

        return null;
    }

    /// <summary>The client offers this subprotocol. Names compare with case.</summary>
    public static bool Offers(RequestHead head, string protocol)
    {
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (!Is(head, line, ProtocolName)) continue;

            for (ReadOnlySpan<byte> list = head[line.Value]; !list.IsEmpty;)
                if (Ascii.Equals(FieldValue.TakeElement(ref list), protocol)) return true;
        }

        return false;
    }

    /// <summary>The page that wants to connect, if there is one, is of that host.</summary>
    public static bool IsOrigin(RequestHead head, string host) =>
        CountOf(head, OriginName, out ReadOnlySpan<byte> origin) == 1 && IsSameOrigin(origin, Encoding.UTF8.GetBytes(host));

    // A browser says which page wants to connect (RFC 6454 section 7); others say nothing and are no page's victims
    private static bool IsOriginAllowed(RequestHead head, string[] allowed)
    {
        int count = CountOf(head, OriginName, out ReadOnlySpan<byte> origin);
        if (count == 0) return true;
        if (count > 1) return false;

        foreach (string one in allowed)
            if (one == "*" || Ascii.EqualsIgnoreCase(origin, one)) return true;

        return allowed.Length == 0 && IsSameOrigin(origin, head[head.Authority]);
    }

    // Without the scheme, since a proxy may have taken TLS off; a default port may be said or not
    private static bool IsSameOrigin(ReadOnlySpan<byte> origin, ReadOnlySpan<byte> authority)
    {
        if (StartsWithIgnoreCase(origin, "http://"u8)) return IsSame(origin[7..], authority, ":80"u8);
        return StartsWithIgnoreCase(origin, "https://"u8) && IsSame(origin[8..], authority, ":443"u8);

        static bool IsSame(ReadOnlySpan<byte> host, ReadOnlySpan<byte> authority, ReadOnlySpan<byte> port) =>
            !host.IsEmpty && Ascii.EqualsIgnoreCase(Without(host, port), Without(authority, port));
    }

    private static bool StartsWithIgnoreCase(ReadOnlySpan<byte> text, ReadOnlySpan<byte> start) =>
        text.Length >= start.Length && Ascii.EqualsIgnoreCase(text[..start.Length], start);

    private static ReadOnlySpan<byte> Without(ReadOnlySpan<byte> authority, ReadOnlySpan<byte> port) =>
        authority.EndsWith(port) ? authority[..^port.Length] : authority;

    private static bool Lists(RequestHead head, KnownField field, ReadOnlySpan<byte> wanted)
    {
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (line.Known != field) continue;

            for (ReadOnlySpan<byte> list = head[line.Value]; !list.IsEmpty;)
                if (Ascii.EqualsIgnoreCase(FieldValue.TakeElement(ref list), wanted)) return true;
        }

        return false;
    }

    // How many lines of that name there are, and the value of the first
    private static int CountOf(RequestHead head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        int count = 0;
        value = default;
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
            if (Is(head, line, name) && count++ == 0) value = head[line.Value];

        return count;
    }

    private static bool Is(RequestHead head, in FieldLine line, ReadOnlySpan<byte> name) =>
        line.Name.Length == name.Length && Ascii.EqualsIgnoreCase(head[line.Name], name);
}
