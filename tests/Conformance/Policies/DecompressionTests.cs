using System.IO.Compression;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Serialization;

namespace Prebake.Conformance.Policies;

/// <summary>Bodies that clients send compressed, however handlers read them and however they arrive.</summary>
public sealed partial class DecompressionTests
{
    private const int Limit = 200_000;

    internal sealed record Note(string Text);

    [JsonSerializable(typeof(Note))]
    internal sealed partial class CodedJson : JsonSerializerContext;

    [MaxBody(Limit)]
    internal sealed partial class App
    {
        [Use] private readonly Decompression _decompression = new();
        [Use] private readonly Decompression _again = new();

        [Post("/json")] private static string OfJson(Note note) => note.Text;

        [Post("/bytes")] private static byte[] OfBytes([Body] byte[] body) => body;

        [Post("/text")] private static async Task<string> OfText(Request request) =>
            $"{request.ContentLength?.ToString() ?? "unknown"} {await request.TextAsync()}";

        [Post("/pieces")] private static Response OfPieces(Request request) => Response.Stream(async (writer, cancellation) =>
        {
            await request.Body.CopyToAsync(writer, cancellation);
        });

        [Post("/length")]
        private static async Task<string> OfLength(Request request)
        {
            await using Stream body = request.Body.AsStream();
            return $"{await Bodies.CountAsync(body)}";
        }

        [Post("/unread")] private static string Unread() => "unread";

        [Get("/")] private static string Nothing() => "nothing";
    }

    internal sealed partial class Late
    {
        [Before] private static async Task Look(Request request) => await request.BytesAsync();

        [Use] private readonly Decompression _decompression = new();

        [Post("/")] private static byte[] OfBytes([Body] byte[] body) => body;

        [Error] private static Response OnBug(InvalidOperationException error) => new(error.Message) { Status = 500 };
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static readonly string s_text = string.Concat(Enumerable.Range(0, 5000).Select(i => $"line {i} of many\n"));

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handler_sees_what_was_meant(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string coding in new[] { "gzip", "x-gzip", "GZIP", "deflate", "br", "identity" })
        {
            foreach (bool isChunked in new[] { false, true })
            {
                Assert.Equal("five", await Text(client, "/json", coding, """{"Text":"five"}""", isChunked));
                Assert.Equal(s_text, await Text(client, "/bytes", coding, s_text, isChunked));
                Assert.Equal(s_text, await Text(client, "/pieces", coding, s_text, isChunked));
                Assert.Equal($"{s_text.Length}", await Text(client, "/length", coding, s_text, isChunked));
                Assert.Equal("unread", await Text(client, "/unread", coding, s_text, isChunked));

                string announced = coding is "identity" && !isChunked ? $"{s_text.Length}" : "unknown";
                Assert.Equal($"{announced} {s_text}", await Text(client, "/text", coding, s_text, isChunked));
            }
        }

        Assert.Equal("nothing", await client.GetStringAsync(new Uri("/", UriKind.Relative)));
    }

