namespace Prebake.Conformance;

/// <summary>Chunked bodies, RFC 9112 section 7.1, sent to a handler that reads them and to one that does not.</summary>
public static class BodyCases
{
    private const string Head = "POST {T} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";

    public static IEnumerable<Case> All()
    {
        yield return Good("one chunk", "5\r\nhello\r\n0\r\n\r\n");
        yield return Good("two chunks", "5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n");
        yield return Good("empty body", "0\r\n\r\n");
        yield return Good("hex in capitals", "A\r\n0123456789\r\n0\r\n\r\n");
        yield return Good("hex in small letters", "a\r\n0123456789\r\n0\r\n\r\n");
        yield return Good("leading zeros", "0005\r\nhello\r\n000\r\n\r\n");
        yield return Good("data that looks like chunks", "5\r\n0\r\n\r\n\r\n0\r\n\r\n");
        yield return Good("extension", "5;a\r\nhello\r\n0\r\n\r\n");
        yield return Good("extension with a value", "5;a=b\r\nhello\r\n0\r\n\r\n");
        yield return Good("two extensions", "5;a=b;c=d\r\nhello\r\n0;e\r\n\r\n");
        yield return Good("quoted extension", "5;a=\"b c;d\\\"e\"\r\nhello\r\n0\r\n\r\n");
        yield return Good("bad whitespace around an extension", "5 ; a = b\r\nhello\r\n0\r\n\r\n");
        yield return Good("trailer", "5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n");
        yield return Good("two trailers", "5\r\nhello\r\n0\r\nX-Sum: 1\r\nY: 2\r\n\r\n");
        yield return Good("forbidden trailer is dropped", "5\r\nhello\r\n0\r\nContent-Length: 100\r\nTransfer-Encoding: chunked\r\n\r\n");

        foreach (string body in (string[])[
            "\r\nhello\r\n0\r\n\r\n", " 5\r\nhello\r\n0\r\n\r\n", "5 \r\nhello\r\n0\r\n\r\n", "5\t\r\nhello\r\n0\r\n\r\n", "+5\r\nhello\r\n0\r\n\r\n", "-5\r\nhello\r\n0\r\n\r\n",
            "0x5\r\nhello\r\n0\r\n\r\n", "5h\r\nhello\r\n0\r\n\r\n", "g\r\nhello\r\n0\r\n\r\n", "5 5\r\nhello\r\n0\r\n\r\n", "5,5\r\nhello\r\n0\r\n\r\n", "5 a=b\r\nhello\r\n0\r\n\r\n",
            "5\nhello\r\n0\r\n\r\n", "5\rhello\r\n0\r\n\r\n", "5\r\nhello\n0\r\n\r\n", "5\r\nhello\r0\r\n\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello \r\n0\r\n\r\n", "4\r\nhello\r\n0\r\n\r\n", "6\r\nhello\r\n0\r\n\r\n",
            "5;\r\nhello\r\n0\r\n\r\n", "5;=b\r\nhello\r\n0\r\n\r\n", "5;a=\r\nhello\r\n0\r\n\r\n", "5;a\nhello\r\n0\r\n\r\n", "5;a\n\r\nhello\r\n0\r\n\r\n", "5;a=\"b\r\nhello\r\n0\r\n\r\n", "5;a=\"\n\"\r\nhello\r\n0\r\n\r\n",
            "5;a\0\r\nhello\r\n0\r\n\r\n", "5;a=b c\r\nhello\r\n0\r\n\r\n", "5;a;\r\nhello\r\n0\r\n\r\n", "5;(\r\nhello\r\n0\r\n\r\n",
            "fffffffffffffffff\r\nhello\r\n0\r\n\r\n", "ffffffffffffffff\r\nhello\r\n0\r\n\r\n", "8000000000000000\r\nhello\r\n0\r\n\r\n", "00000000000000005\r\nhello\r\n0\r\n\r\n",
            "5\r\nhello\r\n0\n\r\n", "5\r\nhello\r\n0\r\n\n", "5\r\nhello\r\n0\r\n\rX", "5\r\nhello\r\n0\r\nX\r\n\r\n", "5\r\nhello\r\n0\r\n: b\r\n\r\n", "5\r\nhello\r\n0\r\nX : b\r\n\r\n", "5\r\nhello\r\n0\r\n X: b\r\n\r\n",
            "5\r\nhello\r\n0\r\nX: a\n\r\n", "5\r\nhello\r\n0\r\nX: a\rb\r\n\r\n", "5\r\nhello\r\n0\r\nX: \0\r\n\r\n", "5\r\nhello\r\n0\r\nX(: a\r\n\r\n", "5\r\nhello\r\n0\r\nX: a\r\n b\r\n\r\n", "5\r\nhello\r\n\r\n\r\n",
        ])
            yield return new Case($"chunks {body.Replace("\r", "\\r").Replace("\n", "\\n").Replace("\0", "\\0")}", Head + body, [400], Closes: true);

        yield return new Case("17 KiB of extensions", Head + "5;" + new string('a', 17 << 10) + "\r\nhello\r\n0\r\n\r\n", [400], Closes: true);
        yield return new Case("2,000 chunks with extensions of 12 bytes", Head + string.Concat(Enumerable.Repeat("1;abcdefghijk\r\nx\r\n", 2000)) + "0\r\n\r\n", [400], Closes: true);
        yield return new Case("9 KiB of trailers", Head + "0\r\nX: " + new string('a', 9 << 10) + "\r\n\r\n", [400], Closes: true);
        yield return new Case("101 trailers", Head + "0\r\n" + string.Concat(Enumerable.Range(0, 101).Select(i => $"X{i}: a\r\n")) + "\r\n", [400], Closes: true);
        yield return new Case("announced above the limit (413)", "POST {T} HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\n", [413], Closes: true);
        // Refused at the size line: nothing more is sent, and nothing waited for
        yield return new Case("a chunk announced above the limit", Head + "fffffff0\r\n", [413], Closes: true);
        yield return new Case("a second chunk announced above the limit", Head + "5\r\nhello\r\n7ffffffffffffff0\r\n", [413], Closes: true);
        yield return Good("1,000 chunks of one byte", string.Concat(Enumerable.Repeat("1\r\nx\r\n", 1000)) + "0\r\n\r\n");
    }

    private static Case Good(string name, string body) => new(name, Head + body, [200], Closes: false);
}
