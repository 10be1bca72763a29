using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>
/// Steps are called before the body of the request has been read: who is refused need not send it, and what goes wrong with
/// a body that comes later passes them all the same.
/// </summary>
public sealed partial class EarlyStepTests
{
    internal sealed record Item([property: System.ComponentModel.DataAnnotations.StringLength(5)] string Name);

    [JsonSerializable(typeof(Item))]
    internal sealed partial class EarlyJson : JsonSerializerContext;

    internal sealed partial class Door
    {
        [After] private static void Seen(Response response) => response.Headers.Add("X-Seen", $"{response.Status}");
        [Before] private static Response? Check([Header("X-Key")] string? key) => key == "wrong" ? new Response("closed") { Status = 401 } : null;
        [Before] private static void Limit([Header("X-Many")] string? many) { if (many is not null) throw new HttpException(429, "too many") { Headers = { ["Retry-After"] = "1" } }; }

        [Post("/text")] private static string Text([Body] string body) => body;
        [Post("/json")] private static string AsJson(Item item) => item.Name;
        [Post("/small"), MaxBody(5)] private static string Small([Body] string body) => body;
        [Post("/bytes/{n}")] private static string Bytes(int n, [Body] ReadOnlySpan<byte> body) => $"{n} {body.Length}";
        [Post("/blocking"), Blocking] private static string Blocks([Body] string body) => body;
        [Post("/later")] private static async Task<string> Later([Body] string body) { await Task.Yield(); return body; }
        [Post("/read")] private static async Task<string> Read(Request request) => await request.TextAsync();
        [Get("/text")] private static string Plain() => "plain";
        [WebSocket("/socket")] private static WebSocketHandler Socket() => new Echo();
        [Mount("/part")] private readonly Part _part = new();
        [Mount("/stepped")] private readonly Stepped _stepped = new();
        [Mount("/round")] private readonly Round _round = new();
        [Mount("/waiting")] private readonly Waiting _waiting = new();
        [Fetch] private static string Rest([Body] string body) => body;
    }

    internal sealed partial class Part { [Post("/text")] private static string Text([Body] string body) => body; }

    internal sealed partial class Stepped
    {
        [After] private static void Seen(Response response) => response.Headers.Add("X-Seen", $"part {response.Status}");
        [Before] private static HttpException? Check([Header("X-Part")] string? key) => key == "wrong" ? new HttpException(403, "not here") : null;
        [Post("/text")] private static string Text([Body] string body) => body;
        [Post("/small"), MaxBody(5)] private static string Small([Body] string body) => body;
    }

    internal sealed partial class Round
    {
        [Before] private static HttpException? Check([Header("X-Part")] string? key) => key == "wrong" ? new HttpException(403, "not here") : null;
        [Around] private static Response Around(Next next)
        {
            Response response = next.Run();
            response.Headers.Add("X-Seen", $"around {response.Status}");
            return response;
        }

        [Post("/text")] private static string Text([Body] string body) => body;
        [Post("/small"), MaxBody(5)] private static string Small([Body] string body) => body;
    }

    internal sealed partial class Waiting
    {
        [Before] private static async ValueTask<HttpException?> Check([Header("X-Part")] string? key) { await Task.Yield(); return key == "wrong" ? new HttpException(403, "not here") : null; }
        [Around] private static async Task<Response> Around(Next next)
        {
            Response response = await next.RunAsync();
            response.Headers.Add("X-Seen", $"around {response.Status}");
            return response;
        }

        [Post("/text")] private static string Text([Body] string body) => body;
        [Post("/small"), MaxBody(5)] private static string Small([Body] string body) => body;
    }

