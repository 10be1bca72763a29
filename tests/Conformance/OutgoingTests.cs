using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance;

/// <summary>Answers of another server, passed on or kept, and responses that are used again.</summary>
public sealed partial class OutgoingTests
{
    internal sealed partial class Proxy(HttpClient http, Uri upstream)
    {
        private static readonly Response s_kept = new("kept") { Headers = { ["X-Kept"] = "1" } };
        private static readonly Response s_stream = Response.Stream(async (body, aborted) => await body.WriteAsync("once"u8.ToArray(), aborted));

        [Static("/baked")] private async Task<Response> Baked() => await Response.BufferAsync(await http.GetAsync(new Uri(upstream, "/length")));
        [Get("/kept")] private static Response Kept() => s_kept;
        [Get("/stream-twice")] private static Response StreamTwice() => s_stream;
        [Get("/wrong/{announced}")] private static Response Wrong(long announced, int pieces, int ms) =>
            Response.From(new HttpResponseMessage { Content = new WrongContent(announced, pieces, ms) });
        [Get("/pass/{*path}")] private async Task<Response> Pass(string path, CancellationToken aborted) =>
            Response.From(await http.GetAsync(new Uri(upstream, "/" + path), HttpCompletionOption.ResponseHeadersRead, aborted));
        [Head("/pass/{*path}")] private async Task<Response> PassHead(string path, CancellationToken aborted) =>
            Response.From(await http.SendAsync(new HttpRequestMessage(System.Net.Http.HttpMethod.Head, new Uri(upstream, "/" + path)), aborted));
    }

    /// <summary>Says one length and has another: pieces of ten bytes.</summary>
    private sealed class WrongContent : HttpContent
    {
        private readonly int _pieces, _milliseconds;

        public WrongContent(long announced, int pieces, int milliseconds)
        {
            (_pieces, _milliseconds) = (pieces, milliseconds);
            Headers.ContentLength = announced;
        }

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
        {
            for (int i = 0; i < _pieces; i++)
            {
                if (i > 0) await Task.Delay(_milliseconds);
                await stream.WriteAsync(new byte[10]);
                await stream.FlushAsync();
            }
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }

    /// <summary>A server that answers each path with the bytes that it is told to.</summary>
    private sealed class Scripted : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);

