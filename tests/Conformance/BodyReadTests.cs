using System.IO.Pipelines;
using System.Text;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>Bodies that handlers ask for, in every way and again: each gets what its client has sent, in memory of its own.</summary>
public sealed partial class BodyReadTests
{
    internal sealed record Named(string Name);

    [JsonSerializable(typeof(Named))]
    internal sealed partial class BodyJson : JsonSerializerContext;

    internal sealed partial class Reading
    {
        [Post("/bytes")] private static async Task<byte[]> Bytes(Request request) => await request.BytesAsync();

        [Post("/bytes-late")]
        private static async Task<byte[]> BytesLate(Request request)
        {
            await Task.Yield();
            return await request.BytesAsync();
        }

        [Post("/text")]
        private static async Task<string> Text(Request request)
        {
            await Task.Yield();
            return await request.TextAsync();
        }

        [Post("/json")]
        private static async Task<string> Json(Request request) => (await request.JsonAsync(BodyJson.Default.Named))!.Name;

        [Post("/form")] private static async Task<string> Form(Request request) => (await request.FormAsync())["name"]!;

        [Post("/small"), MaxBody(1000)]
        private static async Task<string> Small(Request request)
        {
            await Task.Yield();
            return await request.TextAsync();
        }

        /// <summary>Arrays of different askers are different arrays.</summary>
        [Post("/twice")]
        private static async Task<string> Twice(Request request)
        {
            byte[] first = await request.BytesAsync();
            byte[] second = await request.BytesAsync();
            string text = Encoding.Latin1.GetString(first);
            if (first == second || !first.SequenceEqual(second)) return "the same array, or another body";
            Array.Fill(second, (byte)'!');
            byte[] third = await request.BytesAsync();
            return await request.TextAsync() == text && Encoding.Latin1.GetString(third) == text ? text : "changed by another";
        }

        /// <summary>Who asks while another waits is told so, or gets the same.</summary>
        [Post("/at-once")]
        private static async Task<string> AtOnce(Request request)
        {
            string[] all = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => Task.Run(async () =>
            {
                try
                {
                    return i % 2 == 0 ? await request.TextAsync() : Encoding.Latin1.GetString(await request.BytesAsync());
                }
                catch (InvalidOperationException)
                {
                    return "";
                }
            })));
            return all.Where(text => text.Length > 0).Distinct().Single();
        }

        [Post("/then-stream")]
        private static async Task<string> ThenStream(Request request)
        {
            string text = await request.TextAsync();
            try
            {
                PipeReader reader = request.Body;
                ReadResult read = await reader.ReadAsync();
                return read.IsCompleted && Encoding.Latin1.GetString(read.Buffer) == text ? text : "another";
            }
            catch (InvalidOperationException)
            {
                return text;
            }
        }
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static string Post(string path, string body, bool isChunked, string type = "text/plain", int piece = 700)
    {
        string head = $"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\n";
        if (!isChunked) return $"{head}Content-Length: {body.Length}\r\n\r\n{body}";

        var text = new StringBuilder(head).Append("Transfer-Encoding: chunked\r\n\r\n");
        foreach (char[] chunk in body.Chunk(piece)) text.Append($"{chunk.Length:x}\r\n").Append(chunk).Append("\r\n");
        return text.Append("0\r\n\r\n").ToString();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_is_what_was_sent_whoever_asks_and_however_it_comes(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Reading());
        using var client = new RawClient(server);
        int number = 0;
        foreach (int length in (int[])[10, 1024, 5_000, 70_000, 300_000])
        {
            foreach (bool isChunked in (bool[])[false, true])
            {
                foreach (string path in (string[])["/bytes", "/bytes-late", "/text", "/json", "/form", "/twice", "/at-once", "/then-stream"])
                {
                    string secret = string.Concat(Enumerable.Repeat($"s{number++:D8}.", length / 10));
                    (string body, string type) = path switch
                    {
                        "/json" => ($$"""{"Name":"{{secret}}"}""", "application/json"),
                        "/form" => ($"a=1&name={secret}", "application/x-www-form-urlencoded"),
                        _ => (secret, "text/plain"),
                    };
                    byte[] raw = Encoding.Latin1.GetBytes(Post(path, body, isChunked, type, Math.Max(7, length / 5)));
                    if (number % 3 == 0) client.Send(raw, [raw.Length / 3, raw.Length / 2]);
                    else client.Send(raw);
                    RawResponse response = client.Receive()!;
                    Assert.True(response.Status == 200 && response.Text == secret, $"{path} {length} {isChunked}: {response.Status}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_that_is_too_long_is_refused_and_the_next_one_is_its_own(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Reading());
        foreach (bool isChunked in (bool[])[false, true])
        {
            using var client = new RawClient(server);
            string fits = new('f', 1000);
            client.Send(Post("/small", fits, isChunked));
            Assert.Equal(fits, client.Receive()!.Text);
            client.Send(Post("/small", new string('l', 1001), isChunked));
            Assert.Equal(413, client.Receive()!.Status);
        }
    }
}
