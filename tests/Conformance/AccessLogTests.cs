using System.Text;

namespace Prebake.Conformance;

/// <summary>What the access log counts: bytes of bodies, without heads and the framing of chunks.</summary>
[Collection("alone")]
public sealed partial class AccessLogTests
{
    private static readonly string s_file = WriteFile();

    private static string WriteFile()
    {
        string path = Path.Combine(Path.GetTempPath(), $"prebake-access-{Environment.ProcessId}.bin");
        File.WriteAllBytes(path, new byte[100_000]);
        return path;
    }

    internal sealed partial class App
    {
        [Static("/constant")] private const string Constant = "constant, with 35 bytes and an é";
        [Static("/none")] private static Response None() => Response.Empty(204);
        [Get("/text")] private static string Text() => "täxt";
        [Get("/utf8")] private static ReadOnlySpan<byte> Utf8() => "utf8"u8;
        [Get("/bytes")] private static byte[] Bytes() => new byte[50_000];
        [Get("/response")] private static Response Html() => Response.Html("<p>é") ;
        [Get("/later")] private static async Task<string> Later()
        {
            await Task.Yield();
            return "later";
        }

        [Get("/nothing")] private static void Nothing() { }
        [Get("/file")] private static Response FromDisk() => Response.File(s_file);
        [Get("/throws")] private static string Throws() => throw new InvalidOperationException("woops");
        [Get("/refuses")] private static string Refuses() => throw new HttpException(409, "There is one already.");
        [Post("/echo")] private static byte[] Echo([Body] byte[] body) => body;
        [Get("/stream")] private static async IAsyncEnumerable<string> Stream()
        {
            for (int i = 0; i < 5; i++)
            {
                await Task.Yield();
                yield return new string('x', 1_000);
            }
        }
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Bytes_are_those_of_the_body(Over transport)
    {
        var loggers = new TelemetryTests.Loggers();
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, AccessLog = true });

        (string Name, string Raw)[] requests =
        [
            .. new[] { "/constant", "/none", "/text", "/utf8", "/bytes", "/response", "/later", "/nothing", "/file", "/throws", "/refuses", "/stream", "/missing" }
                .SelectMany(path => new[] { $"GET {path}", $"HEAD {path}" }).Select(line => (line, line + " HTTP/1.1\r\nHost: a\r\n\r\n")),
            ("not modified", "GET /constant HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n"),
            ("a part", "GET /constant HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4\r\n\r\n"),
            ("parts", "GET /constant HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4,8-9\r\n\r\n"),
            ("parts of a file", "GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=0-4,8-9\r\n\r\n"),
            ("no such part", "GET /constant HTTP/1.1\r\nHost: a\r\nRange: bytes=1000-\r\n\r\n"),
            ("wrong method", "PUT /constant HTTP/1.1\r\nHost: a\r\n\r\n"),
            ("a constant for a body", "GET /constant HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nxy"),
            ("100 first", "POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nxy"),
            ("an HTTP/1.0 stream", "GET /stream HTTP/1.0\r\n\r\n"),
            ("refused", "GET / HTTP/1.1\r\n\r\n"),
        ];
        for (int i = 0; i < requests.Length; i++)
        {
            using var client = new RawClient(server);
            client.Send(requests[i].Raw);
            RawResponse response = client.Receive(toHead: requests[i].Raw.StartsWith("HEAD", StringComparison.Ordinal))!;
            if (response.Status == 100) response = client.Receive()!;

            await Eventually.Until(() => Entries().Length > i, $"{requests[i].Name} is not in the log");
            var entry = Entries()[i];
            Assert.Equal((requests[i].Name, response.Status, (long)response.Body.Length), (requests[i].Name, (int)entry["Status"]!, (long)entry["Bytes"]!));
        }

        Dictionary<string, object?>[] Entries() => [.. loggers.Entries.Where(entry => entry.Category == "Prebake.Access").Select(entry => entry.Values)];
    }
}
