using System.Text;
using Prebake.Http;
using Prebake.Http1;
using Prebake.Routing;
using static Prebake.Http1.ParseStatus;

namespace Prebake.Tests.Parser;

public sealed class RequestParserTests
{
    private const string Ok = "Host: a\r\n\r\n";

    public static TheoryData<string, string> Heads()
    {
        var heads = new TheoryData<string, string>();
        foreach ((string text, ParseStatus status) in Table().Distinct()) heads.Add(text, status.ToString());
        return heads;
    }

    [Theory, MemberData(nameof(Heads))]
    public void A_head_gets_its_verdict_however_it_is_cut(string text, string expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        var status = Enum.Parse<ParseStatus>(expected);

        Assert.Equal(status, HeadText.Parse(bytes).Status);
        Assert.Equal(status, HeadText.ParseGrowing(bytes, Enumerable.Range(0, bytes.Length + 1)));
        for (int cut = 0; cut < bytes.Length; cut++) Assert.Equal(status, HeadText.ParseGrowing(bytes, [cut, bytes.Length]));
    }

    [Theory, MemberData(nameof(Heads))]
    public void What_lies_behind_the_end_does_not_matter(string text, string expected)
    {
        byte[] bytes = Encoding.Latin1.GetBytes(text);
        foreach (byte guard in "\0\r\n :aG/"u8) Assert.Equal(expected, HeadText.Parse(bytes, guard).Status.ToString());
    }

    [Fact]
    public void The_parts_of_a_head_are_found()
    {
        (ParseStatus status, Http1RequestHead head, int consumed) = HeadText.Parse("\r\nPOST /a/b?c=d HTTP/1.1\r\nHost: x:80\r\nContent-Length:  12 \r\nX-Y:\r\n\r\nrest");

        Assert.Equal(Complete, status);
        Assert.Equal(HttpMethod.Post, head.Method);
        Assert.Equal("POST", HeadText.Text(head, head.MethodName));
        Assert.Equal("/a/b?c=d", HeadText.Text(head, head.Target));
        Assert.Equal("/a/b", Encoding.Latin1.GetString(head.Path));
        Assert.Equal("c=d", HeadText.Text(head, head.Query));
        Assert.Equal("x:80", HeadText.Text(head, head.Authority));
        Assert.Equal(12, head.ContentLength);
        Assert.Equal(["Host", "Content-Length", "X-Y"], Enumerable.Range(0, head.FieldCount).Select(i => HeadText.Text(head, head.Fields[i].Name)));
        Assert.Equal(["x:80", "12", ""], Enumerable.Range(0, head.FieldCount).Select(i => HeadText.Text(head, head.Fields[i].Value)));
        Assert.Equal(KnownField.ContentLength, head.Fields[1].Known);
        Assert.Equal(2 + head.Length, consumed);
        Assert.Equal("rest", "\r\nPOST /a/b?c=d HTTP/1.1\r\nHost: x:80\r\nContent-Length:  12 \r\nX-Y:\r\n\r\nrest"[consumed..]);
    }

    [Theory]
    [InlineData("GET http://b:81/x?q HTTP/1.1\r\nHost: a\r\n\r\n", "b:81", "/x", "q")]
    [InlineData("GET http://b?q HTTP/1.1\r\nHost: a\r\n\r\n", "b", "/", "q")]
    [InlineData("GET http://b HTTP/1.1\r\nHost: a\r\n\r\n", "b", "/", "")]
    [InlineData("GET /x HTTP/1.1\r\nHost: a\r\n\r\n", "a", "/x", "")]
    [InlineData("GET /x HTTP/1.0\r\n\r\n", "", "/x", "")]
    public void The_authority_comes_from_the_target_else_from_Host(string text, string authority, string path, string query)
    {
        Http1RequestHead head = HeadText.Parse(text).Head;
        Assert.Equal(authority, HeadText.Text(head, head.Authority));
        Assert.Equal(path, Encoding.Latin1.GetString(head.Path));
        Assert.Equal(query, HeadText.Text(head, head.Query));
    }

