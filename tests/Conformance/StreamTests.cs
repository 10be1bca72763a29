namespace Prebake.Conformance;

/// <summary>Answers that come piece by piece, on both transports.</summary>
public sealed class StreamTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static RawClient Get(Server server, string path, string fields = "", string version = "1.1") =>
        new RawClient(server).Send($"GET {path} HTTP/{version}\r\nHost: a\r\n{fields}\r\n");

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_there_at_once_has_a_length(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        RawResponse answer = RawClient.Ask(server, "/at-once");
        Assert.Equal(("one two é", "10", null), (answer.Text, answer["content-length"], answer["transfer-encoding"]));
        Assert.Equal("text/plain;charset=utf-8", answer["content-type"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Each_piece_arrives_before_the_next_is_made(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        using RawClient client = Get(server, "/channel");

        app.Source.Writer.TryWrite("first");
        RawResponse head = client.Receive(toHead: true)!;
        Assert.Equal("chunked", head["transfer-encoding"]);
        Assert.Equal("first", client.ReadChunk());
        app.Source.Writer.TryWrite("second");
        Assert.Equal("second", client.ReadChunk());
        app.Source.Writer.Complete();
        Assert.Null(client.ReadChunk());
        Assert.False(await app.Disposed.Task.WaitAsync(s_patience));

        Assert.Equal("text", client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);      // the connection goes on
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Bytes_memory_and_lines_of_json(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        Assert.Equal([0, 1, 2, 255], RawClient.Ask(server, "/bytes").Body);
        Assert.Equal([0, 1, 2], RawClient.Ask(server, "/memory").Body);

        RawResponse points = RawClient.Ask(server, "/points");
        Assert.Equal("application/x-ndjson", points["content-type"]);
        Assert.Equal("{\"X\":1,\"Y\":2}\n{\"X\":3,\"Y\":4}\n", points.Text);

        RawResponse typed = RawClient.Ask(server, "/typed");
        Assert.Equal("text/csv", Assert.Single(typed.Fields, field => field.Key == "content-type").Value);
        Assert.Equal(404, RawClient.Ask(server, "/null").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Events_are_framed_as_the_standard_says(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        RawResponse answer = RawClient.Ask(server, "/framing");
        Assert.Equal(("text/event-stream", "no-cache", "no"), (answer["content-type"], answer["cache-control"], answer["x-accel-buffering"]));
        Assert.Equal("data: plain\n\n" +
            ": look\nretry: 1500\nevent: lines\nid: 5\ndata: one\ndata: two\ndata: three\ndata: four\ndata: \n\n" +
            "id: \n\n" +
            "data: \n\n" +
            "event: point\ndata: {\"X\":1,\"Y\":2}\n\n", answer.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_head_of_an_event_stream_comes_before_its_first_event_and_silence_is_filled(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app, new ServeOptions { HeartbeatInterval = TimeSpan.FromMilliseconds(20) });
        using RawClient client = Get(server, "/events");

        Assert.Equal(200, client.Receive(toHead: true)!.Status);
        Assert.Equal(":\n\n", client.ReadChunk());
        Assert.Equal(":\n\n", client.ReadChunk());
        app.Source.Writer.TryWrite("now");
        Assert.Contains("data: now\n\n", new[] { client.ReadChunk(), client.ReadChunk(), client.ReadChunk(), client.ReadChunk() });
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_comes_again_says_what_it_saw_last(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        using RawClient client = Get(server, "/events", "Last-Event-ID: 41\r\n");
        client.Receive(toHead: true);
        Assert.Equal("data: after 41\n\n", client.ReadChunk());
    }

    [Theory, MemberData(nameof(Transports))]
    public Task A_reset_fires_the_token_and_runs_finally(Over transport) => LeavingIsNoticed(transport, static client => client.Reset());

    [Theory, MemberData(nameof(Transports))]
    public Task A_client_that_just_closes_is_noticed_though_nothing_is_written(Over transport) => LeavingIsNoticed(transport, static client => client.Dispose());

    private static async Task LeavingIsNoticed(Over transport, Action<RawClient> leave)
    {
        foreach (string path in new[] { "/channel", "/events" })
        {
            var app = new StreamApp();
            await using Server server = Servers.StartApp(transport, app);
            using RawClient client = Get(server, path);
            await app.Started.Task.WaitAsync(s_patience);
            leave(client);
            Assert.True(await app.Disposed.Task.WaitAsync(s_patience), path);
            await Eventually.Until(() => server.PendingRequests == 0);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_sequence_that_knows_no_token_ends_at_its_next_piece(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        using RawClient client = Get(server, "/deaf");
        client.Receive(toHead: true);
        Assert.StartsWith("0;", client.ReadChunk());
        client.Dispose();
        await app.Disposed.Task.WaitAsync(s_patience);
        await Eventually.Until(() => server.PendingRequests == 0);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_half_closed_client_gets_the_whole_stream(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        using RawClient client = Get(server, "/channel");
        await app.Started.Task.WaitAsync(s_patience);
        client.FinishSending();
        for (int i = 0; i < 20; i++)
        {
            app.Source.Writer.TryWrite($"{i};");
            await Task.Delay(10);
        }

        app.Source.Writer.Complete();
        Assert.Equal(string.Concat(Enumerable.Range(0, 20).Select(i => $"{i};")), client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_does_not_read_stops_the_sequence_and_gets_all_of_it_later(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        using RawClient client = Get(server, "/flood");

        long before = -1;
        await Eventually.Until(() =>
        {
            long now = Interlocked.Read(ref app.Produced);
            bool still = now > 0 && now == before;
            before = now;
            return still;
        }, pause: 200);
        Assert.InRange(before, 1, 12L << 20);           // of 16 MiB; what sockets hold on the loopback is several

        RawResponse whole = client.Receive()!;
        Assert.Equal(4096 * 4096, whole.Body.Length);
        for (int i = 0; i < 4096; i++)
            if (whole.Body.AsSpan(i * 4096, 4096).ContainsAnyExcept((byte)i)) Assert.Fail($"block {i}");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_throws_before_its_first_piece_is_500_and_later_a_cut(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        Assert.Equal(500, RawClient.Ask(server, "/throws-first").Status);

        using RawClient client = Get(server, "/throws-later");
        client.Receive(toHead: true);
        Assert.Equal("first", client.ReadChunk());
        app.Source.Writer.TryWrite("now");
        Assert.True(client.IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Trailers_follow_the_body(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        RawResponse unannounced = RawClient.Ask(server, "/trailers");
        Assert.Equal("body", unannounced.Text);
        Assert.Equal([new("server-timing", "total;dur=5")], unannounced.Trailers);

        RawResponse announced = RawClient.Ask(server, "/announced");
        Assert.Equal("X-Sum", announced["trailer"]);
        Assert.Equal([new("x-sum", "42")], announced.Trailers);

        using RawClient old = Get(server, "/trailers", version: "1.0");
        RawResponse without = old.Receive()!;
        Assert.Equal(("body", null), (without.Text, without["transfer-encoding"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task HEAD_starts_no_sequence_and_HTTP_1_0_reads_to_the_close(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        RawResponse head = RawClient.Ask(server, "/channel", method: "HEAD");
        Assert.Equal((200, "chunked"), (head.Status, head["transfer-encoding"]));
        Assert.False(app.Started.Task.IsCompleted);

        using RawClient old = Get(server, "/points", version: "1.0");
        Assert.Equal("{\"X\":1,\"Y\":2}\n{\"X\":3,\"Y\":4}\n", old.Receive()!.Text);
        Assert.True(old.IsClosed());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stream_of_the_base_library_is_copied_and_disposed_of(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        Assert.Equal(new string('x', 100_000), RawClient.Ask(server, "/copied").Text);
        await app.Disposed.Task.WaitAsync(s_patience);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_is_read_while_the_answer_is_written(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StreamApp());
        using var client = new RawClient(server);
        client.Send("POST /both HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n");
        Assert.Equal(200, client.Receive(toHead: true)!.Status);
        Assert.Equal("3;", client.ReadChunk());
        client.Send("5\r\nabcde\r\n");
        Assert.Equal("5;", client.ReadChunk());
        client.Send("0\r\n\r\n");
        Assert.Null(client.ReadChunk());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Requests_behind_a_stream_wait_for_its_end(Over transport)
    {
        var app = new StreamApp();
        await using Server server = Servers.StartApp(transport, app);
        using RawClient client = Get(server, "/channel").Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\n");
        app.Source.Writer.TryWrite("one");
        app.Source.Writer.Complete();
        Assert.Equal("one", client.Receive()!.Text);
        Assert.Equal("text", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Stopping_ends_event_streams_whole_and_waits_for_others(Over transport)
    {
        var app = new StreamApp();
        Server server = Servers.StartApp(transport, app);
        using RawClient events = Get(server, "/events");
        await app.Started.Task.WaitAsync(s_patience);
        events.Receive(toHead: true);

        Task stopped = server.StopAsync();
        Assert.Null(events.ReadChunk());
        Assert.True(await app.Disposed.Task.WaitAsync(s_patience));
        Assert.True(events.IsClosed());
        await stopped.WaitAsync(s_patience);
    }

    [Fact]
    public async Task In_memory_a_stream_is_complete_with_its_trailers()
    {
        await using Server server = Servers.StartApp(Servers.Transports.First(), new StreamApp());
        Response answer = await server.FetchAsync("/trailers");
        Assert.Equal(("body", "total;dur=5"), (answer.BodyText, answer.Trailers["Server-Timing"]));
    }
}
