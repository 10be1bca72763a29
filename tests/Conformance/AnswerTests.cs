using System.Text;

namespace Prebake.Conformance;

/// <summary>What the answers look like, byte for byte where it matters, on every transport.</summary>
public sealed class AnswerTests
{
    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static RawResponse Send(Over transport, string raw, bool toHead = false)
    {
        using var client = new RawClient(Servers.Of(transport));
        return client.Send(raw).Receive(toHead)!;
    }

    private static RawResponse Get(Over transport, string path, string fields = "") => Send(transport, $"GET {path} HTTP/1.1\r\nHost: a\r\n{fields}\r\n");

    private static RawResponse Post(Over transport, string path, string body, string fields = "") =>
        Send(transport, $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: {Encoding.Latin1.GetByteCount(body)}\r\n{fields}\r\n{body}");

    // ---- static responses ----------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void A_constant_has_type_tag_date_and_length(Over transport)
    {
        RawResponse response = Get(transport, "/static");

        Assert.Equal("HTTP/1.1 200 OK", response.StatusLine);
        Assert.Equal("static answer", response.Text);
        Assert.Equal("text/plain;charset=utf-8", response["content-type"]);
        Assert.Equal("13", response["content-length"]);
        Assert.Matches("^\"[0-9a-f]{16}\"$", response["etag"]);
        Assert.True(DateTimeOffset.TryParseExact(response["date"], "r", null, System.Globalization.DateTimeStyles.None, out DateTimeOffset date));
        Assert.True((DateTimeOffset.UtcNow - date).Duration() < TimeSpan.FromMinutes(1));
        Assert.Null(response["connection"]);
        Assert.Null(response["server"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_start_up_static_looks_like_a_constant(Over transport)
    {
        RawResponse constant = Get(transport, "/static"), started = Get(transport, "/started");
        Assert.Equal("made at start", started.Text);
        Assert.Equal(constant.Fields.Select(f => f.Key), started.Fields.Select(f => f.Key));
    }

    [Theory, MemberData(nameof(Transports))]
    public void HEAD_has_the_same_head_and_no_body(Over transport)
    {
        foreach (string path in (string[])["/static", "/started", "/missing", "/text", "/point", "/fields", "/null", "/old"])
        {
            RawResponse get = Get(transport, path);
            RawResponse head = Send(transport, $"HEAD {path} HTTP/1.1\r\nHost: a\r\n\r\n", toHead: true);
            Assert.Equal(get.StatusLine, head.StatusLine);
            Assert.Equal(get.Fields.Where(f => f.Key != "date"), head.Fields.Where(f => f.Key != "date"));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_tag_that_the_client_has_is_answered_304(Over transport)
    {
        foreach (string path in (string[])["/static", "/started"])
        {
            string tag = Get(transport, path)["etag"]!;

            foreach (string match in (string[])[tag, "W/" + tag, $"\"x\", {tag}", $"\"a,b\",{tag},\"c\"", "*", $"\"x\"\r\nIf-None-Match: {tag}"])
            {
                RawResponse response = Get(transport, path, $"If-None-Match: {match}\r\n");
                Assert.Equal(304, response.Status);
                Assert.Equal(tag, response["etag"]);
                Assert.NotNull(response["date"]);
            }

            foreach (string other in (string[])["\"x\"", tag.Trim('"'), "W/\"x\"", "", tag[..^1]])
                Assert.Equal(200, Get(transport, path, $"If-None-Match: {other}\r\n").Status);

            Assert.Equal(200, Get(transport, path, $"If-Match: {tag}\r\n").Status);
            Assert.Equal(200, Get(transport, path, "If-Match: *\r\n").Status);
            Assert.Equal(412, Get(transport, path, "If-Match: \"x\"\r\n").Status);
            Assert.Equal(412, Get(transport, path, $"If-Match: W/{tag}\r\n").Status);
            Assert.Equal(412, Get(transport, path, $"If-Match: \"x\"\r\nIf-None-Match: {tag}\r\n").Status);
        }

        // Only a 200 can be unchanged
        Assert.Equal(404, Get(transport, "/missing", "If-None-Match: *\r\n").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Redirects_and_statuses_are_constants(Over transport)
    {
        RawResponse redirect = Get(transport, "/old");
        Assert.Equal(301, redirect.Status);
        Assert.Equal("/text", redirect["location"]);
        Assert.Equal("0", redirect["content-length"]);
        Assert.Null(redirect["etag"]);

        Assert.Equal("not here", Get(transport, "/missing").Text);
        RawResponse empty = Get(transport, "/empty");
        Assert.Equal(204, empty.Status);
        Assert.Null(empty["content-length"]);
        Assert.Null(empty["content-type"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_static_route_may_close_the_connection(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        RawResponse response = client.Send("GET /closing HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
        Assert.Equal("close", response["connection"]);
        Assert.Single(response.Fields, f => f.Key == "connection");
        Assert.True(client.IsClosed());
    }

    // ---- methods -----------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void A_wrong_method_is_told_the_right_ones(Over transport)
    {
        void Allows(string path, string allow)
        {
            RawResponse wrong = Send(transport, $"TRACE {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(405, wrong.Status);
            Assert.Equal(allow, wrong["allow"]);
            Assert.Equal("0", wrong["content-length"]);

            RawResponse options = Send(transport, $"OPTIONS {path} HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal(204, options.Status);
            Assert.Equal(allow, options["allow"]);
        }

        Allows("/static", "GET, HEAD, OPTIONS");
        Allows("/text", "GET, HEAD, OPTIONS");
        Allows("/point", "GET, HEAD, POST, OPTIONS");
        Allows("/users/5", "GET, HEAD, OPTIONS");
        Allows("/items/5", "PUT, DELETE, OPTIONS");
        Allows("/cache", "OPTIONS, PURGE");
        Assert.Equal("purged", Send(transport, "PURGE /cache HTTP/1.1\r\nHost: a\r\n\r\n").Text);
        Assert.Equal(405, Send(transport, "PURGE /text HTTP/1.1\r\nHost: a\r\n\r\n").Status);
        Assert.Contains("GET, HEAD, POST, PUT, DELETE", Send(transport, "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n")["allow"]);
    }

    // ---- parameters -----------------------------------------------------------------------------------------

    [Theory]
    [InlineData("/users/5", 200, "user 5")]
    [InlineData("/users/-5", 200, "user -5")]
    [InlineData("/users/%35", 200, "user 5")]
    [InlineData("/users/+5", 400, "")]
    [InlineData("/users/5.0", 400, "")]
    [InlineData("/users/x", 400, "")]
    [InlineData("/users/99999999999", 400, "")]
    [InlineData("/users/", 404, "")]
    [InlineData("/users", 404, "")]
    [InlineData("/users/5/", 404, "")]
    [InlineData("/Users/5", 404, "")]
    [InlineData("/files/a.json", 200, "file a")]
    [InlineData("/files/a.b.json", 200, "file a.b")]
    [InlineData("/files/caf%C3%A9.json", 200, "file café")]
    [InlineData("/files/a%2Fb.json", 200, "file a/b")]
    [InlineData("/files/.json", 404, "")]
    [InlineData("/files/a.txt", 404, "")]
    [InlineData("/range/3-9", 200, "3..9")]
    [InlineData("/range/3-", 404, "")]
    [InlineData("/rest/", 200, "rest ")]
    [InlineData("/rest/a/b/c", 200, "rest a/b/c")]
    [InlineData("/rest", 404, "")]
    [InlineData("/search?q=a+b%26c", 200, "a b&c 1")]
    [InlineData("/search?page=3&q=x", 200, "x 3")]
    [InlineData("/search?q=", 200, " 1")]
    [InlineData("/search", 400, null)]
    [InlineData("/search?q=x&page=y", 400, null)]
    public void Parameters_are_bound(string path, int status, string? body)
    {
        foreach (Over transport in Servers.Transports)
        {
            RawResponse response = Get(transport, path);
            Assert.Equal(status, response.Status);
            if (body is not null) Assert.Equal(body, response.Text);
        }
    }

    // ---- results ---------------------------------------------------------------------------------------------------------

    [Theory, MemberData(nameof(Transports))]
    public void Each_kind_of_result_has_its_form(Over transport)
    {
        Assert.Equal("text/plain;charset=utf-8", Get(transport, "/text")["content-type"]);
        Assert.Equal("span answer", Get(transport, "/span").Text);
        Assert.Equal(204, Get(transport, "/nothing").Status);
        Assert.Equal(404, Get(transport, "/null").Status);
        Assert.Equal("unblocked", Get(transport, "/blocking").Text);

        RawResponse json = Get(transport, "/point");
        Assert.Equal("""{"X":1,"Y":2}""", json.Text);
        Assert.Equal("application/json;charset=utf-8", json["content-type"]);

        RawResponse fields = Get(transport, "/fields");
        Assert.Equal((201, "1", "2"), (fields.Status, fields["x-one"], fields["x-two"]));

        RawResponse cookies = Get(transport, "/cookies", "Cookie: seen=b%20c; seen=d\r\n");
        Assert.Equal("b c", cookies.Text);
        Assert.Equal("a=1; Path=/; SameSite=Lax", cookies["set-cookie"]);

        Assert.Equal(TestApp.LargeBody, Get(transport, "/large").Body);
        Assert.Equal(TestApp.LongString, Get(transport, "/long-text").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Bodies_are_bound_and_read(Over transport)
    {
        Assert.Equal("hello", Post(transport, "/echo", "hello").Text);
        Assert.Equal("", Post(transport, "/echo", "").Text);
        Assert.Equal("5 bytes", Post(transport, "/body", "hello").Text);
        Assert.Equal("5 bytes", Post(transport, "/pipe", "hello").Text);

        string large = new('x', 300_000);
        Assert.Equal(large, Post(transport, "/echo-text", large).Text);
        Assert.Equal("300000 bytes", Post(transport, "/body", large).Text);
        Assert.Equal("300000 bytes", Post(transport, "/pipe", large).Text);

        Assert.Equal("""{"X":4,"Y":5}""", Post(transport, "/point", """{"X":3,"Y":4}""", "Content-Type: application/json\r\n").Text);
        Assert.Equal(415, Post(transport, "/point", "{}", "Content-Type: text/plain\r\n").Status);
        Assert.Equal(400, Post(transport, "/point", "{", "Content-Type: application/json\r\n").Status);
        Assert.Equal(400, Post(transport, "/point", "", "Content-Type: application/json\r\n").Status);

        Assert.Equal("1", Send(transport, "POST /trailers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX-Sum: 1\r\n\r\n").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_route_may_have_a_limit_of_its_own(Over transport)
    {
        Assert.Equal("0123456789", Post(transport, "/small", "0123456789").Text);
        Assert.Equal(413, Post(transport, "/small", "0123456789a").Status);
        Assert.Equal(413, Send(transport, "POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Errors_are_bare_and_leave_the_connection_usable(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        foreach (string path in (string[])["/throws", "/throws-late", "/stream-fails-early"])
        {
            RawResponse response = client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
            Assert.Equal((500, ""), (response.Status, response.Text));
        }

        RawResponse teapot = client.Send("GET /http-error HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
        Assert.Equal(418, teapot.Status);
        Assert.Equal("application/problem+json", teapot["content-type"]);
        Assert.Contains("I am a teapot", teapot.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Streams_are_chunked_and_unframed_for_old_clients(Over transport)
    {
        RawResponse chunked = Get(transport, "/stream");
        Assert.Equal("chunked", chunked["transfer-encoding"]);
        Assert.Equal("piece 0;piece 1;piece 2;", chunked.Text);

        using var old = new RawClient(Servers.Of(transport));
        RawResponse unframed = old.Send("GET /stream HTTP/1.0\r\nConnection: keep-alive\r\n\r\n").Receive()!;
        Assert.Null(unframed["transfer-encoding"]);
        Assert.Equal("piece 0;piece 1;piece 2;", unframed.Text);

        using var client = new RawClient(Servers.Of(transport));
        RawResponse head = client.Send("HEAD /stream HTTP/1.1\r\nHost: a\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive(toHead: true)!;
        Assert.Equal(200, head.Status);
        Assert.Equal("handler answer", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_stream_that_breaks_is_seen_to_be_cut(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Send("GET /stream-breaks HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.ThrowsAny<Exception>(() => client.Receive());
    }
}
