using System.IO.Compression;
using System.Net;
using System.Net.Http;
using System.Runtime.CompilerServices;
using System.Text;

namespace Prebake.Conformance.Policies;

/// <summary>What handlers answer, compressed for those who take it and for nobody else.</summary>
public sealed partial class CompressionTests
{
    private static readonly string s_text = string.Concat(Enumerable.Repeat("a line that is like the others\n", 100));
    private static readonly string s_long = string.Concat(Enumerable.Range(0, 20_000).Select(i => $"line {i} of many\n"));

    internal sealed partial class App
    {
        [Use] private readonly Compression _compression = new();

        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        private static readonly Response s_shared = new(s_text) { Headers = { ["ETag"] = "\"1\"" } };

        [Get("/text")] private static string Text() => s_text;

        [Get("/later")]
        private static async Task<string> Later()
        {
            await Task.Yield();
            return s_text;
        }

        [Get("/long")] private static string Long() => s_long;

        [Get("/short")] private static string Short() => "short";

        [Get("/shared")] private static Response Shared() => s_shared;

        [Get("/vary")] private static Response Vary() => new(s_text) { Headers = { ["Vary"] = "Origin" } };

        [Get("/json")] private static Response Json() =>
            Response.Bytes(Encoding.UTF8.GetBytes($"\"{new string('a', 5000)}\""), "application/problem+json; charset=utf-8");

        [Get("/png")] private static Response Png() => Response.Bytes(new byte[5000], "image/png");

        [Get("/noise")]
        private static Response Noise()
        {
            byte[] noise = new byte[5000];
            new Random(5).NextBytes(noise);
            return Response.Bytes(noise, "text/plain");
        }

        [Get("/done")] private static Response Done() =>
            new(s_text) { Headers = { ["Content-Encoding"] = "identity-of-mine" } };

        [Get("/kept")] private static Response Kept() => new(s_text) { Headers = { ["Cache-Control"] = "public, no-transform" } };

        [Get("/missing-text")] private static Response MissingText() => new(s_text) { Status = 404 };

        [Get("/pieces")]
        private async IAsyncEnumerable<string> Pieces(Request request)
        {
            request.ResponseTrailers["Server-Timing"] = "all;dur=1";
            yield return "first\n";
            await Gate.Task;
            for (int i = 0; i < 20_000; i++) yield return $"line {i} of many\n";
        }

        [Get("/events")]
        private static async IAsyncEnumerable<ServerSentEvent> Events()
        {
            yield return new ServerSentEvent("one");
            await Task.Yield();
        }

        [Get("/broken")]
        private static async IAsyncEnumerable<string> Broken()
        {
            yield return s_text;
            await Task.Yield();
            throw new InvalidOperationException("in the middle");
        }
    }

    [Theory]
    [InlineData("/text", "br", "br"), InlineData("/text", "gzip", "gzip"), InlineData("/text", "gzip, deflate, br", "br")]
    [InlineData("/text", "gzip;q=1, br;q=0.5", "gzip"), InlineData("/text", "*", "br"), InlineData("/text", "br;q=0, *", "gzip")]
    [InlineData("/text", "identity, gzip;q=0.5", null), InlineData("/text", "zstd", null), InlineData("/text", null, null)]
    [InlineData("/text", "gzip;q=0", null), InlineData("/text", "x-gzip", "gzip")]
    [InlineData("/later", "br", "br"), InlineData("/long", "br", "br"), InlineData("/long", "gzip", "gzip")]
    [InlineData("/json", "br", "br"), InlineData("/missing-text", "gzip", "gzip"), InlineData("/shared", "br", "br")]
    public async Task A_body_comes_as_the_client_takes_it(string path, string? accepted, string? coding)
    {
        await using TestServer test = Serve.Test(new App());
        using HttpResponseMessage plain = await AskAsync(test, path, null);
        using HttpResponseMessage response = await AskAsync(test, path, accepted);

        Assert.Equal(coding, response.Content.Headers.ContentEncoding.SingleOrDefault());
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        Assert.Contains("Accept-Encoding", plain.Headers.Vary);
        Assert.Equal(plain.StatusCode, response.StatusCode);
        Assert.Equal(plain.Content.Headers.ContentType, response.Content.Headers.ContentType);

        byte[] sent = await response.Content.ReadAsByteArrayAsync(), whole = await plain.Content.ReadAsByteArrayAsync();
        Assert.Equal(whole, Decode(sent, coding));
        if (coding is not null) Assert.InRange(sent.Length, 1, whole.Length / 2);
    }

