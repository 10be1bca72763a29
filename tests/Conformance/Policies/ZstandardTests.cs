using System.IO.Compression;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Prebake.Conformance.Policies;

/// <summary>A coding of another assembly, in both directions.</summary>
public sealed partial class ZstandardTests
{
    private const int Limit = 200_000;

    private static readonly string s_text = string.Concat(Enumerable.Range(0, 200).Select(i => $"line {i} of many\n"));
    private static readonly string s_long = string.Concat(Enumerable.Range(0, 8_000).Select(i => $"line {i} of many\n"));

    [MaxBody(Limit)]
    internal sealed partial class App
    {
        [Use] private readonly Decompression _decompression = new() { Codings = [Zstandard.Coding, Coding.Gzip] };
        [Use] private readonly Compression _compression = new() { Codings = [Zstandard.Coding, Coding.Brotli, Coding.Gzip], Events = true };

        public SemaphoreSlim Next { get; } = new(0);

        [Get("/text")] private static Response Text() => new(s_text) { Headers = { ["ETag"] = "\"1\"" } };
        [Get("/long")] private static async Task<string> Long() { await Task.Yield(); return s_long; }
        [Get("/short")] private static string Short() => "short";

        [Get("/pieces")]
        private static async IAsyncEnumerable<string> Pieces()
        {
            for (int i = 0; i < 1_000; i++)
            {
                yield return $"line {i} of many\n";
                if (i % 100 == 0) await Task.Yield();
            }
        }

        [Get("/events")]
        private async IAsyncEnumerable<ServerSentEvent> Events()
        {
            for (int i = 0; ; i++)
            {
                yield return new ServerSentEvent($"event {i}");
                await Next.WaitAsync();
            }
        }

        [Post("/bytes")] private static byte[] OfBytes([Body] byte[] body) => body;
        [Post("/read")] private static async Task<string> OfText(Request request) => await request.TextAsync();

        [Post("/length")]
        private static async Task<string> OfLength(Request request)
        {
            await using Stream body = request.Body.AsStream();
            return $"{await Bodies.CountAsync(body)}";
        }
    }

