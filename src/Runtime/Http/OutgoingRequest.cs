using System.Globalization;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Http;

/// <summary>What a request made with a constructor consists of, until it is written as the bytes that a client would send.</summary>
internal sealed class OutgoingRequest
{
    private const string DefaultAuthority = "localhost";

    /// <exception cref="ArgumentException">
    /// The method is not a token, or the address is one that cannot be asked.
    /// </exception>
    public OutgoingRequest(string method, string url)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(url);
        if (!Token.IsValid(Encoding.UTF8.GetBytes(method)))
            throw new ArgumentException(
                $"'{method}' is not a method; use letters, digits and !#$%&'*+-.^_`|~ only.",
                nameof(method));

        Method = method;
        (Authority, Target) = Split(url);
    }

    public string Method { get; }

    /// <summary>Host and port, as Host says them.</summary>
    public string Authority { get; }

    /// <summary>Path and query: ASCII, without white space and fragment.</summary>
    public string Target { get; }

    public ReadOnlyMemory<byte> Content { get; set; }

    /// <summary>The request on the wire. Headers that frame it are its own business; a missing Host is added.</summary>
    public byte[] Serialize(Headers headers)
    {
        StringBuilder head = Head(headers);
        if (Content.Length > 0 || Method is "POST" or "PUT" or "PATCH")
            head.Append("Content-Length: ").Append(Content.Length).Append("\r\n");
        head.Append("Connection: close\r\n\r\n");

        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. Content.Span];
    }

    /// <summary>The request that asks for a WebSocket (RFC 6455 section 4.1).</summary>
    public byte[] SerializeUpgrade(Headers headers, string key) => Encoding.Latin1.GetBytes(
        Head(headers)
            .Append("Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ")
            .Append(key).Append("\r\n\r\n").ToString());

    // In origin form, as clients ask the server itself (RFC 9112 section 3.2.1); what frames it and its connection comes behind
    private StringBuilder Head(Headers headers)
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\n");
        if (!headers.Contains("Host")) head.Append("Host: ").Append(Authority).Append("\r\n");

        foreach ((string name, string value) in headers)
        {
            if (name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection") continue;
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }

        return head;
    }

    private static (string Authority, string Target) Split(string url)
    {
        foreach (char c in url)
            if (c is < ' ' or '\x7f') throw Bad($"contains the control character U+{(int)c:X4}; percent-encode it");

        // A fragment is for the client alone (RFC 9110 section 4.2.5)
        int fragment = url.IndexOf('#');
        if (fragment >= 0) url = url[..fragment];

        if (url.StartsWith('/')) return (DefaultAuthority, Encode(url));

        int start = url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) ? 7
            : url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) ? 8
            : throw Bad("is not the address of a request; write a path that starts with '/', or a whole http address");

        int end = url.AsSpan(start).IndexOfAny('/', '?');
        string authority = end < 0 ? url[start..] : url[start..(start + end)];
        string rest = end < 0 ? "" : url[(start + end)..];

        // RFC 9110 section 4.2.4
        if (authority.Contains('@'))
            throw Bad("contains user information, which is not sent; use an Authorization header");
        if (!Ascii.IsValid(authority) || !HostField.IsValid(Encoding.ASCII.GetBytes(authority)))
            throw Bad($"has '{authority}' in place of a host; write a host name in ASCII or an address");

        return (authority, Encode(rest.StartsWith('/') ? rest : "/" + rest));

        ArgumentException Bad(string what) => new($"'{url}' {what}.", nameof(url));
    }

    // What an address cannot have, as UTF-8 and percent-encoded; escapes that are there already stay
    private static string Encode(string target)
    {
        if (!target.AsSpan().ContainsAnyExceptInRange('!', '~')) return target;

        var encoded = new StringBuilder(target.Length + 16);
        foreach (byte b in Encoding.UTF8.GetBytes(target))
        {
            if (b is > (byte)' ' and < 0x7f) encoded.Append((char)b);
            else encoded.Append('%').Append(b.ToString("X2", CultureInfo.InvariantCulture));
        }

        return encoded.ToString();
    }
}