    [Theory, InlineData("/short"), InlineData("/png"), InlineData("/done"), InlineData("/kept"), InlineData("/events"), InlineData("/missing")]
    public async Task What_should_stay_as_it_is_does(string path)
    {
        await using TestServer test = Serve.Test(new App());
        using HttpResponseMessage plain = await AskAsync(test, path, null);
        using HttpResponseMessage response = await AskAsync(test, path, "br, gzip");

        Assert.Equal(plain.Content.Headers.ContentEncoding, response.Content.Headers.ContentEncoding);
        Assert.Empty(response.Headers.Vary);
        Assert.Equal(await plain.Content.ReadAsByteArrayAsync(), await response.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task What_would_not_be_smaller_is_sent_as_it_is()
    {
        await using TestServer test = Serve.Test(new App());
        using HttpResponseMessage response = await AskAsync(test, "/noise", "br");

        Assert.Empty(response.Content.Headers.ContentEncoding);
        Assert.Contains("Accept-Encoding", response.Headers.Vary);
        Assert.Equal(5000, (await response.Content.ReadAsByteArrayAsync()).Length);
    }

    [Fact]
    public async Task A_strong_tag_becomes_weak_and_a_shared_response_stays_as_it_is()
    {
        await using TestServer test = Serve.Test(new App());
        for (int i = 0; i < 3; i++)
        {
            using HttpResponseMessage compressed = await AskAsync(test, "/shared", "br");
            Assert.Equal("W/\"1\"", compressed.Headers.ETag?.ToString());
            using HttpResponseMessage plain = await AskAsync(test, "/shared", null);
            Assert.Equal("\"1\"", plain.Headers.ETag?.ToString());
            Assert.Equal("Accept-Encoding", Assert.Single(plain.Headers.GetValues("Vary")));
        }

        using HttpResponseMessage varied = await AskAsync(test, "/vary", "br");
        Assert.Equal(["Origin", "Accept-Encoding"], varied.Headers.Vary);
    }

    [Theory, InlineData("br"), InlineData("gzip")]
    public async Task A_stream_leaves_piece_by_piece(string coding)
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/pieces");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        using HttpResponseMessage response = await test.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(coding, Assert.Single(response.Content.Headers.ContentEncoding));

        await using Stream body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = Decoding(body, coding);
        using var reader = new StreamReader(plain);
        TimeSpan patience = TimeSpan.FromSeconds(30);
        Assert.Equal("first", await reader.ReadLineAsync().WaitAsync(patience));

        app.Gate.SetResult();
        Assert.Equal(s_long, await reader.ReadToEndAsync().WaitAsync(patience));
        Assert.Equal("all;dur=1", Assert.Single(response.TrailingHeaders.GetValues("Server-Timing")));
    }

    internal sealed partial class EventApp
    {
        [Use] private readonly Compression _compression = new() { Events = true };

        public SemaphoreSlim Next { get; } = new(0);

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Get("/events")]
        private async IAsyncEnumerable<ServerSentEvent> Events([EnumeratorCancellation] CancellationToken cancellation)
        {
            try
            {
                for (int i = 0; ; i++)
                {
                    yield return new ServerSentEvent($"event {i}");
                    await Next.WaitAsync(cancellation);
                }
            }
            finally
            {
                Ended.SetResult();
            }
        }
    }