        public Scripted(Dictionary<string, string> answers)
        {
            _listener.Start();
            _ = Task.Run(async () =>
            {
                while (true)
                {
                    using TcpClient client = await _listener.AcceptTcpClientAsync();
                    var buffer = new byte[8192];
                    int length = await client.GetStream().ReadAsync(buffer);
                    string path = Encoding.ASCII.GetString(buffer, 0, length).Split(' ')[1];
                    await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(answers[path]));
                }
            });
        }

        public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

        public void Dispose() => _listener.Dispose();
    }

    // As Latin-1 characters, one for each byte of "/日本/é"
    private static readonly string s_utf8 = Encoding.Latin1.GetString("/日本/é"u8);

    private static readonly string s_gzip = Gzip(new string('z', 70_000));

    private static string Gzip(string text)
    {
        var packed = new MemoryStream();
        using (var gzip = new System.IO.Compression.GZipStream(packed, System.IO.Compression.CompressionLevel.Fastest)) gzip.Write(Encoding.Latin1.GetBytes(text));
        return Encoding.Latin1.GetString(packed.ToArray());
    }

    private static readonly Dictionary<string, string> s_answers = new()
    {
        ["/length"] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/x-up\r\nX-Up: yes\r\nConnection: close\r\n\r\nhello",
        ["/chunked"] = "HTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n",
        ["/until-close"] = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\nuntil the end",
        ["/hop"] = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close, X-Hop\r\nX-Hop: 1\r\nKeep-Alive: timeout=5\r\nProxy-Authenticate: Basic\r\nTE: trailers\r\nUpgrade: h2c\r\nX-End: 2\r\n\r\nx",
        ["/encoded"] = "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Encoding: gzip\r\nVary: Accept-Encoding\r\nConnection: close\r\n\r\n\u001f\u008b\b",
        ["/missing"] = "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\nSet-Cookie: a=1\r\nSet-Cookie: b=2\r\nConnection: close\r\n\r\nnone",
        ["/truncated"] = "HTTP/1.1 200 OK\r\nContent-Length: 500000\r\nConnection: close\r\n\r\n" + new string('x', 1000),
        ["/utf8"] = "HTTP/1.1 201 Created\r\nContent-Length: 0\r\nLocation: " + s_utf8 + "\r\nX-Utf8: " + s_utf8 + "\r\nX-Latin1: \xe9\xa0!\r\nX-Control: a\x01b\r\nConnection: close\r\n\r\n",
        ["/head"] = "HTTP/1.1 200 OK\r\nContent-Length: 123456\r\nContent-Type: text/x-up\r\nConnection: close\r\n\r\n",
        ["/head-unknown"] = "HTTP/1.1 200 OK\r\nContent-Type: text/x-up\r\nConnection: close\r\n\r\n",
        ["/not-modified"] = "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\nConnection: close\r\n\r\n",
        ["/long"] = "HTTP/1.1 200 OK\r\nContent-Length: 300000\r\nConnection: close\r\n\r\n" + new string('l', 300_000),
        ["/trailers"] = "HTTP/1.1 200 OK\r\nTrailer: X-Sum\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n3\r\nabc\r\n0\r\nX-Sum: 7\r\n\r\n",
        ["/gzip"] = "HTTP/1.1 200 OK\r\nContent-Length: " + s_gzip.Length + "\r\nContent-Encoding: gzip\r\nConnection: close\r\n\r\n" + s_gzip,
        ["/empty"] = "HTTP/1.1 204 No Content\r\nX-Empty: 1\r\nConnection: close\r\n\r\n",
    };

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static async Task<RawResponse?> PassAsync(Over transport, string path, string method = "GET", DecompressionMethods decompress = DecompressionMethods.None)
    {
        using var upstream = new Scripted(s_answers);
        using var http = new HttpClient(new SocketsHttpHandler { AutomaticDecompression = decompress });
        await using Server server = Servers.StartApp(transport, new Proxy(http, upstream.Url));
        using var client = new RawClient(server);
        return client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive(toHead: method == "HEAD");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Status_fields_and_body_are_passed_on(Over transport)
    {
        foreach ((string path, int status, string body) in new[] { ("length", 200, "hello"), ("chunked", 201, "abcdefg"), ("until-close", 200, "until the end"), ("missing", 404, "none"), ("encoded", 200, "\u001f\ufffd\b"), ("empty", 204, "") })
        {
            RawResponse response = (await PassAsync(transport, "/pass/" + path))!;
            Assert.Equal(status, response.Status);
            Assert.Equal(body, response.Text);
        }

        RawResponse length = (await PassAsync(transport, "/pass/length"))!;
        Assert.Equal("text/x-up", length["content-type"]);
        Assert.Equal("yes", length["x-up"]);
        Assert.Equal("gzip", (await PassAsync(transport, "/pass/encoded"))!["content-encoding"]);
        Assert.Equal(["a=1", "b=2"], (await PassAsync(transport, "/pass/missing"))!.Fields.Where(f => f.Key == "set-cookie").Select(f => f.Value));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_length_that_is_known_is_passed_on(Over transport)
    {
        foreach ((string path, string? length) in new[] { ("length", "5"), ("long", "300000"), ("missing", "4"), ("encoded", "3"), ("gzip", s_gzip.Length.ToString()) })
        {
            RawResponse response = (await PassAsync(transport, "/pass/" + path))!;
            Assert.Equal((length, null), (response["content-length"], response["transfer-encoding"]));
        }

        Assert.Null((await PassAsync(transport, "/pass/empty"))!["content-length"]);
        Assert.Null((await PassAsync(transport, "/pass/not-modified"))!["content-length"]);

        // What HttpClient unpacks has another length than was said, and trailers need chunks
        RawResponse unpacked = (await PassAsync(transport, "/pass/gzip", decompress: DecompressionMethods.All))!;
        Assert.Equal(70_000, unpacked.Text.Length);
        Assert.NotEqual(s_gzip.Length.ToString(), unpacked["content-length"]);
        RawResponse trailers = (await PassAsync(transport, "/pass/trailers"))!;
        Assert.Equal(("abc", "chunked"), (trailers.Text, trailers["transfer-encoding"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_length_is_passed_on_for_HEAD_too(Over transport)
    {
        RawResponse head = (await PassAsync(transport, "/pass/head", "HEAD"))!;
        Assert.Equal(("123456", "text/x-up", null), (head["content-length"], head["content-type"], head["transfer-encoding"]));

        // Said by nobody, so not 0 either
        Assert.Null((await PassAsync(transport, "/pass/head-unknown", "HEAD"))!["content-length"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_of_another_length_than_announced_is_never_taken_for_whole(Over transport)
    {
        using var http = new HttpClient();
        using var upstream = new Scripted(s_answers);
        await using Server server = Servers.StartApp(transport, new Proxy(http, upstream.Url));

        // The first two all at once, so that the client may still be told; the others behind a head with the length
        foreach ((int announced, int pieces, int ms) in new[] { (5, 1, 0), (25, 2, 0), (50, 3, 100), (25, 4, 100), (20, 3, 100) })
        {
            using var client = new RawClient(server);
            client.Send($"GET /wrong/{announced}?pieces={pieces}&ms={ms} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            var all = new MemoryStream();
            var buffer = new byte[4096];
            try { for (int count; (count = client.Socket.Receive(buffer)) > 0;) all.Write(buffer, 0, count); }
            catch (SocketException) { /* a reset is the honest end */ }

            string text = Encoding.Latin1.GetString(all.ToArray());
            if (text.StartsWith("HTTP/1.1 500 ", StringComparison.Ordinal)) continue;
            if (text.Length > 0) Assert.Contains($"\r\nContent-Length: {announced}\r\n", text);
            Assert.True(text.Length - text.IndexOf("\r\n\r\n", StringComparison.Ordinal) - 4 <= announced, text);
        }

        using var next = new RawClient(server);
        Assert.Equal(30, next.Send("GET /wrong/30?pieces=3&ms=1 HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Body.Length);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Fields_of_the_connection_stay_where_they_belong(Over transport)
    {
        RawResponse response = (await PassAsync(transport, "/pass/hop"))!;
        Assert.Equal("2", response["x-end"]);
        foreach (string name in new[] { "connection", "x-hop", "keep-alive", "te", "upgrade", "proxy-authenticate" }) Assert.Null(response[name]);
        Assert.Single(response.Fields, f => f.Key == "date");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Values_that_are_not_ASCII_are_passed_on_byte_for_byte(Over transport)
    {
        RawResponse response = (await PassAsync(transport, "/pass/utf8"))!;
        Assert.Equal(201, response.Status);
        Assert.Equal(s_utf8, response["location"]);
        Assert.Equal(s_utf8, response["x-utf8"]);
        Assert.Equal("\xe9\xa0!", response["x-latin1"]);
        Assert.Equal("a\x01b", response["x-control"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_answer_that_breaks_off_is_cut(Over transport)
    {
        using var upstream = new Scripted(s_answers);
        using var http = new HttpClient();
        await using Server server = Servers.StartApp(transport, new Proxy(http, upstream.Url));
        using (var client = new RawClient(server))
        {
            client.Send("GET /pass/truncated HTTP/1.1\r\nHost: a\r\n\r\n");
            var buffer = new byte[4096];
            var all = new StringBuilder();
            try { for (int count; (count = client.Socket.Receive(buffer)) > 0;) all.Append(Encoding.Latin1.GetString(buffer, 0, count)); }
            catch (SocketException) { /* a reset is the honest end */ }
            Assert.DoesNotContain("\r\n0\r\n\r\n", all.ToString());
        }

        using var next = new RawClient(server);
        Assert.Equal("kept", next.Send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_buffered_answer_is_a_static_response(Over transport)
    {
        RawResponse response = (await PassAsync(transport, "/baked"))!;
        Assert.Equal("hello", response.Text);
        Assert.Equal("text/x-up", response["content-type"]);
        Assert.Equal("yes", response["x-up"]);
        Assert.NotNull(response["etag"]);
        Assert.Null(response["connection"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Text_is_sent_again_and_again_and_a_stream_once(Over transport)
    {
        using var http = new HttpClient();
        using var upstream = new Scripted(s_answers);
        await using Server server = Servers.StartApp(transport, new Proxy(http, upstream.Url));
        using var client = new RawClient(server);
        for (int i = 0; i < 3; i++)
        {
            RawResponse kept = client.Send("GET /kept HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;
            Assert.Equal("kept", kept.Text);
            Assert.Equal("1", kept["x-kept"]);
        }

        // The stream is one for both transports, so the first use may have been the other's
        int[] statuses = [.. Enumerable.Range(0, 3).Select(_ => client.Send("GET /stream-twice HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Status)];
        Assert.Equal([500, 500], statuses[1..]);
    }
}
