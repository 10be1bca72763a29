using System.Net.Sockets;
using System.Text;

namespace Prebake.Conformance;

/// <summary>What happens over time on one connection: pipelining, 100-continue, half-close, resets, unread bodies, slow peers.</summary>
public sealed class ConversationTests
{
    private const string Host = "Host: a\r\n\r\n";

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_thousand_pipelined_requests_are_answered_in_order(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        var raw = new StringBuilder();
        for (int i = 0; i < 1000; i++) raw.Append(i % 100 == 7 ? "GET /slow HTTP/1.1\r\n" : $"GET /users/{i} HTTP/1.1\r\n").Append(Host);
        Task sending = Task.Run(() => client.Send(raw.ToString()));

        for (int i = 0; i < 1000; i++) Assert.Equal(i % 100 == 7 ? "slow answer" : $"user {i}", client.Receive()!.Text);
        await sending;
    }

    [Theory, MemberData(nameof(Transports))]
    public void Large_answers_to_a_slow_reader_are_whole(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Socket.ReceiveBufferSize = 16 << 10;
        client.Send(string.Concat(Enumerable.Repeat("GET /large HTTP/1.1\r\n" + Host, 8)));
        Thread.Sleep(100);

        for (int i = 0; i < 8; i++) Assert.Equal(TestApp.LargeBody, client.Receive()!.Body);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Continue_is_sent_when_the_handler_first_reads(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        Assert.Equal(100, client.Receive()!.Status);
        client.Send("hello");
        Assert.Equal("hello", client.Receive()!.Text);

        // Sent without waiting: no 100 is owed
        client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\nhello");
        Assert.Equal(200, client.Receive()!.Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_handler_that_does_not_read_saves_the_client_the_body(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Send("POST /unread HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n");
        RawResponse response = client.Receive()!;
        Assert.Equal((200, "close"), (response.Status, response["connection"]));
        Assert.True(client.IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public void An_unread_body_is_drained_if_it_is_small(Over transport)
    {
        foreach (string path in (string[])["/unread", "/unread-async", "/static", "/nowhere"])
        {
            using var client = new RawClient(Servers.Of(transport));
            string method = path == "/static" ? "GET" : "POST";
            client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n" + new string('x', 100_000));
            Assert.Equal(path == "/nowhere" ? 404 : 200, client.Receive()!.Status);
            Assert.Equal("handler answer", client.Send("GET /text HTTP/1.1\r\n" + Host).Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_large_unread_body_closes_and_the_answer_arrives(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Send("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 10000000\r\n\r\n" + new string('x', 50_000));
        RawResponse response = client.Receive()!;
        Assert.Equal((200, "close"), (response.Status, response["connection"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_refused_body_is_answered_while_it_is_still_being_sent(Over transport)
    {
        using var client = new RawClient(Servers.Of(transport));
        client.Send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 200000000\r\n\r\n" + new string('x', 100_000));
        Assert.Equal(413, client.Receive()!.Status);
        Assert.True(client.FinishSending().IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public void A_body_that_came_with_the_head_may_come_late_too(Over transport)
    {
        foreach (string path in (string[])["/echo", "/echo-text"])
        {
            using var client = new RawClient(Servers.Of(transport));
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nab");
            Thread.Sleep(20);
            client.Send("cd");
            Thread.Sleep(20);
            RawResponse response = client.Send("ef").Receive()!;
            Assert.Equal((200, "abcdef"), (response.Status, response.Text));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Half_closed_clients_get_their_answers(Over transport)
    {
        foreach (string path in (string[])["/static", "/text", "/slow", "/yield", "/stream"])
        {
            using var client = new RawClient(Servers.Of(transport));
            client.Send(string.Concat(Enumerable.Repeat($"GET {path} HTTP/1.1\r\n{Host}", 10))).FinishSending();
            for (int i = 0; i < 10; i++) Assert.Equal(200, client.Receive()!.Status);
            Assert.True(client.IsClosed());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Half_a_request_and_then_nothing_ends_quietly(Over transport)
    {
        foreach (string half in (string[])["", "G", "GET /text HTTP/1.1\r\nHost: a\r\n", "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel", "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel"])
        {
            using var client = new RawClient(Servers.Of(transport));
            client.Send(half).FinishSending();
            byte[] answer;
            try { answer = client.ReadToEnd(); } catch (SocketException) { answer = []; }
            Assert.DoesNotContain("200 OK", Encoding.Latin1.GetString(answer));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public void Resets_disturb_nobody_else(Over transport)
    {
        Server server = Servers.Of(transport);
        string[] starts =
        [
            "", "GET /te", "GET /text HTTP/1.1\r\n" + Host, "GET /slow HTTP/1.1\r\n" + Host, "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe",
            "POST /pipe HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhe", "GET /large HTTP/1.1\r\n" + Host, "GET /stream HTTP/1.1\r\n" + Host, "GET /blocking HTTP/1.1\r\n" + Host,
        ];

        for (int round = 0; round < 30; round++)
        {
            foreach (string start in starts)
            {
                var client = new RawClient(server);
                client.Send(start);
                if (round % 2 == 0) Thread.Yield();
                client.Reset();
            }
        }

        using var good = new RawClient(server);
        Assert.Equal("handler answer", good.Send("GET /text HTTP/1.1\r\n" + Host).Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Slow_heads_bodies_and_idle_connections_are_cut(Over transport)
    {
        await using Server server = Servers.Start(transport, new ServeOptions { IdleTimeout = TimeSpan.FromMilliseconds(300), HeadTimeout = TimeSpan.FromMilliseconds(300) });

        using var silent = new RawClient(server);
        Assert.True(silent.IsClosed());

        using var idle = new RawClient(server);
        idle.Send("GET /text HTTP/1.1\r\n" + Host).Receive();
        Assert.True(idle.IsClosed());

        using var slowHead = new RawClient(server);
        slowHead.Send("GET /text HTTP/1.1\r\n");
        Assert.Equal(408, slowHead.Receive()!.Status);
        Assert.True(slowHead.IsClosed());

        foreach (string path in (string[])["/echo", "/body", "/pipe"])
        {
            using var slowBody = new RawClient(server);
            slowBody.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
            Assert.Equal(408, slowBody.Receive()!.Status);
            Assert.True(slowBody.IsClosed());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_time_that_a_handler_takes_is_not_idle(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PatientApp(), new ServeOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        using var client = new RawClient(server);
        Assert.Equal("done", client.Send("GET /long HTTP/1.1\r\n" + Host).Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_silence_that_a_route_allows_counts_for_a_body_that_it_binds(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PatientApp(), new ServeOptions { IdleTimeout = TimeSpan.FromMilliseconds(200) });
        foreach (string path in (string[])["/bound", "/declines/x.txt"])
        {
            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
            await Task.Delay(1_000);
            Assert.Equal("hello", client.Send("llo").Receive()!.Text);
        }

        using var other = new RawClient(server);
        other.Send("POST /other HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhe");
        Assert.Equal(408, other.Receive()!.Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_token_fires_when_the_client_leaves(Over transport)
    {
        var app = new PatientApp();
        await using Server server = Servers.StartApp(transport, app);

        foreach (bool reset in (bool[])[true, false])
        {
            var client = new RawClient(server);
            client.Send("GET /waits HTTP/1.1\r\n" + Host);
            await app.Waiting.WaitAsync().WaitAsync(TimeSpan.FromSeconds(20));
            if (reset) client.Reset();
            else client.Dispose();
            await app.Left.WaitAsync().WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_can_be_cut(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PatientApp());
        foreach (string path in (string[])["/abort", "/abort-late"])
        {
            using var client = new RawClient(server);
            client.Send($"GET {path} HTTP/1.1\r\n{Host}");
            Assert.True(client.IsClosed());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_knows_its_address_and_its_server(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PatientApp(), new ServeOptions { Id = "one" });
        using var client = new RawClient(server);
        string text = client.Send("GET /about?x=1 HTTP/1.1\r\nHost: b:81\r\n\r\n").Receive()!.Text;
        Assert.Equal($"GET http://b:81/about?x=1 /about 127.0.0.1 {((System.Net.IPEndPoint)client.Socket.LocalEndPoint!).Port} one 1", text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Faults_on_other_threads_do_not_touch_the_next_request(Over transport)
    {
        // A handler that throws on a thread of the pool gives its exchange away with the fault; whoever gets it next must not be disturbed
        await using Server server = Servers.Start(transport);
        Parallel.For(0, 16, new ParallelOptions { MaxDegreeOfParallelism = 16 }, number =>
        {
            using var client = new RawClient(server);
            for (int i = 0; i < 500; i++)
            {
                string body = $"{number}:{i}";
                client.Send($"GET /throws-late HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo-text HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
                Assert.Equal(500, client.Receive()!.Status);
                Assert.Equal(body, client.Receive()!.Text);
            }
        });
    }
}

internal sealed partial class PatientApp
{
    public SemaphoreSlim Waiting { get; } = new(0);
    public SemaphoreSlim Left { get; } = new(0);

    [Get("/long")] private static async Task<string> Long() { await Task.Delay(700); return "done"; }

    [Post("/bound"), IdleTimeout(60)] private static string Bound([Body] string text) => text;
    [Post("/declines/{id}.txt"), IdleTimeout(0.1)] private static string Declines(int id) => $"{id}";
    [Post("/declines/{name}"), IdleTimeout(60)] private static string Declined(string name, [Body] string text) => name.Length > 0 ? text : "";
    [Post("/other")] private static string Other([Body] string text) => text;

    [Get("/waits")]
    private async Task<string> Waits(CancellationToken aborted)
    {
        Waiting.Release();
        try { await Task.Delay(Timeout.Infinite, aborted); }
        catch (OperationCanceledException) { Left.Release(); throw; }
        return "never";
    }

    [Get("/abort")] private static string Abort(Request request) { request.Abort(); return "never"; }
    [Get("/abort-late")] private static async Task<string> AbortLate(Request request) { await Task.Yield(); request.Abort(); await Task.Delay(1000); return "never"; }

    [Get("/about")]
    private static string About(Request request, Server server) =>
        $"{request.Method} {request.Url} {request.Path} {request.RemoteEndPoint!.Address} {request.RemoteEndPoint.Port} {server.Id} {server.PendingRequests}";
}