    public static TheoryData<Over, string> TransportsAndCodings
    {
        get
        {
            var all = new TheoryData<Over, string>();
            foreach (Over transport in Servers.Transports)
            {
                all.Add(transport, "br");
                all.Add(transport, "gzip");
            }

            return all;
        }
    }

    [Theory, MemberData(nameof(TransportsAndCodings))]
    public async Task Each_event_leaves_at_once_and_so_do_heartbeats_and_the_end(Over transport, string coding)
    {
        var app = new EventApp();
        await using Server server = Servers.StartApp(transport, app, new ServeOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(50) });
        using var client = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/events");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
        using HttpResponseMessage response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal(coding, Assert.Single(response.Content.Headers.ContentEncoding));

        await using Stream body = await response.Content.ReadAsStreamAsync();
        await using Stream plain = Decoding(body, coding);
        using var reader = new StreamReader(plain);
        TimeSpan patience = TimeSpan.FromSeconds(60);
        for (int i = 0; i < 3; i++)
        {
            string? line;
            do line = await reader.ReadLineAsync().WaitAsync(patience);
            while (line is "" or ":");
            Assert.Equal($"data: event {i}", line);

            // A comment keeps the connection open while nothing happens
            do line = await reader.ReadLineAsync().WaitAsync(patience);
            while (line is "");
            Assert.Equal(":", line);
            app.Next.Release();
        }

        Task stopping = server.StopAsync();
        string rest = await reader.ReadToEndAsync().WaitAsync(patience);
        Assert.Empty(rest.Replace("data: event 3", "", StringComparison.Ordinal).Trim(':', '\n'));
        await stopping.WaitAsync(patience);
        await app.Ended.Task.WaitAsync(patience);
    }

    [Fact]
    public async Task A_stream_that_breaks_does_not_look_whole()
    {
        await using TestServer test = Serve.Test(new App());
        await Assert.ThrowsAnyAsync<Exception>(() => AskAsync(test, "/broken", "br"));
        Assert.Equal("in the middle", Assert.Single(test.Exceptions).Message);
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_producer()
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/pieces");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br");
        HttpResponseMessage response = await test.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.Dispose();

        app.Gate.SetResult();
        using HttpResponseMessage next = await AskAsync(test, "/text", "br");
        Assert.Equal(HttpStatusCode.OK, next.StatusCode);
    }

    [Fact]
    public async Task A_head_request_hears_the_same()
    {
        await using TestServer test = Serve.Test(new App());
        using HttpResponseMessage get = await AskAsync(test, "/text", "br");
        using HttpResponseMessage head = await AskAsync(test, "/text", "br", System.Net.Http.HttpMethod.Head);

        Assert.Equal("br", Assert.Single(head.Content.Headers.ContentEncoding));
        Assert.Equal(get.Content.Headers.ContentLength, head.Content.Headers.ContentLength);
    }

    private static async Task<HttpResponseMessage> AskAsync(
        TestServer test, string path, string? accepted, System.Net.Http.HttpMethod? method = null)
    {
        using var request = new HttpRequestMessage(method ?? System.Net.Http.HttpMethod.Get, path);
        if (accepted is not null) request.Headers.TryAddWithoutValidation("Accept-Encoding", accepted);
        return await test.SendAsync(request).WaitAsync(TimeSpan.FromSeconds(60));
    }

    private static Stream Decoding(Stream coded, string coding) => coding == "br"
        ? new BrotliStream(coded, CompressionMode.Decompress)
        : new GZipStream(coded, CompressionMode.Decompress);

    private static byte[] Decode(byte[] bytes, string? coding)
    {
        if (coding is null) return bytes;

        using var source = new MemoryStream(bytes);
        using Stream decoder = Decoding(source, coding);
        using var target = new MemoryStream();
        decoder.CopyTo(target);
        return target.ToArray();
    }
}
