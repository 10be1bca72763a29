namespace Prebake.Conformance.WebSockets;

/// <summary>One handshake and its answer. <c>Extensions</c>, <c>Protocol</c>: the values of the 101's fields; null: it has none.</summary>
internal sealed record HandshakeCase(string Name, string Raw, int Status, string? Extensions = null, string? Protocol = null);

/// <summary>Handshakes (RFC 6455 section 4.2, RFC 7692 section 7.1) and what answers them.</summary>
internal static class HandshakeCases
{
    private const string Deflate = "permessage-deflate";

    public static IEnumerable<HandshakeCase> All() => [.. Requests(), .. Origins(), .. Protocols(), .. Offers()];

    private static IEnumerable<HandshakeCase> Requests()
    {
        yield return new("plain", Ask(), 101);
        yield return new("with a query", Ask(line: "GET /echo?a=b HTTP/1.1"), 101);
        yield return new("absolute form", Ask(line: "GET http://a.example/echo HTTP/1.1"), 101);
        yield return new("HTTP/1.0", Ask(line: "GET /echo HTTP/1.0"), 400);
        yield return new("no Host", Ask(host: null), 400);
        yield return new("two Hosts", Ask(more: "Host: a.example\r\n"), 400);
        yield return new("elsewhere", Ask(line: "GET /nowhere HTTP/1.1"), 404);
        foreach (string method in (string[])["POST", "PUT", "DELETE", "PATCH"])
            yield return new(method, Ask(line: $"{method} /echo HTTP/1.1"), 405);
        yield return new("a body of no bytes", Ask(more: "Content-Length: 0\r\n"), 101);
        yield return new("a body", Ask(more: "Content-Length: 5\r\n") + "hello", 400);
        yield return new("a body in chunks", Ask(more: "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n", 400);

        foreach (string version in (string[])["", "0", "7", "8", "12", "14", "130", "013", "+13", "13.0", "a", "13, 8", "8, 13", "13,13", "\"13\"", "-13", "0x0D"])
            yield return new($"version '{version}'", Ask(version: version), 426);
        yield return new("no version", Ask(version: null), 426);
        yield return new("two versions", Ask(more: "Sec-WebSocket-Version: 13\r\n"), 426);
        yield return new("version with space around it", Ask(version: " \t13 "), 101);

        foreach (string key in (string[])["", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQ===", "dGhlIHNhbXBsZSBub25j", "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25jZTEy", "dGhlIHNhbXBsZSBub25", "dGhlIHNhbXBsZSBub25jZQ==, x", "dGhlIHNhbXBsZSBub25jZQ-=", "-_hlIHNhbXBsZSBub25jZQ==", "dGhl IHNhbXBsZSBub25jZQ==", "dGhl IHNhbXBsZSBub25jZQ=", "========================", "dGhlIHNhbXBsZSBub25jZ===", "c2hvcnQ=", "\"dGhlIHNhbXBsZSBub25jZQ==\"", "*GhlIHNhbXBsZSBub25jZQ=="])
            yield return new($"key '{key}'", Ask(key: key), 400);
        yield return new("no key", Ask(key: null), 400);
        yield return new("two keys", Ask(more: $"Sec-WebSocket-Key: {SocketClient.Key}\r\n"), 400);
        foreach (string key in (string[])["AAAAAAAAAAAAAAAAAAAAAA==", "/////////////////////w==", "+++++++++++++++++++++g==", "AQIDBAUGBwgJCgsMDQ4PEC=="])
            yield return new($"key '{key}'", Ask(key: key), 101);

        foreach (string connection in (string[])["Upgrade", "upgrade", "UPGRADE", "keep-alive, Upgrade", "Upgrade, keep-alive", "keep-alive,upgrade", "a,b , Upgrade\t,c", ",Upgrade", "Upgrade,", "keep-alive, ,Upgrade", "Upgrade\r\nConnection: keep-alive", "keep-alive\r\nConnection: Upgrade"])
            yield return new($"Connection '{connection}'", Ask(connection: connection), 101);
        foreach (string connection in (string[])["", "keep-alive", "Upgrades", "Up grade", "Upgrade-Insecure-Requests", "xUpgrade", "close", "websocket"])
            yield return new($"Connection '{connection}'", Ask(connection: connection), 400);
        yield return new("no Connection", Ask(connection: null), 400);

        foreach (string upgrade in (string[])["websocket", "WebSocket", "WEBSOCKET", "wEbSoCkEt", "h2c, websocket", "websocket, h2c", ",websocket", "h2c\r\nUpgrade: websocket"])
            yield return new($"Upgrade '{upgrade}'", Ask(upgrade: upgrade), 101);
        foreach (string upgrade in (string[])["", "h2c", "websockets", "web socket", "xwebsocket", "TLS/1.0", "\"websocket\""])
            yield return new($"Upgrade '{upgrade}'", Ask(upgrade: upgrade), 426);
        yield return new("no Upgrade", Ask(upgrade: null), 426);
        yield return new("no upgrade at all", "GET /echo HTTP/1.1\r\nHost: a.example\r\n\r\n", 426);
        yield return new("names in capitals", Ask().Replace("Sec-WebSocket-Key", "SEC-WEBSOCKET-KEY").Replace("Sec-WebSocket-Version", "sec-websocket-version"), 101);
        yield return new("refused by the app", Ask(line: "GET /refused HTTP/1.1"), 403);
    }

    private static IEnumerable<HandshakeCase> Origins()
    {
        foreach (string origin in (string[])["http://a.example", "https://a.example", "http://A.EXAMPLE", "HTTP://a.example", "http://a.example:80", "https://a.example:443"])
            yield return new($"origin {origin}", Ask(more: $"Origin: {origin}\r\n"), 101);
        foreach (string origin in (string[])["null", "", "a.example", "http://", "http://b.example", "http://a.example.b.example", "http://xa.example", "http://a.example:81", "http://a.example:443", "https://a.example:80", "http://a.example/", "http://a.example@b.example", "http://b.example@a.example", "ftp://a.example", "ws://a.example", "file://", "http://a.example http://b.example", "http://a.example, http://b.example", "http://a.example\r\nOrigin: http://a.example", "http://a.example\r\nOrigin: http://b.example"])
            yield return new($"origin {origin}", Ask(more: $"Origin: {origin}\r\n"), 403);
        yield return new("the port of Host", Ask(host: "a.example:8080", more: "Origin: http://a.example:8080\r\n"), 101);
        yield return new("another port than that of Host", Ask(host: "a.example:8080", more: "Origin: http://a.example\r\n"), 403);
        foreach (string origin in (string[])["null", "http://b.example", "chrome-extension://abc"])
            yield return new($"origin {origin} where any may", Ask(line: "GET /any HTTP/1.1", more: $"Origin: {origin}\r\n"), 101);
    }

    private static IEnumerable<HandshakeCase> Protocols()
    {
        foreach ((string offer, string? chosen) in ((string, string?)[])[("v1", "v1"), ("v2", "v2"), ("v1, v2", "v2"), ("v2,v1", "v2"), ("v0, v1", "v1"), (",v1,", "v1"), (" v1 ", "v1"), ("v1\r\nSec-WebSocket-Protocol: v2", "v2"), ("v3", null), ("V1", null), ("v1v2", null), ("v", null), ("", null), ("v1;v2", null)])
            yield return new($"subprotocol '{offer}'", Ask(line: "GET /told HTTP/1.1", more: $"Sec-WebSocket-Protocol: {offer}\r\n"), 101, Protocol: chosen);
        yield return new("subprotocols where none is spoken", Ask(more: "Sec-WebSocket-Protocol: chat\r\n"), 101);
    }

    // A handshake never fails for an offer that cannot be taken: it is declined (RFC 7692 section 5.1)
    private static IEnumerable<HandshakeCase> Offers()
    {
        yield return Offer("permessage-deflate", Deflate, "/own");
        yield return new("an offer where nothing is compressed", Ask(more: "Sec-WebSocket-Extensions: permessage-deflate\r\n"), 101);

        foreach (string good in (string[])["server_no_context_takeover", "client_no_context_takeover", "server_no_context_takeover; client_no_context_takeover", "server_max_window_bits=8", "server_max_window_bits=9", "server_max_window_bits=10", "server_max_window_bits=14", "server_max_window_bits=15", "client_max_window_bits=8", "client_max_window_bits=9", "client_max_window_bits=10", "client_max_window_bits=14"])
            yield return Offer($"{Deflate}; {good}", $"{Deflate}; {good}");
        foreach (string asked in (string[])["client_max_window_bits", "client_max_window_bits=15"])
            yield return Offer($"{Deflate}; {asked}", Deflate);
        yield return Offer($"{Deflate}; server_max_window_bits=\"10\"", $"{Deflate}; server_max_window_bits=10");
        yield return Offer($"{Deflate};server_max_window_bits=10;client_max_window_bits", $"{Deflate}; server_max_window_bits=10");
        yield return Offer($"{Deflate} ; client_max_window_bits=9 ; server_no_context_takeover", $"{Deflate}; server_no_context_takeover; client_max_window_bits=9");

        foreach (string bits in (string[])["", "0", "1", "7", "16", "08", "09", "010", "015", "+9", "-9", "9.0", "1e1", "0x9", "100", "99999999999999999999", "x", "9x", "\"", "\"\"", "\"16\"", "\"08\"", "\"9", "9\"", "'9'", "9 9", "9=9", "true"])
        {
            yield return Offer($"{Deflate}; server_max_window_bits={bits}", null);
            yield return Offer($"{Deflate}; client_max_window_bits={bits}", null);
        }

        foreach (string bad in (string[])["server_max_window_bits", "server_no_context_takeover=1", "server_no_context_takeover=", "server_no_context_takeover=\"\"", "client_no_context_takeover=true", "client_no_context_takeover=0", "unknown", "unknown=1", "client_max_window_bits; unknown", "unknown; server_max_window_bits=10", "server_no_context_takeover; server_no_context_takeover", "client_no_context_takeover; client_no_context_takeover", "server_max_window_bits=10; server_max_window_bits=10", "client_max_window_bits; client_max_window_bits", "client_max_window_bits=9; client_max_window_bits", "server_max_window_bits=9; server_max_window_bits=10", "", ";", "=", "=9", "; server_no_context_takeover", "server_no_context_takeover;", "Server_No_Context_Takeover", "server-no-context-takeover", "server_no_context_takeover client_no_context_takeover", "\"server_no_context_takeover\""])
            yield return Offer($"{Deflate}; {bad}", null);

        foreach (string other in (string[])["permessage-bzip2", "x-webkit-deflate-frame", "permessage-deflate-x", "xpermessage-deflate", "\"permessage-deflate\"", "permessage", "deflate", "", ",", ";", "permessage-deflate server_no_context_takeover", "permessage-deflate=1", "foo; permessage-deflate", "x=\"permessage-deflate\""])
            yield return Offer(other, null);

        // The first that can be taken
        yield return Offer($"{Deflate}; unknown, {Deflate}", Deflate);
        yield return Offer($"{Deflate}; server_max_window_bits=16, {Deflate}; server_max_window_bits=9", $"{Deflate}; server_max_window_bits=9");
        yield return Offer($"{Deflate}; server_max_window_bits=10, {Deflate}", $"{Deflate}; server_max_window_bits=10");
        yield return Offer($"{Deflate}, {Deflate}; server_max_window_bits=10", Deflate);
        yield return Offer($"x-other, {Deflate}", Deflate);
        yield return Offer($"x-other; a=\"b, {Deflate}; unknown\", {Deflate}; server_no_context_takeover", $"{Deflate}; server_no_context_takeover");
        yield return Offer($"x-other; a=\"b\\\", {Deflate}\", {Deflate}; client_no_context_takeover", $"{Deflate}; client_no_context_takeover");
        yield return Offer($"x-other\r\nSec-WebSocket-Extensions: {Deflate}", Deflate);
        yield return Offer($"{Deflate}; unknown\r\nSec-WebSocket-Extensions: {Deflate}; client_max_window_bits=12", $"{Deflate}; client_max_window_bits=12");
        yield return Offer($",, {Deflate},", Deflate);
    }

    private static HandshakeCase Offer(string offer, string? answer, string path = "/own") =>
        new($"offer '{offer}'", Ask(line: $"GET {path} HTTP/1.1", more: $"Sec-WebSocket-Extensions: {offer}\r\n"), 101, Extensions: answer);

    private static string Ask(string line = "GET /echo HTTP/1.1", string? host = "a.example", string? upgrade = "websocket", string? connection = "Upgrade", string? key = SocketClient.Key, string? version = "13", string more = "") =>
        $"{line}\r\n{Field("Host", host)}{Field("Upgrade", upgrade)}{Field("Connection", connection)}{Field("Sec-WebSocket-Key", key)}{Field("Sec-WebSocket-Version", version)}{more}\r\n";

    private static string Field(string name, string? value) => value is null ? "" : $"{name}: {value}\r\n";
}