    // Clients that have one set of headers for all requests, and those that say that there is none
    [Theory]
    [InlineData("GET / HTTP/1.1", "Content-Encoding: utf-8", "nothing")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: zstd|Content-Length: 0", "0 ")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: gzip|Content-Length: 0", "0 ")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: |Content-Length: 1", "1 a")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: ,|Content-Length: 1", "1 a")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: identity, Identity|Content-Length: 1", "1 a")]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: utf-8|Content-Length: 1", null)]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: identity|Content-Encoding: zstd|Content-Length: 1", null)]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: gzip|Content-Encoding: gzip|Content-Length: 1", null)]
    [InlineData("POST /text HTTP/1.1", "Content-Encoding: gzip, gzip|Content-Length: 1", null)]
    public async Task A_coding_counts_where_it_says_something(string line, string fields, string? text)
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new App());
        using var client = new RawClient(server);
        client.Send($"{line}\r\nHost: a\r\n{fields.Replace("|", "\r\n")}\r\n\r\n");
        if (fields.EndsWith("Content-Length: 1")) client.Send("a");
        RawResponse response = client.Receive()!;
        Assert.Equal(text is null ? 415 : 200, response.Status);
        if (text is not null) Assert.Equal(text, response.Text);
    }

    [Fact]
    public async Task What_is_compressed_and_then_left_alone_is_compressed()
    {
        await using Server server = Servers.StartApp(Servers.Transports[0], new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        foreach (string coding in new[] { "gzip, identity", "identity,gzip", ", gzip" })
        {
            using HttpResponseMessage response = await SendAsync(client, "/bytes", coding, Encode("gzip", "five"u8.ToArray()), false);
            Assert.Equal("five", await response.Content.ReadAsStringAsync());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task It_does_not_matter_how_the_bytes_are_cut(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        byte[] body = Encode("br", "a body of some words, some words and some more"u8.ToArray());
        byte[] two = [.. Encode("gzip", "first "u8.ToArray()), .. Encode("gzip", "second"u8.ToArray())];
        foreach ((string coding, byte[] coded, string text) in new[]
        {
            ("br", body, "a body of some words, some words and some more"),
            ("gzip", two, "first second"),
            ("gzip", Array.Empty<byte>(), ""),
        })
        {
            foreach (string path in new[] { "/text", "/bytes", "/length" })
            {
                using var client = new RawClient(server);
                client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Encoding: {coding}\r\nTransfer-Encoding: chunked\r\n\r\n");
                foreach (byte one in coded) client.Send("1\r\n").Send([one]).Send("\r\n");
                client.Send("0\r\n\r\n");
                Assert.Equal(path switch { "/text" => "unknown " + text, "/length" => $"{text.Length}", _ => text }, client.Receive()!.Text);
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_not_in_its_coding_or_becomes_too_long_is_refused(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        byte[] whole = Encode("gzip", Encoding.ASCII.GetBytes(s_text)), brotli = Encode("br", Encoding.ASCII.GetBytes(s_text));
        byte[] random = new byte[Limit];
        new Random(1).NextBytes(random);
        foreach (string path in new[] { "/bytes", "/text", "/length" })
        {
            foreach (bool isChunked in new[] { false, true })
            {
                await Refused(HttpStatusCode.BadRequest, "gzip", whole[..^9]);
                await Refused(HttpStatusCode.BadRequest, "gzip", [.. whole[..100], .. new byte[100], .. whole[200..]]);
                await Refused(HttpStatusCode.BadRequest, "gzip", [.. whole, 1, 2, 3]);
                await Refused(HttpStatusCode.BadRequest, "gzip", "not gzip"u8.ToArray());
                await Refused(HttpStatusCode.BadRequest, "br", brotli[..^1]);
                await Refused(HttpStatusCode.BadRequest, "br", [.. brotli, 0]);
                // Too long once it is decompressed, and a bomb
                await Refused(HttpStatusCode.RequestEntityTooLarge, "gzip", Encode("gzip", [.. random.Take(Limit / 2), .. random.Take(Limit / 2), 1]));
                await Refused(HttpStatusCode.RequestEntityTooLarge, "br", Encode("br", new byte[Limit - 1]));
                await Refused(HttpStatusCode.RequestEntityTooLarge, "gzip", Encode("gzip", new byte[100 << 20]));
                await Refused(HttpStatusCode.UnsupportedMediaType, "zstd", whole);
                await Refused(HttpStatusCode.UnsupportedMediaType, "gzip, br", whole);
            }

            async Task Refused(HttpStatusCode status, string coding, byte[] body)
            {
                using HttpResponseMessage response = await SendAsync(client, path, coding, body, false);
                Assert.Equal((path, coding, body.Length, status), (path, coding, body.Length, response.StatusCode));
                if (status is HttpStatusCode.UnsupportedMediaType)
                    Assert.Equal("gzip, deflate, br", Assert.Single(response.Headers.GetValues("Accept-Encoding")));
            }
        }

        // A few zeros have any ratio
        Assert.Equal("60000", await Text(client, "/length", "gzip", new string('0', 60_000), false));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_has_been_read_already_is_not_decompressed(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Late());
        using var client = new HttpClient { BaseAddress = server.Url };
        Assert.Equal("plain", await Text(client, "/", "identity", "plain", false));
        foreach (string coding in new[] { "gzip", "br" })
        {
            using HttpResponseMessage response = await SendAsync(client, "/", coding, Encode(coding, "packed"u8.ToArray()), false);
            Assert.Contains("in front of what reads it", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
    }

    private static async Task<string> Text(HttpClient client, string path, string coding, string body, bool isChunked)
    {
        using HttpResponseMessage response = await SendAsync(client, path, coding, Encode(coding, Encoding.UTF8.GetBytes(body)), isChunked);
        string text = await response.Content.ReadAsStringAsync();
        Assert.Equal((path, coding, HttpStatusCode.OK, text), (path, coding, response.StatusCode, text));
        return text;
    }

    private static async Task<HttpResponseMessage> SendAsync(HttpClient client, string path, string coding, byte[] body, bool isChunked)
    {
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Post, path);
        request.Content = new ByteArrayContent(body);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        request.Content.Headers.ContentEncoding.Clear();
        request.Content.Headers.TryAddWithoutValidation("Content-Encoding", coding);
        request.Headers.TransferEncodingChunked = isChunked;
        return await client.SendAsync(request);
    }

    private static byte[] Encode(string coding, byte[] body)
    {
        using var target = new MemoryStream();
        using (Stream? coder = coding.ToLowerInvariant() switch
        {
            "gzip" or "x-gzip" => new GZipStream(target, CompressionLevel.Optimal, leaveOpen: true),
            "deflate" => new ZLibStream(target, CompressionLevel.Optimal, leaveOpen: true),
            "br" => new BrotliStream(target, CompressionLevel.Optimal, leaveOpen: true),
            _ => null,
        })
        {
            if (coder is null) return body;
            coder.Write(body);
        }

        return target.ToArray();
    }
}
