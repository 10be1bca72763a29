using System.Text;

namespace Prebake.Conformance;

/// <summary>Messages that cannot be sent, or mean something else to somebody else: what becomes of them on the wire.</summary>
public sealed partial class MessageTests
{
    internal sealed partial class App
    {
        private static readonly string s_longType = "text/plain; note=\"" + new string('x', 3_000) + "\"";

        [Get("/null-cookie")] private static string NullCookie(Request request) { request.Cookies.Set("theme", null!); return "set"; }
        [Get("/null-header")] private static Response NullHeader() { var response = new Response("x"); response.Headers.Add("X", null!); return response; }
        [Get("/null-trailer")] private static string NullTrailer(Request request) { request.ResponseTrailers.Add("X", null!); return "set"; }
        [Get("/broken-header")] private static Response BrokenHeader() => new("x") { Headers = { ["X"] = "a\r\nb: c" } };
        [Get("/broken-type")] private static Response BrokenType() => Response.Bytes("x"u8.ToArray(), "a/b\r\nc: d");
        [Get("/long-cookie")] private static string LongCookie(Request request) { request.Cookies.Set("a", new string('x', 5_000)); return "set"; }
        [Get("/fine")] private static string Fine(Request request) { request.Cookies.Set("theme", "dark"); return "fine"; }

        [Get("/long-type")] private static Response LongType() => Response.Bytes("x"u8.ToArray(), s_longType);
        [Get("/long-type/stream")] private static Response LongStream() => Response.Stream(new MemoryStream("x"u8.ToArray()), s_longType);
        [Get("/long-type/file")] private static Response LongFile() => Response.File(typeof(App).Assembly.Location, s_longType);

        [Get("/last")] private static string Last(Request request) => request.LastEventId ?? "none";
        [Fetch] private static string Where(Request request) => $"{request.Url.Host} {request.Url.AbsolutePath} {request.Path}";
    }

    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new App()));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public void What_cannot_be_sent_is_500_for_its_own_request_only(Over transport)
    {
        foreach (string path in (string[])["/null-cookie", "/null-header", "/null-trailer", "/broken-header", "/broken-type", "/long-cookie"])
        {
            using var client = new RawClient(s_servers.Of(transport));
            RawResponse broken = client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
            Assert.Equal(500, broken.Status);
            Assert.Null(broken["set-cookie"]);

            RawResponse next = client.Send("GET /fine HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
            Assert.Equal("fine", next.Text);
            Assert.Equal("theme=dark; Path=/; SameSite=Lax", next["set-cookie"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_content_type_of_any_length_is_sent(Over transport)
    {
        foreach (string path in (string[])["/long-type", "/long-type/stream", "/long-type/file"])
        {
            RawResponse response = RawClient.Ask(s_servers.Of(transport), path);
            Assert.Equal(200, response.Status);
            Assert.EndsWith("xxx\"", response["content-type"], StringComparison.Ordinal);
            Assert.Single(response.Fields, field => field.Key == "content-type");
        }
    }

    [Theory]
    [InlineData("/x\\..\\secret", "/x%5C..%5Csecret")]
    [InlineData("/x%5C..%5Csecret", "/x%5C..%5Csecret")]
    [InlineData("/a|b{c}", "/a%7Cb%7Bc%7D")]
    [InlineData("/x/%2e%2e/a//b", "/a/b")]
    [InlineData("/caf%c3%a9", "/caf%C3%A9")]
    public void The_url_says_the_path_that_was_routed(string sent, string path) =>
        Assert.Equal($"a.example {path} {path}", Ask($"GET {sent} HTTP/1.1\r\nHost: A.example\r\n\r\n").Text);

    [Theory]
    [InlineData("41", "41")]
    [InlineData("é€日", "é€日")]
    public void The_id_of_the_last_event_is_UTF8(string sent, string seen) =>
        Assert.Equal(seen, Ask($"GET /last HTTP/1.1\r\nHost: a\r\nLast-Event-ID: {Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(sent))}\r\n\r\n").Text);

    [Fact]
    public void The_id_of_the_last_event_may_be_Latin1() => Assert.Equal("é!", Ask("GET /last HTTP/1.1\r\nHost: a\r\nLast-Event-ID: \xe9!\r\n\r\n").Text);

    [Fact]
    public async Task What_is_fetched_is_one_request_of_that_path()
    {
        Server server = s_servers.Of(Servers.Transports.First());
        Assert.Equal("localhost /inner/%E6%97%A5%E6%9C%AC /inner/%E6%97%A5%E6%9C%AC", (await server.FetchAsync("/inner/日本")).BodyText);
        Assert.Equal("localhost /a%20b /a%20b", (await server.FetchAsync("/a b#fragment")).BodyText);
        Assert.Equal("b.example /x /x", (await server.FetchAsync("http://b.example:81/x?q")).BodyText);
        await Assert.ThrowsAsync<ArgumentException>(async () => await server.FetchAsync("/inner/x HTTP/1.1\r\nX-Injected: 1\r\n\r\n"));
        await Assert.ThrowsAsync<ArgumentException>(async () => await server.FetchAsync("http://user@b.example/"));
    }

    private static RawResponse Ask(string raw)
    {
        using var client = new RawClient(s_servers.Of(Servers.Transports.First()));
        return client.Send(raw).Receive()!;
    }
}