    internal sealed class Echo : WebSocketHandler
    {
        protected override void Open() => Send("open");
    }

    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new Door()));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static string? Seen(RawResponse response) =>
        response["x-seen"] is null ? null : string.Join(", ", response.Fields.Where(field => field.Key == "x-seen").Select(field => field.Value));

    // Those that a step of the app refuses, one that throws, and steps of parts
    private static readonly (string Path, string Fields, int Status, string Seen)[] s_refused =
    [
        ("/text", "X-Key: wrong\r\n", 401, "401"),
        ("/text", "X-Many: 1\r\n", 429, "429"),
        ("/json", "X-Key: wrong\r\n", 401, "401"),
        ("/bytes/5", "X-Key: wrong\r\n", 401, "401"),
        ("/blocking", "X-Key: wrong\r\n", 401, "401"),
        ("/later", "X-Key: wrong\r\n", 401, "401"),
        ("/nothing", "X-Key: wrong\r\n", 401, "401"),
        ("/part/text", "X-Key: wrong\r\n", 401, "401"),
        ("/stepped/text", "X-Key: wrong\r\n", 401, "401"),
        ("/stepped/text", "X-Part: wrong\r\n", 403, "part 403, 403"),
        ("/round/text", "X-Part: wrong\r\n", 403, "403"),
        ("/waiting/text", "X-Part: wrong\r\n", 403, "403"),
    ];

    private static readonly (string Path, string Text, string Seen)[] s_let =
    [
        ("/text", "abcde", "200"),
        ("/bytes/5", "5 5", "200"),
        ("/blocking", "abcde", "200"),
        ("/later", "abcde", "200"),
        ("/read", "abcde", "200"),
        ("/nothing", "abcde", "200"),
        ("/part/text", "abcde", "200"),
        ("/stepped/text", "abcde", "part 200, 200"),
        ("/round/text", "abcde", "around 200, 200"),
        ("/waiting/text", "abcde", "around 200, 200"),
    ];

    [Theory, MemberData(nameof(Transports))]
    public void Who_is_refused_is_answered_before_the_body_has_come(Over transport)
    {
        Server server = s_servers.Of(transport);
        foreach ((string path, string fields, int status, string seen) in s_refused)
        {
            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{fields}Content-Type: application/json\r\nContent-Length: 100\r\n\r\n");
            Expect(client.Receive()!);

            // A short body that has been announced is awaited and thrown away; the connection goes on
            client.Send(new string('x', 60));
            client.Send($"{new string('x', 40)}GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("plain", client.Receive()!.Text);

            // The same when it comes together with the next request
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: 3\r\n\r\nabcGET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            Expect(client.Receive()!);
            Assert.Equal("plain", client.Receive()!.Text);

            // One in chunks may go on for ever
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{fields}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
            RawResponse chunked = client.Receive()!;
            Expect(chunked);
            Assert.Equal("close", chunked["connection"]);

            void Expect(RawResponse response) => Assert.True((status, seen) == (response.Status, Seen(response)), $"{path} {fields}: {response.Status} {Seen(response)} {response.Text}");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Nobody_who_is_refused_is_told_to_send_the_body(Over transport)
    {
        Server server = s_servers.Of(transport);
        foreach ((string path, string fields, int status, string seen) in s_refused)
        {
            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{fields}Content-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            RawResponse response = client.Receive()!;
            Assert.True((status, seen, "close") == (response.Status, Seen(response), response["connection"]), $"{path} {fields}: {response.Status} {Seen(response)}");
        }

        foreach ((string path, string text, string seen) in s_let)
        {
            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nExpect: 100-continue\r\n\r\n");
            Assert.Equal(100, client.Receive()!.Status);
            client.Send("abcde");
            RawResponse response = client.Receive()!;
            Assert.True((200, text, seen) == (response.Status, response.Text, Seen(response)), $"{path}: {response.Status} {response.Text} {Seen(response)}");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_body_comes_with_the_head_or_slowly_or_in_chunks(Over transport)
    {
        Server server = s_servers.Of(transport);
        foreach ((string path, string text, string seen) in s_let)
        {
            using var client = new RawClient(server);
            string head = $"POST {path} HTTP/1.1\r\nHost: a\r\n";
            client.Send($"{head}Content-Length: 5\r\n\r\nabcde{head}Content-Length: 5\r\n\r\nabcde");
            Expect();
            Expect();
            client.Send($"{head}Content-Length: 5\r\n\r\n");
            foreach (char letter in "abcde") client.Send($"{letter}");
            Expect();
            client.Send($"{head}Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n");
            client.Send("3\r\ncde");
            client.Send("\r\n0\r\n\r\nGET /text HTTP/1.1\r\nHost: a\r\n\r\n");
            Expect();
            Assert.Equal("plain", client.Receive()!.Text);

            void Expect()
            {
                RawResponse response = client.Receive()!;
                Assert.True((200, text, seen) == (response.Status, response.Text, Seen(response)), $"{path}: {response.Status} {response.Text} {Seen(response)}");
            }
        }

        string large = new('x', 1_000_000);
        using var big = new RawClient(server);
        big.Send($"POST /stepped/text HTTP/1.1\r\nHost: a\r\nContent-Length: {large.Length}\r\n\r\n{large}");
        Assert.Equal(large, big.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public void What_goes_wrong_with_a_body_later_passes_the_steps(Over transport)
    {
        Server server = s_servers.Of(transport);
        foreach ((string path, string seen) in ((string, string)[])[("/small", "{0}"), ("/stepped/small", "part {0}, {0}"), ("/round/small", "around {0}, {0}"), ("/waiting/small", "around {0}, {0}")])
        {
            foreach ((string sent, int status) in ((string, int)[])[("3\r\nabc\r\n3\r\nabc\r\n", 413), ("3\r\nabc\r\nzz\r\n", 400)])
            {
                // With the head, and later
                foreach (bool isLate in (bool[])[false, true])
                {
                    using var client = new RawClient(server);
                    string head = $"POST {path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n{(isLate ? "Expect: 100-continue\r\n" : "")}\r\n";
                    client.Send(isLate ? head : head + sent);
                    if (isLate)
                    {
                        Assert.Equal(100, client.Receive()!.Status);
                        client.Send(sent);
                    }

                    RawResponse response = client.Receive()!;
                    Assert.True((status, seen.Replace("{0}", $"{status}", StringComparison.Ordinal), "close") == (response.Status, Seen(response), response["connection"]),
                        $"{path} {isLate}: {response.Status} {Seen(response)} {response["connection"]}");
                    Assert.True(client.FinishSending().IsClosed());
                }
            }

            // By its announcement
            using var announced = new RawClient(server);
            announced.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
            RawResponse large = announced.Receive()!;
            Assert.Equal((413, seen.Replace("{0}", "413", StringComparison.Ordinal)), (large.Status, Seen(large)));
        }

        foreach ((string type, string body, int status) in ((string, string, int)[])
        [
            ("application/json", """{"Name":"Ada"}""", 200), ("application/json", """{"Name":"too long"}""", 422), ("application/json", """{"Name":5}""", 400), ("text/plain", "x", 415), ("application/json", "", 400),
        ])
        {
            foreach (bool isLate in (bool[])[false, true])
            {
                using var client = new RawClient(server);
                string head = $"POST /json HTTP/1.1\r\nHost: a\r\nContent-Type: {type}\r\nContent-Length: {body.Length}\r\n\r\n";
                client.Send(isLate ? head : head + body);
                if (isLate) client.Send(body);
                RawResponse response = client.Receive()!;
                Assert.True((status, $"{status}") == (response.Status, Seen(response)), $"{type} {body}: {response.Status} {Seen(response)}");
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_leaves_in_the_middle_of_its_body_leaves_nothing_behind(Over transport)
    {
        var app = new Left();
        await using Server server = Servers.StartApp(transport, app);
        foreach (string path in (string[])["/text", "/stepped/text", "/round/text", "/waiting/text"])
        {
            using (var client = new RawClient(server)) client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc");
            using (var client = new RawClient(server)) client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc").Reset();
        }

        await Eventually.Until(() => server.PendingRequests == 0, "Some request has not ended.");
        Assert.Equal("plain", RawClient.Ask(server, "/plain").Text);
        // What encloses the handler has gone on, and nothing has gone wrong that anybody should hear of
        // (a reset may take a request along that has not been read)
        await Eventually.Until(() => app.Count400 >= 4, () => $"{app.Count400} of 4 at least");
        Assert.Empty(app.Bugs);
    }

    /// <summary>Counts whose body has not come.</summary>
    internal sealed partial class Left
    {
        private int _left;
        public int Count400 => Volatile.Read(ref _left);
        public System.Collections.Concurrent.ConcurrentQueue<Exception> Bugs { get; } = [];

        [Around] private async Task<Response> Count(Next next)
        {
            Response response = await next.RunAsync();
            if (response.Status == 400) Interlocked.Increment(ref _left);
            return response;
        }

        [Get("/plain")] private static string Plain() => "plain";
        [Post("/text")] private static string Text([Body] string body) => body;
        [Mount("/stepped")] private readonly Stepped _stepped = new();
        [Mount("/round")] private readonly Round _round = new();
        [Mount("/waiting")] private readonly Waiting _waiting = new();
        [Error] private string? On(Exception bug)
        {
            if (bug is not HttpException) Bugs.Enqueue(bug);
            return null;
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_that_comes_too_slowly_passes_the_steps(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Door(), new ServeOptions { IdleTimeout = TimeSpan.FromSeconds(1) });
        foreach (string path in (string[])["/text", "/round/text", "/waiting/text"])
        {
            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc");
            RawResponse response = client.Receive()!;
            Assert.True((408, "close") == (response.Status, response["connection"]), $"{path}: {response.Status}");
            Assert.EndsWith("408", Seen(response), StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void HEAD_and_handshakes_are_refused_by_steps_too(Over transport)
    {
        Server server = s_servers.Of(transport);
        using var client = new RawClient(server);
        client.Send("HEAD /text HTTP/1.1\r\nHost: a\r\nX-Key: wrong\r\nContent-Length: 3\r\n\r\n");
        RawResponse head = client.Receive(toHead: true)!;
        Assert.Equal((401, "401", "6"), (head.Status, Seen(head), head["content-length"]));
        client.Send("abcGET /text HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("plain", client.Receive()!.Text);

        const string Handshake = "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        client.Send(Handshake + "X-Key: wrong\r\n\r\n");
        RawResponse refused = client.Receive()!;
        Assert.Equal((401, "401"), (refused.Status, Seen(refused)));
        client.Send(Handshake + "\r\n");
        RawResponse switched = client.Receive()!;
        Assert.Equal((101, "101"), (switched.Status, Seen(switched)));
        Assert.Equal("\u0081\u0004open", System.Text.Encoding.Latin1.GetString(client.ReadExactly(6)));
    }

    [Fact]
    public async Task A_test_without_a_port_sees_the_same()
    {
        await using TestServer test = Serve.Test(new Door());
        using var refused = new System.Net.Http.HttpRequestMessage(System.Net.Http.HttpMethod.Post, "/text") { Content = new System.Net.Http.StringContent("abc"), Headers = { { "X-Key", "wrong" } } };
        Assert.Equal(401, (int)(await test.SendAsync(refused)).StatusCode);
        using var let = new System.Net.Http.HttpRequestMessage(System.Net.Http.HttpMethod.Post, "/round/text") { Content = new System.Net.Http.StringContent("abc") };
        Assert.Equal("abc", await (await test.SendAsync(let)).Content.ReadAsStringAsync());
    }
}