    [Theory]
    [InlineData("1.1", "", true)]
    [InlineData("1.1", "Connection: close\r\n", false)]
    [InlineData("1.1", "Connection: a, Close\r\n", false)]
    [InlineData("1.1", "Connection: closed\r\n", true)]
    [InlineData("1.1", "Connection: keep-alive\r\nConnection: close\r\n", false)]
    [InlineData("1.0", "", false)]
    [InlineData("1.0", "Connection: Keep-Alive\r\n", true)]
    [InlineData("1.0", "Connection: keep-alive, close\r\n", false)]
    public void Keeping_the_connection_follows_RFC_9112_section_9_3(string version, string field, bool keeps) =>
        Assert.Equal(keeps, HeadText.Parse($"GET / HTTP/{version}\r\n{field}{Ok}").Head.KeepAlive);

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/", "/a/")]
    [InlineData("//a", "/a")]
    [InlineData("/a//b", "/a/b")]
    [InlineData("/a///", "/a/")]
    [InlineData("/./a", "/a")]
    [InlineData("/a/.", "/a/")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/..", "/")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/../../c", "/c")]
    [InlineData("/a//../b", "/b")]
    [InlineData("/%61", "/a")]
    [InlineData("/x/%2e%2E/y", "/y")]
    [InlineData("/%2d%5F%7e", "/-_~")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9")]
    [InlineData("/a%20b", "/a%20b")]
    [InlineData("/.a/..b/...", "/.a/..b/...")]
    [InlineData("/a.b/c..", "/a.b/c..")]
    [InlineData("/x\\..\\secret", "/x%5C..%5Csecret")]
    [InlineData("/\\evil.example", "/%5Cevil.example")]
    [InlineData("/x%5c..%5csecret", "/x%5C..%5Csecret")]
    [InlineData("/[id].js", "/%5Bid%5D.js")]
    [InlineData("/%5bid%5d.js", "/%5Bid%5D.js")]
    [InlineData("/\"<>^`{|}", "/%22%3C%3E%5E%60%7B%7C%7D")]
    [InlineData("/|/../|", "/%7C")]
    [InlineData("/!$&'()*+,;=:@", "/!$&'()*+,;=:@")]
    [InlineData("/%21%24%40", "/!$@")]
    [InlineData("/[id]", "/%5Bid%5D")]
    [InlineData("/%5bid%5d", "/%5Bid%5D")]
    [InlineData("/a@b+c,(d)&$;'!=:*", "/a@b+c,(d)&$;'!=:*")]
    [InlineData("/a%40b%2Bc%2C%28d%29%26%24%3B%27%21%3d%3A%2a", "/a@b+c,(d)&$;'!=:*")]
    [InlineData("/\\evil.example/", "/%5Cevil.example/")]
    [InlineData("//\\evil.example/", "/%5Cevil.example/")]
    [InlineData("/a|b^c`d{e}f\"g<h>", "/a%7Cb%5Ec%60d%7Be%7Df%22g%3Ch%3E")]
    [InlineData("/%7b%7D", "/%7B%7D")]
    [InlineData("/%25%32%66", "/%252f")]
    public void A_path_has_one_canonical_form(string path, string canonical)
    {
        Http1RequestHead head = HeadText.Parse($"GET {path} HTTP/1.1\r\n{Ok}").Head;
        Assert.Equal(canonical, Encoding.Latin1.GetString(head.Path));

        Http1RequestHead again = HeadText.Parse($"GET {canonical} HTTP/1.1\r\n{Ok}").Head;
        Assert.Equal(canonical, Encoding.Latin1.GetString(again.Path));
    }

    [Fact]
    public void Limits_hold_to_the_byte()
    {
        var limits = new Http1Limits(MaxTargetSize: 20, MaxHeadSize: 100, MaxFieldCount: 3);
        string Target(int length) => "/" + new string('a', length - 1);
        string Head(int length) => "GET / HTTP/1.1\r\nHost: a\r\nX: " + new string('a', length - 32) + "\r\n\r\n";

        Assert.Equal(Complete, HeadText.Parse($"GET {Target(20)} HTTP/1.1\r\n{Ok}", limits).Status);
        Assert.Equal(TargetTooLong, HeadText.Parse($"GET {Target(21)} HTTP/1.1\r\n{Ok}", limits).Status);
        Assert.Equal(TargetTooLong, HeadText.Parse($"GET {Target(21)}", limits).Status);
        Assert.Equal(NeedMore, HeadText.Parse($"GET {Target(20)}", limits).Status);
        Assert.Equal(100, Head(100).Length);
        Assert.Equal(Complete, HeadText.Parse(Head(100), limits).Status);
        Assert.Equal(HeadTooLarge, HeadText.Parse(Head(101), limits).Status);
        Assert.Equal(HeadTooLarge, HeadText.Parse(Head(200)[..101], limits).Status);
        Assert.Equal(Complete, HeadText.Parse($"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\n{Ok}", limits).Status);
        Assert.Equal(TooManyFields, HeadText.Parse($"GET / HTTP/1.1\r\nA: 1\r\nB: 2\r\nC: 3\r\n{Ok}", limits).Status);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        byte[] bytes = Encoding.Latin1.GetBytes("GET /users/5?x=1 HTTP/1.1\r\nHost: a\r\nAccept: */*\r\nUser-Agent: test\r\nConnection: keep-alive\r\n\r\n");
        var head = new Http1RequestHead();
        Http1Limits limits = Http1Limits.Default;
        RequestParser.Parse(head, bytes, 0, bytes.Length, limits, out _);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 1000; i++) RequestParser.Parse(head, bytes, 0, bytes.Length, limits, out _);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static IEnumerable<(string, ParseStatus)> Table()
    {
        string Get(string fields) => "GET / HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
        string Target(string target) => $"GET {target} HTTP/1.1\r\n{Ok}";
        string Long(int length) => string.Join('.', Enumerable.Repeat(new string('a', 49), length / 50)) + "." + new string('a', length % 50);

        yield return ("", NeedMore);
        yield return ("G", NeedMore);
        yield return ("GET / HTTP/1.1\r\nHost: a\r\n", NeedMore);
        yield return ("GET / HTTP/1.1\r\n" + Ok, Complete);
        yield return ("GET / HTTP/1.0\r\n\r\n", Complete);
        yield return ("\r\nGET / HTTP/1.1\r\n" + Ok, Complete);
        yield return ("\r\n\r\n\r\n\r\n\r\nGET / HTTP/1.1\r\n" + Ok, BadLineEnd);
        yield return ("\nGET / HTTP/1.1\r\n" + Ok, BadLineEnd);
        yield return ("\rGET / HTTP/1.1\r\n" + Ok, BadLineEnd);

        // RFC 9112 section 3: exactly one space between the parts
        yield return (" GET / HTTP/1.1\r\n" + Ok, BadMethod);
        yield return ("GET  / HTTP/1.1\r\n" + Ok, BadRequestLine);
        yield return ("GET /  HTTP/1.1\r\n" + Ok, BadRequestLine);
        yield return ("GET / HTTP/1.1 \r\n" + Ok, BadRequestLine);
        yield return ("GET\t/ HTTP/1.1\r\n" + Ok, BadMethod);
        yield return ("GET /\tHTTP/1.1\r\n" + Ok, BadTarget);
        yield return ("GET /\r\n\r\n", BadRequestLine);
        yield return ("GET\r\n\r\n", BadRequestLine);
        yield return ("GET / HTTP/1.1\n" + Ok, BadRequestLine);
        yield return ("GET / HTTP/1.1\rX", BadRequestLine);
        yield return (new string('A', 33) + " / HTTP/1.1\r\n" + Ok, BadMethod);
        yield return ("G(T / HTTP/1.1\r\n" + Ok, BadMethod);
        yield return ("get / HTTP/1.1\r\n" + Ok, Complete);
        yield return ("FOO / HTTP/1.1\r\n" + Ok, Complete);
        foreach (string version in (string[])["HTTP/1", "HTTP/1.", "HTTP/1.10", "http/1.1", "HTTP 1.1", "HTTP/a.1", "HTTP/1.x", "XTTP/1.1", ""]) yield return ($"GET / {version}\r\n{Ok}", BadRequestLine);
        foreach (string version in (string[])["HTTP/2.0", "HTTP/1.2", "HTTP/0.9", "HTTP/9.9"]) yield return ($"GET / {version}\r\n{Ok}", UnsupportedVersion);

        // Section 3.2
        foreach (string target in (string[])["/", "/a?b", "/?", "/a??", "http://a/", "HTTP://a:1/x", "http://a:/x", "http://a", "http://a?x", "/%41", "/|", "/{}", "/a\"b"]) yield return (Target(target), Complete);
        foreach (string target in (string[])["a", "*", "a:80", "ftp://a/", "http://", "http:///a", "http://u@a/", "http://a:x/", "?", "/#", "/\x7f", "/\x80", "/\0"]) yield return (Target(target), BadTarget);
        foreach (string target in (string[])["/%", "/%4", "/%zz", "/%00", "/%ff", "/%c3%28", "/%ed%a0%80", "/a%2"]) yield return (Target(target), BadPathEscape);
        foreach (string target in (string[])["/..", "/../a", "/a/../..", "/%2e%2e", "/.%2E/", "/a/..//../b", "http://a/.."]) yield return (Target(target), PathAboveRoot);
        foreach (string target in (string[])["https://a/", "HTTPS://a:1/x", "https://a", "https://[::1]/%"]) yield return (Target(target), OtherScheme);
        yield return ($"OPTIONS * HTTP/1.1\r\n{Ok}", Complete);
        yield return ($"CONNECT a:80 HTTP/1.1\r\n{Ok}", Complete);
        foreach (string target in (string[])["a", "/", "a:", "*", "http://a/"]) yield return ($"CONNECT {target} HTTP/1.1\r\n{Ok}", BadTarget);

        // Host
        yield return ("GET / HTTP/1.1\r\n\r\n", MissingHost);
        yield return ("GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", RepeatedHost);
        yield return ("GET / HTTP/1.0\r\nHost: a\r\nhost: b\r\n\r\n", RepeatedHost);
        foreach (string host in (string[])["", "a", "a:", "a.:", "a.b:80", "[::1]", "[::1]:", "[::1]:1", "[::ffff:1.2.3.4]", "1.2.3.4", "a-b_c", "_a.b", "-a.b-.c", "a.", "a:00080", new string('a', 63), Long(253), Long(253) + "."]) yield return ($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", Complete);
        foreach (string host in (string[])["a b", "a,b", "a/", "u@a", ":", "a::", "a:x", "a:65536", ":80", "[::1", "[]", "[a]", "[1.2.3.4]", "[::1%25e]", "a%41", "\x80", "!", "...", ".", "a..b", ".a", "a..", "(x)", "$x", "~", "a~b", "a'b", "a&b", "a*b", "a+b", "a;b", "a=b", "a!b", "a.-b", "a._b",
            "a:000080", "a:99999", "[::1]::", "[::1]:x", "[:::1]", "[1:2:3:4:5:6:7:8:9]", "[::1.2.3]", "[::1/64]", "[v1.a]", new string('a', 64), "b." + new string('a', 64), Long(254), Long(254) + "."]) yield return ($"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n", BadHost);

        // Section 5
        yield return (Get("X:\r\n"), Complete);
        yield return (Get("X: \t \r\n"), Complete);
        yield return (Get("X: \x80\xff\t~\r\n"), Complete);
        yield return (Get("X : a\r\n"), BadFieldName);
        yield return (Get(": a\r\n"), BadFieldName);
        yield return (Get("X\r\n"), BadFieldName);
        yield return (Get("X(: a\r\n"), BadFieldName);
        yield return (Get("X\x80: a\r\n"), BadFieldName);
        yield return (Get("X: a\r\n b\r\n"), FoldedField);
        yield return (Get("\tX: a\r\n"), FoldedField);
        yield return (Get("X: a\n"), BadLineEnd);
        yield return (Get("X: a\rb\r\n"), BadLineEnd);
        yield return (Get("X: a\r\r\n"), BadLineEnd);
        yield return (Get("\n"), BadLineEnd);
        yield return (Get("\rX"), BadLineEnd);
        foreach (char octet in "\0\x01\x0b\x1f\x7f") yield return (Get($"X: a{octet}\r\n"), BadFieldValue);

        // Section 6
        foreach (string length in (string[])["0", "5", "005", "9223372036854775807", " 5 \t"]) yield return (Get($"Content-Length: {length}\r\n"), Complete);
        foreach (string length in (string[])["", "+5", "-5", "0x5", "5 5", "5,5", "9223372036854775808", "99999999999999999999", "a"]) yield return (Get($"Content-Length: {length}\r\n"), BadContentLength);
        yield return (Get("Content-Length: 5\r\ncontent-length: 5\r\n"), BadContentLength);
        foreach (string coding in (string[])["chunked", "CHUNKED", " chunked\t"]) yield return (Get($"Transfer-Encoding: {coding}\r\n"), Complete);
        foreach (string coding in (string[])["", "identity", "gzip", "chunked, chunked", "chunked, gzip", "chunked,", "chunked;a=b", "xchunked", "\"chunked\"", "chunked chunked"]) yield return (Get($"Transfer-Encoding: {coding}\r\n"), BadTransferEncoding);
        foreach (string coding in (string[])["gzip, chunked", "gzip,deflate ,chunked"]) yield return (Get($"Transfer-Encoding: {coding}\r\n"), UnknownTransferCoding);
        yield return (Get("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), BadTransferEncoding);
        yield return (Get("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), ConflictingLengths);
        yield return (Get("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n"), ConflictingLengths);
        yield return ("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n", TransferEncodingInHttp10);

        yield return (Get("Expect: 100-Continue\r\n"), Complete);
        yield return (Get("Expect: foo\r\n"), UnknownExpectation);
        yield return (Get("Expect: 100-continue, foo\r\n"), UnknownExpectation);
        yield return ("GET / HTTP/1.0\r\nExpect: foo\r\n\r\n", Complete);
    }
}
