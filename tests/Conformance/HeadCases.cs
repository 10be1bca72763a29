namespace Prebake.Conformance;

/// <summary>
/// Request heads and the answer that RFC 9112 and RFC 9110 ask for; where they leave a choice, whatever is ambiguous is refused with 400 and
/// the connection closed. <c>{T}</c> is the target, so that each case meets a static route and a handler.
/// </summary>
public static class HeadCases
{
    private const string Ok = "Host: a\r\n\r\n";

    public static IEnumerable<Case> All()
    {
        // ---- request line, RFC 9112 section 3
        yield return Keeps("plain", "GET {T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("one empty line first (2.2)", "\r\nGET {T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("two empty lines first", "\r\n\r\nGET {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("lone LF first", "\nGET {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("lone CR first", "\rGET {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("space first", " GET {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("two spaces before the target", "GET  {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("two spaces before the version", "GET {T}  HTTP/1.1\r\n" + Ok);
        yield return Refused("tab before the target", "GET\t{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("tab before the version", "GET {T}\tHTTP/1.1\r\n" + Ok);
        yield return Refused("space behind the version", "GET {T} HTTP/1.1 \r\n" + Ok);
        yield return Refused("no version (HTTP/0.9)", "GET {T}\r\n\r\n");
        yield return Refused("no target", "GET HTTP/1.1\r\n" + Ok);
        yield return Refused("only a method", "GET\r\n" + Ok);
        yield return Refused("empty method", " {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("LF ends the request line", "GET {T} HTTP/1.1\n" + Ok);
        yield return Refused("CR inside the request line", "GET {T}\rX HTTP/1.1\r\n" + Ok);
        yield return Refused("two targets", "GET {T} {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("very long method", new string('A', 40) + " {T} HTTP/1.1\r\n" + Ok);

        foreach (string version in (string[])["HTTP/1", "HTTP/1.", "HTTP/.1", "HTTP/1.10", "HTTP/11", "http/1.1", "Http/1.1", "HTTP-1.1", "HTTP 1.1", "HTTPS/1.1", "HTTP/1,1", "HTTP/a.1", "HTTP/1.x", "HTTP/+1.1", "ICE/1.0", "FOO"])
            yield return Refused($"version {version}", $"GET {{T}} {version}\r\n" + Ok);
        foreach (string version in (string[])["HTTP/2.0", "HTTP/0.9", "HTTP/1.2", "HTTP/1.9", "HTTP/3.0", "HTTP/9.9", "HTTP/0.0"])
            yield return Refused($"version {version}", $"GET {{T}} {version}\r\n" + Ok, 505);

        foreach (string method in (string[])["G(T", "GE@T", "GET:", "G\"T", "GET/", "G=T", "G?T", "G[T", "{GET}", "G\x7fT", "G\x80T", "G\0T", "G,T", "G;T", "G<T>"])
            yield return Refused($"method {Escape(method)}", method + " {T} HTTP/1.1\r\n" + Ok);
        foreach (string method in (string[])["FOO", "get", "Get", "GETT", "BREW", "PRI", "PROPFIND", "M-SEARCH", "!#$%&'*+-.^_`|~"])
            yield return new Case($"method {method} is unknown (501)", method + " {T} HTTP/1.1\r\n" + Ok, [501], Closes: false);

        // ---- targets, section 3.2
        yield return Keeps("query", "GET {T}?a=b&c=%zz HTTP/1.1\r\n" + Ok);
        yield return Keeps("empty query", "GET {T}? HTTP/1.1\r\n" + Ok);
        yield return Keeps("two question marks", "GET {T}?? HTTP/1.1\r\n" + Ok);
        yield return Keeps("slash in the query", "GET {T}?/../.. HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form", "GET http://a{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form, other Host (3.2.2)", "GET http://b{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form with port", "GET http://a:80{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form, scheme in capitals", "GET HTTP://a{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form, IPv6", "GET http://[::1]:80{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("absolute form, empty port", "GET http://a:{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("absolute form, https on a plain connection (421)", "GET https://a{T} HTTP/1.1\r\n" + Ok, 421);
        yield return Refused("absolute form, HTTPS on a plain connection (421)", "GET HTTPS://a:443{T} HTTP/1.1\r\n" + Ok, 421);
        yield return Refused("absolute form, https without a host", "GET https://{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("absolute form, port alone", "GET http://:{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("absolute form, user info", "GET http://u@a{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("absolute form, no host", "GET http://{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("absolute form without Host field", "GET http://a{T} HTTP/1.1\r\n\r\n");
        yield return Refused("other scheme", "GET ftp://a{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("relative target", "GET x{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("asterisk with GET", "GET * HTTP/1.1\r\n" + Ok);
        yield return new Case("OPTIONS *", "OPTIONS * HTTP/1.1\r\n" + Ok, [204], Closes: false);
        yield return new Case("CONNECT with authority", "CONNECT a:80 HTTP/1.1\r\n" + Ok, [501], Closes: false);
        yield return Refused("CONNECT without a port", "CONNECT a HTTP/1.1\r\n" + Ok);
        yield return Refused("CONNECT with an empty port (RFC 9110, 9.3.6)", "CONNECT a: HTTP/1.1\r\n" + Ok);
        yield return Refused("CONNECT without a port, IPv6", "CONNECT [::1] HTTP/1.1\r\n" + Ok);
        yield return new Case("CONNECT with authority, IPv6", "CONNECT [::1]:80 HTTP/1.1\r\n" + Ok, [501], Closes: false);
        yield return Refused("CONNECT with a path", "CONNECT {T} HTTP/1.1\r\n" + Ok);
        yield return Refused("GET with authority", "GET a:80 HTTP/1.1\r\n" + Ok);
        yield return Refused("fragment", "GET {T}#f HTTP/1.1\r\n" + Ok);
        foreach (int octet in (int[])[0, 1, 7, 8, 11, 12, 27, 31, 127, 128, 160, 255])
            yield return Refused($"octet {octet} in the target", $"GET {{T}}{(char)octet} HTTP/1.1\r\n" + Ok);

        // ---- canonical paths
        yield return Keeps("dot segment", "GET /.{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("dot-dot segment", "GET /x/..{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("encoded dots", "GET /x/%2e%2E{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("double slash", "GET /{T} HTTP/1.1\r\n" + Ok);
        yield return Keeps("needless escape", "GET /%2e{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("above the root", "GET /..{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("above the root, encoded", "GET /%2e%2e{T} HTTP/1.1\r\n" + Ok);
        yield return Refused("above the root, later", "GET /x/../..{T} HTTP/1.1\r\n" + Ok);
        foreach (string escape in (string[])["%", "%4", "%zz", "%4g", "%g4", "%%", "%00", "%ff", "%c3", "%c3%28", "%ed%a0%80", "%u0041"])
            yield return Refused($"escape {escape}", $"GET {{T}}{escape} HTTP/1.1\r\n" + Ok);

        // ---- Host, section 3.2
        yield return Refused("no Host", "GET {T} HTTP/1.1\r\n\r\n");
        yield return Refused("two Hosts", "GET {T} HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n");
        yield return Refused("two equal Hosts", "GET {T} HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n");
        yield return Keeps("empty Host", "GET {T} HTTP/1.1\r\nHost:\r\n\r\n");
        foreach (string host in (string[])["a:", "a.b.:", "127.0.0.1:", "[::1]:", "a", "a.b", "a:80", "127.0.0.1", "127.0.0.1:8080", "[::1]", "[::1]:80", "[2001:db8::1]", "A.B", "a-b", "a_b", "xn--a", "a.", "localhost:65535", "my_service:80", "_a.b", "[::ffff:127.0.0.1]"])
            yield return Keeps($"Host {host}", $"GET {{T}} HTTP/1.1\r\nHost: {host}\r\n\r\n");
        foreach (string host in (string[])["a b", "a,b", "a/b", "a?b", "a#b", "u@a", ":", "a::", "a:b", "a:80:80", "a:-1", "a:+80", "a:65536", "a: 80", ":80", "[::1", "::1", "[::g]", "[a]", "[::1]x", "[::1%25eth0]", "http://a", "a\x7f", "a\x80", "<a>", "a\\b", "a^b", "a|b", "a\"b", "{a}", "a`b", "a%", "a;b", "a b:80",
            "!", "...", ".", "a..b", ".a", "a..", "(x)", "$x", "~", "a~b", "a'b", "a&b", "a*b", "a+b", "a=b", "a.-b", "a:000080", "[::1]::", "[1:2:3:4:5:6:7:8:9]", "[::1.2.3]", new string('a', 64), string.Concat(Enumerable.Repeat("a.", 127)) + "a"])
            yield return Refused($"Host {Escape(host)}", $"GET {{T}} HTTP/1.1\r\nHost: {host}\r\n\r\n");

        // ---- field lines, section 5
        yield return Keeps("no space behind the colon", "GET {T} HTTP/1.1\r\nHost:a\r\n\r\n");
        yield return Keeps("much space around a value", "GET {T} HTTP/1.1\r\nHost: \t a \t \r\n\r\n");
        yield return Keeps("empty value", "GET {T} HTTP/1.1\r\nX:\r\n" + Ok);
        yield return Keeps("value of spaces", "GET {T} HTTP/1.1\r\nX:    \r\n" + Ok);
        yield return Keeps("obs-text in a value", "GET {T} HTTP/1.1\r\nX: \x80\xff\r\n" + Ok);
        yield return Keeps("tab in a value", "GET {T} HTTP/1.1\r\nX: a\tb\r\n" + Ok);
        yield return Refused("space before the colon", "GET {T} HTTP/1.1\r\nHost : a\r\n\r\n");
        yield return Refused("tab before the colon", "GET {T} HTTP/1.1\r\nHost\t: a\r\n\r\n");
        yield return Refused("no colon", "GET {T} HTTP/1.1\r\nX\r\n" + Ok);
        yield return Refused("empty name", "GET {T} HTTP/1.1\r\n: a\r\n" + Ok);
        yield return Refused("folded line", "GET {T} HTTP/1.1\r\nHost: a\r\nX: a\r\n b\r\n\r\n");
        yield return Refused("folded with a tab", "GET {T} HTTP/1.1\r\nHost: a\r\nX: a\r\n\tb\r\n\r\n");
        yield return Refused("space before the first field", "GET {T} HTTP/1.1\r\n Host: a\r\n\r\n");
        yield return Refused("line of spaces", "GET {T} HTTP/1.1\r\nHost: a\r\n \r\n\r\n");
        yield return Refused("LF ends a field", "GET {T} HTTP/1.1\r\nX: a\nHost: a\r\n\r\n");
        yield return Refused("LF ends the head", "GET {T} HTTP/1.1\r\nHost: a\r\n\n");
        yield return Refused("LF LF ends the head", "GET {T} HTTP/1.1\r\nHost: a\n\n");
        yield return Refused("CR in a value", "GET {T} HTTP/1.1\r\nX: a\rb\r\n" + Ok);
        yield return Refused("CR CR LF", "GET {T} HTTP/1.1\r\nX: a\r\r\n" + Ok);
        yield return Refused("CR behind the head", "GET {T} HTTP/1.1\r\nHost: a\r\n\rX");
        foreach (int octet in (int[])[0, 1, 2, 8, 11, 12, 14, 27, 31, 127])
            yield return Refused($"octet {octet} in a value", $"GET {{T}} HTTP/1.1\r\nX: a{(char)octet}b\r\n" + Ok);
        foreach (char octet in "\0\x01\t \"(),/;<=>?@[\\]{}\x7f\x80\xff")
            yield return Refused($"octet {(int)octet} in a name", $"GET {{T}} HTTP/1.1\r\nX{octet}Y: a\r\n" + Ok);
        yield return Keeps("all octets of a token in a name", "GET {T} HTTP/1.1\r\n!#$%&'*+-.^_`|~09AZaz: a\r\n" + Ok);

        // ---- limits
        yield return Keeps("100 fields", "GET {T} HTTP/1.1\r\n" + string.Concat(Enumerable.Range(0, 99).Select(i => $"X{i}: a\r\n")) + Ok);
        yield return Refused("101 fields", "GET {T} HTTP/1.1\r\n" + string.Concat(Enumerable.Range(0, 100).Select(i => $"X{i}: a\r\n")) + Ok, 431);
        yield return Refused("a field of 33 KiB", "GET {T} HTTP/1.1\r\nX: " + new string('a', 33 << 10) + "\r\n" + Ok, 431);
        yield return Refused("a name of 33 KiB", "GET {T} HTTP/1.1\r\n" + new string('a', 33 << 10) + ": x\r\n" + Ok, 431);
        yield return Keeps("a field of 16 KiB", "GET {T} HTTP/1.1\r\nX: " + new string('a', 16 << 10) + "\r\n" + Ok);
        yield return Keeps("a target of 8,000 bytes", "GET {T}?" + new string('a', 8000) + " HTTP/1.1\r\n" + Ok);
        yield return Refused("a target of 9,000 bytes", "GET {T}?" + new string('a', 9000) + " HTTP/1.1\r\n" + Ok, 414);
        yield return Refused("a target of 20,000 bytes", "GET /" + new string('a', 20_000) + " HTTP/1.1\r\n" + Ok, 414);

        // ---- framing: the smuggling vectors, section 6
        foreach (string length in (string[])["-1", "+5", "+0", "-0", "0x5", "5 5", "5,5", "5, 5", "5;5", "5.0", "5e0", "", " ", "a", "99999999999999999999", "9223372036854775808", "0x", "1 0", "\"5\"", "5,", ",5", "5_0"])
            yield return Refused($"Content-Length '{Escape(length)}'", $"POST {{T}} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n\r\nhello");
        yield return Refused("two Content-Lengths", "POST {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello");
        yield return Refused("two equal Content-Lengths", "POST {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\nhello");
        yield return Refused("Content-Length and chunked", "POST {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        yield return Refused("chunked and Content-Length", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n");
        yield return Refused("chunked with Content-Length: 0", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 0\r\n\r\n0\r\n\r\n");
        foreach (string coding in (string[])["chunked, chunked", "chunked,chunked", "chunked, gzip", "chunked;q=1", "chunked ;a=b", "\"chunked\"", "identity", "gzip", "xchunked", "chunkedx", "x chunked", "chunked,", ",chunked,", "", "chunk", "chunked\x0b", "chunked identity", "\x00chunked", "[chunked]"])
            yield return Refused($"Transfer-Encoding '{Escape(coding)}'", $"POST {{T}} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {coding}\r\n\r\n0\r\n\r\n");
        yield return Refused("Transfer-Encoding gzip, chunked (501)", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501);
        yield return Refused("two Transfer-Encodings", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        yield return Refused("identity, then chunked", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        yield return Refused("Transfer-Encoding in HTTP/1.0", "POST {T} HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");
        yield return Refused("Transfer-Encoding with space before the colon", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n");
        yield return Refused("Content-Length with space before the colon", "POST {T} HTTP/1.1\r\nHost: a\r\nContent-Length : 5\r\n\r\nhello");
        yield return Refused("folded Transfer-Encoding", "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n");

        // ---- Expect, RFC 9110 section 10.1.1
        yield return Refused("unknown expectation", "GET {T} HTTP/1.1\r\nExpect: foo\r\n" + Ok, 417);
        yield return Refused("expectation list", "GET {T} HTTP/1.1\r\nExpect: 100-continue, foo\r\n" + Ok, 417);
        yield return Keeps("100-continue without a body", "GET {T} HTTP/1.1\r\nExpect: 100-continue\r\n" + Ok);
        yield return Keeps("100-Continue in capitals", "GET {T} HTTP/1.1\r\nExpect: 100-CONTINUE\r\n" + Ok);

        // ---- the connection, RFC 9112 section 9
        yield return Closed("Connection: close", "GET {T} HTTP/1.1\r\nConnection: close\r\n" + Ok);
        yield return Closed("Connection: CLOSE", "GET {T} HTTP/1.1\r\nConnection: CLOSE\r\n" + Ok);
        yield return Closed("close among others", "GET {T} HTTP/1.1\r\nConnection: foo ,close, bar\r\n" + Ok);
        yield return Closed("close on a second line", "GET {T} HTTP/1.1\r\nConnection: keep-alive\r\nConnection: close\r\n" + Ok);
        yield return Closed("close beats keep-alive", "GET {T} HTTP/1.1\r\nConnection: close, keep-alive\r\n" + Ok);
        yield return Keeps("closed is not close", "GET {T} HTTP/1.1\r\nConnection: closed\r\n" + Ok);
        yield return Keeps("keep-alive", "GET {T} HTTP/1.1\r\nConnection: keep-alive\r\n" + Ok);
        yield return Keeps("Upgrade that nobody takes", "GET {T} HTTP/1.1\r\nConnection: upgrade\r\nUpgrade: foo\r\n" + Ok);
        yield return Closed("HTTP/1.0 closes", "GET {T} HTTP/1.0\r\n\r\n");
        yield return Closed("HTTP/1.0 with Host closes", "GET {T} HTTP/1.0\r\nHost: a\r\n\r\n");
        yield return Keeps("HTTP/1.0 keep-alive", "GET {T} HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
        yield return Keeps("HTTP/1.0 Keep-Alive in capitals", "GET {T} HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n");
        yield return Refused("HTTP/1.0 with two Hosts", "GET {T} HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n");
        yield return new Case("HEAD", "HEAD {T} HTTP/1.1\r\n" + Ok, [200], Closes: false, ToHead: true);

        // ---- bodies that nobody reads are drained
        yield return Keeps("GET with a body", "GET {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
        yield return Keeps("GET with a chunked body", "GET {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n");
        yield return Keeps("leading zeros in Content-Length", "GET {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 005\r\n\r\nhello");
        yield return Keeps("Content-Length with space behind", "GET {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5 \t\r\n\r\nhello");
        yield return new Case("wrong method", "DELETE {T} HTTP/1.1\r\n" + Ok, [405], Closes: false);
        yield return new Case("wrong method with a body", "PUT {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello", [405], Closes: false);
        yield return new Case("OPTIONS", "OPTIONS {T} HTTP/1.1\r\n" + Ok, [204], Closes: false);
        yield return new Case("TRACE", "TRACE {T} HTTP/1.1\r\n" + Ok, [405], Closes: false);
        yield return new Case("no such path", "GET /nowhere{T} HTTP/1.1\r\n" + Ok, [404], Closes: false);

        // ---- pipelining, section 9.3.2
        yield return new Case("three in one", string.Concat(Enumerable.Repeat("GET {T} HTTP/1.1\r\n" + Ok, 3)), [200, 200, 200], Closes: false);
        yield return new Case("nothing behind close", "GET {T} HTTP/1.1\r\nConnection: close\r\n" + Ok + "GET {T} HTTP/1.1\r\n" + Ok, [200], Closes: true);
        yield return new Case("a bad one behind a good one", "GET {T} HTTP/1.1\r\n" + Ok + "GET {T} HTTP/1.1\r\n\r\n" + "GET {T} HTTP/1.1\r\n" + Ok, [200, 400], Closes: true);
        yield return new Case("a body, then another request", "GET {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET {T} HTTP/1.1\r\n" + Ok, [200, 200], Closes: false);
        yield return new Case("slow one first", "GET /slow HTTP/1.1\r\n" + Ok + "GET {T} HTTP/1.1\r\n" + Ok + "GET /slow HTTP/1.1\r\n" + Ok, [200, 200, 200], Closes: false);
    }

    private static Case Keeps(string name, string raw) => new(name, raw, [200], Closes: false);

    private static Case Closed(string name, string raw) => new(name, raw, [200], Closes: true);

    private static Case Refused(string name, string raw, int status = 400) => new(name, raw, [status], Closes: true);

    private static string Escape(string text) => string.Concat(text.Select(c => c is < ' ' or > '~' ? $"\\x{(int)c:x2}" : c.ToString()));
}