    /// <summary>The order of an app where clients take several as gladly.</summary>
    internal sealed partial class GzipFirst
    {
        [Use] private readonly Compression _compression = new() { Codings = [Coding.Gzip, Zstandard.Coding] };
        [Get("/text")] private static string Text() => s_text;
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task The_clients_weights_decide_and_then_the_order_of_the_app(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        await using Server other = Servers.StartApp(transport, new GzipFirst());
        foreach ((string accepted, string? coding, string? otherCoding) in ((string, string?, string?)[])
        [
            ("gzip, deflate, br, zstd", "zstd", "gzip"), ("zstd", "zstd", "zstd"), ("ZSTD", "zstd", "zstd"), ("*", "zstd", "gzip"), ("gzip, br", "br", "gzip"),
            ("zstd;q=0.5, br;q=0.8, gzip;q=0.1", "br", "zstd"), ("zstd;q=0, *", "br", "gzip"), ("zstd;q=0", null, null), ("identity, zstd;q=0.5", null, null),
            ("x-gzip", "gzip", "gzip"), ("deflate", null, null), ("", null, null), ("zstd;q=2, gzip;q=0.5", "gzip", "gzip"),
        ])
        {
            foreach ((Server asked, string? expected) in ((Server, string?)[])[(server, coding), (other, otherCoding)])
            {
                RawResponse response = RawClient.Ask(asked, "/text", $"Accept-Encoding: {accepted}\r\n");
                Assert.True((expected, "Accept-Encoding") == (response["content-encoding"], response["vary"]), $"{accepted}: {response["content-encoding"]}");
                Assert.Equal(s_text, Encoding.UTF8.GetString(Decode(response.Body, expected)));
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Answers_of_all_kinds_come_as_they_were_meant(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach (string path in (string[])["/text", "/long", "/pieces"])
        {
            RawResponse plain = RawClient.Ask(server, path), response = RawClient.Ask(server, path, "Accept-Encoding: zstd\r\n");
            Assert.Equal(("zstd", plain["content-type"]), (response["content-encoding"], response["content-type"]));
            Assert.Equal(plain.Text, Encoding.UTF8.GetString(Decode(response.Body, "zstd")));
            Assert.InRange(response.Body.Length, 1, plain.Body.Length / 2);
        }

        Assert.Equal("W/\"1\"", RawClient.Ask(server, "/text", "Accept-Encoding: zstd\r\n")["etag"]);
        RawResponse small = RawClient.Ask(server, "/short", "Accept-Encoding: zstd\r\n");
        Assert.Equal(("short", null, null), (small.Text, small["content-encoding"], small["vary"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Each_event_can_be_read_when_it_has_come(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using var http = new HttpClient { BaseAddress = server.Url };
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/events") { Headers = { { "Accept-Encoding", "zstd" } } };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.Equal("zstd", response.Content.Headers.ContentEncoding.Single());
        await using var decoded = new DecompressionStream(await response.Content.ReadAsStreamAsync());
        using var lines = new StreamReader(decoded);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal($"data: event {i}", await lines.ReadLineAsync());
            Assert.Equal("", await lines.ReadLineAsync());
            app.Next.Release();
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handler_sees_what_was_meant(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        byte[] half = Encode(s_long[..1_000]), rest = Encode(s_long[1_000..]);
        byte[][] bodies =
        [
            Encode(s_long), Encode(s_long, 19), [.. half, .. rest],
            // A frame to be skipped (RFC 8878 section 3.1.2), in front and behind
            [0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3, .. half, .. rest, 0x5f, 0x2a, 0x4d, 0x18, 0, 0, 0, 0],
        ];
        foreach (byte[] body in bodies)
        {
            foreach (bool isChunked in (bool[])[false, true])
            {
                foreach (string path in (string[])["/bytes", "/read", "/length"])
                {
                    (HttpStatusCode status, string text) = await Post(client, path, "zstd", body, isChunked);
                    Assert.True((200, path == "/length" ? $"{s_long.Length}" : s_long) == ((int)status, text), $"{path}: {status} {text[..Math.Min(100, text.Length)]}");
                }
            }
        }

        // Byte by byte, and cut everywhere
        byte[] small = Encode(s_text);
        byte[] raw = [.. Encoding.Latin1.GetBytes($"POST /bytes HTTP/1.1\r\nHost: a\r\nContent-Encoding: zstd\r\nContent-Length: {small.Length}\r\n\r\n"), .. small];
        using var cutting = new RawClient(server);
        for (int i = 0; i < small.Length; i += 7)
        {
            cutting.Send(raw, [raw.Length - small.Length + i]);
            Assert.Equal(s_text, cutting.Receive()!.Text);
        }

        cutting.Send(raw, Enumerable.Range(raw.Length - small.Length, small.Length - 1));
        Assert.Equal(s_text, cutting.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_not_in_its_coding_or_becomes_too_long_is_refused(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        using var client = new HttpClient { BaseAddress = server.Url };
        byte[] good = Encode(s_text), wrong = [.. good];
        wrong[good.Length / 2] ^= 0xff;
        (string Name, byte[] Body, int Status)[] all =
        [
            ("something else", Encoding.UTF8.GetBytes("this is no frame"), 400),
            ("cut", good[..^3], 400), ("a head alone", good[..5], 400), ("rubbish behind it", [.. good, 1, 2, 3, 4, 5], 400),
            ("a wrong checksum", wrong, 400),
            ("a bomb", Encode(new byte[150_000]), 413),
            ("too long", Encode(Noise(Limit + 1_000)), 413),
            ("a window of 16 MiB", Encode(Noise(500), windowLog: 24), 400),
            // 128 MiB in a head of ten bytes (RFC 8878 section 3.1.1.1)
            ("a window of 128 MiB", [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x88, 0x01, 0x00, 0x00], 400),
            ("a dictionary", [0x28, 0xb5, 0x2f, 0xfd, 0x01, 0x58, 0x07, 0x01, 0x00, 0x00], 400),
        ];
        foreach ((string name, byte[] body, int status) in all)
        {
            foreach (bool isChunked in (bool[])[false, true])
            {
                foreach (string path in (string[])["/bytes", "/read", "/length"])
                {
                    (HttpStatusCode answer, string text) = await Post(client, path, "zstd", body, isChunked);
                    Assert.True(status == (int)answer, $"{name} {path} {isChunked}: {(int)answer} {text}");
                }
            }
        }

        foreach (string coding in (string[])["br", "deflate", "zstd, gzip", "zstd-1"])
        {
            using var content = new ByteArrayContent(good) { Headers = { { "Content-Encoding", coding } } };
            using HttpResponseMessage response = await client.PostAsync(new Uri("/bytes", UriKind.Relative), content);
            Assert.Equal((415, "zstd, gzip"), ((int)response.StatusCode, string.Join(", ", response.Headers.GetValues("Accept-Encoding"))));
        }
    }

    [Fact]
    public void What_is_no_coding_is_refused_where_it_is_made()
    {
        Assert.Throws<ArgumentException>(() => new Compression { Codings = [] });
        Assert.Throws<ArgumentException>(() => new Decompression { Codings = [null!] });
        Assert.Throws<ArgumentNullException>(() => new Decompression { Codings = null! });
        foreach (string name in (string[])["", "Gzip", "a b", "identity", "*", "ä"]) Assert.Throws<ArgumentException>(() => new Named(name));
        Assert.Equal("zstd", $"{Zstandard.Coding}");
    }

    private sealed class Named(string name) : Coding(name)
    {
        public override Stream Compress(Stream target, CompressionLevel level) => target;
        public override BodyDecoder Decode() => Gzip.Decode();
    }

    private static byte[] Noise(int length)
    {
        byte[] noise = new byte[length];
        new Random(5).NextBytes(noise);
        return noise;
    }

    private static byte[] Encode(string text, int level = 3) => Encode(Encoding.UTF8.GetBytes(text), level);

    private static byte[] Encode(byte[] bytes, int level = 3, int windowLog = 0)
    {
        using var target = new MemoryStream();
        using (var coder = new CompressionStream(target, level, leaveOpen: true))
        {
            coder.SetParameter(ZSTD_cParameter.ZSTD_c_checksumFlag, 1);
            if (windowLog > 0) coder.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, windowLog);
            coder.Write(bytes);
        }

        return target.ToArray();
    }

    private static byte[] Decode(byte[] bytes, string? coding)
    {
        using var target = new MemoryStream();
        using var source = new MemoryStream(bytes);
        using Stream decoded = coding switch
        {
            "zstd" => new DecompressionStream(source),
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            _ => source,
        };
        decoded.CopyTo(target);
        return target.ToArray();
    }

    private static async Task<(HttpStatusCode Status, string Text)> Post(HttpClient client, string path, string coding, byte[] body, bool isChunked)
    {
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Post, path)
        {
            Content = new ByteArrayContent(body) { Headers = { { "Content-Encoding", coding } } },
        };
        request.Headers.TransferEncodingChunked = isChunked;
        using HttpResponseMessage response = await client.SendAsync(request);
        return (response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}
