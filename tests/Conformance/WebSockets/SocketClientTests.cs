using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// The client in memory that users test their handlers with: it sees what a client far away would see.
/// </summary>
public sealed partial class SocketClientTests
{
    internal sealed partial class App
    {
        public readonly TaskCompletionSource<string> Ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        public readonly TaskCompletionSource<byte[]> Pinged = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [WebSocket("/echo", Protocols = ["v2", "v1"])] private Echo Connect(Request request)
        {
            request.UpgradeHeaders["X-Hello"] = request.Headers["X-Name"] ?? "nobody";
            return new Echo(this);
        }

        [WebSocket("/refused")] private static Echo? Refused() => null;

        [WebSocket("/teapot")] private static Echo Teapot() => throw new HttpException(418);

        [WebSocket("/hello/{name}")] private static Greeter Greet(string name) => new(name);

        // Of one test alone, since meters and spans are the whole process's
        [WebSocket("/metered/{name}")] private static Greeter Metered(string name) => new(name);
    }

    internal sealed class Echo(App app) : WebSocketHandler
    {
        protected override ValueTask Message(string text)
        {
            if (text == "close") CloseSocket(4001, "as you wish");
            else if (text == "cut") Terminate();
            else if (text.StartsWith("flood ", StringComparison.Ordinal)) Flood(int.Parse(text[6..]));
            else Send(text);
            return default;
        }

        protected override ValueTask Message(ReadOnlyMemory<byte> data)
        {
            Send(data.Span);
            return default;
        }

        protected override void Ping(ReadOnlySpan<byte> data) => app.Pinged.TrySetResult(data.ToArray());

        protected override void Close(int code, string reason) => app.Ended.TrySetResult($"{code} {reason}");

        private void Flood(int count)
        {
            for (int i = 0; i < count; i++) Send(new byte[10_000]);
        }
    }

    internal sealed class Greeter(string name) : WebSocketHandler
    {
        protected override void Open() => Send($"hello {name}");
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(125), InlineData(126)]
    [InlineData(65_535), InlineData(65_536), InlineData(3_000_000)]
    public async Task Messages_of_every_size_come_back(int length)
    {
        await using Server server = Start(out _);
        await using WebSocketClient client = await server.ConnectAsync("/echo");

        byte[] data = new byte[length];
        Random.Shared.NextBytes(data);
        Task sending = client.SendAsync(data).AsTask();
        WebSocketMessage message = (await client.ReceiveAsync())!.Value;
        await sending;
        Assert.Equal(MessageKind.Binary, message.Kind);
        Assert.True(data.AsSpan().SequenceEqual(message.Data.Span));

        await client.SendAsync(new string('ä', length / 2));
        message = (await client.ReceiveAsync())!.Value;
        Assert.Equal(MessageKind.Text, message.Kind);
        Assert.Equal(new string('ä', length / 2), message.Text);
    }

    [Fact]
    public async Task Parameters_headers_and_subprotocols_are_bound_as_ever()
    {
        await using Server server = Start(out _);
        await using WebSocketClient greeted = await server.ConnectAsync("/hello/J%C3%BCrgen");
        Assert.Equal("hello Jürgen", (await greeted.ReceiveAsync())?.Text);

        var request = new Request("/echo") { Headers = { ["X-Name"] = "Ada" } };
        await using WebSocketClient client = await server.ConnectAsync(request, ["v1", "v0"]);
        Assert.Equal("v1", client.Protocol);
        Assert.Equal("Ada", client.ResponseHeaders["X-Hello"]);

        await using WebSocketClient plain = await server.ConnectAsync("/echo");
        Assert.Null(plain.Protocol);
        Assert.Equal(3, server.PendingWebSockets);
    }

    [Fact]
    public async Task A_refused_handshake_throws_with_the_response()
    {
        await using Server server = Start(out _);
        Assert.Equal(403, await Refused("/refused"));
        Assert.Equal(418, await Refused("/teapot"));
        Assert.Equal(404, await Refused("/nowhere"));

        var foreign = new Request("/echo") { Headers = { ["Origin"] = "https://evil.example" } };
        var refusal = await Assert.ThrowsAsync<WebSocketRefusedException>(
            async () => await server.ConnectAsync(foreign));
        Assert.Equal(403, refusal.Response.Status);
        Assert.Contains("403", refusal.Message);
        Assert.Equal(0, server.PendingWebSockets);

        await Assert.ThrowsAsync<ArgumentException>(
            async () => await server.ConnectAsync(new Request("/echo", "POST")));

        async Task<int> Refused(string url) =>
            (await Assert.ThrowsAsync<WebSocketRefusedException>(
                async () => await server.ConnectAsync(url))).Response.Status;
    }

    [Fact]
    public async Task Each_side_hears_why_the_other_closes()
    {
        await using Server server = Start(out App app);
        await using WebSocketClient client = await server.ConnectAsync("/echo");
        await client.SendAsync("one");
        await client.CloseAsync(3000, "enough");
        Assert.Equal("3000 enough", await app.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        Assert.Equal("one", (await client.ReceiveAsync())?.Text);
        Assert.Null(await client.ReceiveAsync());
        await Assert.ThrowsAsync<IOException>(async () => await client.SendAsync("more"));

        await using Server second = Start(out App other);
        await using WebSocketClient closed = await second.ConnectAsync("/echo");
        Assert.Null(closed.CloseCode);
        await closed.SendAsync("close");
        Assert.Null(await closed.ReceiveAsync());
        Assert.Equal((4001, "as you wish"), (closed.CloseCode, closed.CloseReason));
        Assert.Equal("4001 as you wish", await other.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await closed.CloseAsync();

        await using Server third = Start(out App last);
        await using WebSocketClient cut = await third.ConnectAsync("/echo");
        await cut.SendAsync("cut");
        Assert.Null(await cut.ReceiveAsync());
        Assert.Equal(1006, cut.CloseCode);
        Assert.StartsWith("1006", await last.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_client_that_vanishes_is_1006()
    {
        await using Server server = Start(out App app);
        WebSocketClient client = await server.ConnectAsync("/echo");
        await client.DisposeAsync();
        Assert.StartsWith("1006", await app.Ended.Task.WaitAsync(TimeSpan.FromSeconds(30)));
        await Eventually.Until(() => server.PendingWebSockets == 0);
    }

    [Fact]
    public async Task A_stop_closes_with_1001()
    {
        Server server = Start(out _);
        await using WebSocketClient client = await server.ConnectAsync("/echo");
        Task stopped = server.StopAsync();
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(1001, client.CloseCode);
        await stopped.WaitAsync(TimeSpan.FromSeconds(30));
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await server.ConnectAsync("/echo"));
    }

    [Fact]
    public async Task Pings_arrive_and_one_that_does_not_read_is_slow()
    {
        await using Server server = Start(out App app);
        await using WebSocketClient client = await server.ConnectAsync("/echo");
        await client.SendPingAsync(new byte[] { 1, 2, 3 });
        Assert.Equal([1, 2, 3], await app.Pinged.Task.WaitAsync(TimeSpan.FromSeconds(30)));

        await client.SendAsync("flood 100");
        await client.SendAsync("after");
        for (int i = 0; i < 100; i++) Assert.Equal(10_000, (await client.ReceiveAsync())?.Data.Length);
        Assert.Equal("after", (await client.ReceiveAsync())?.Text);
    }

    [Fact]
    public async Task One_receives_at_a_time_and_a_wait_can_be_given_up()
    {
        await using Server server = Start(out _);
        await using WebSocketClient client = await server.ConnectAsync("/echo");
        using var patience = new CancellationTokenSource();
        Task<WebSocketMessage?> waiting = client.ReceiveAsync(patience.Token).AsTask();
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await client.ReceiveAsync());

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        await client.SendAsync("still here");
        Assert.Equal("still here", (await client.ReceiveAsync())?.Text);
    }

    [Fact]
    public async Task Meters_spans_and_the_access_log_see_sockets()
    {
        var log = new TelemetryTests.Loggers();
        var app = new App();
        await using Server server = Servers.StartApp(
            Servers.Transports[0], app, new ServeOptions { AccessLog = true, LoggerFactory = log });

        string route = "/metered/{name}";
        long active = 0, messages = 0, bytes = 0;
        var durations = new List<(double Seconds, int Code)>();
        using var meters = new MeterListener();
        meters.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Name.StartsWith("prebake.websocket.", StringComparison.Ordinal))
                listener.EnableMeasurementEvents(instrument);
        };
        meters.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            // Other tests of this process open sockets, too
            foreach (KeyValuePair<string, object?> tag in tags)
                if (tag is { Key: "http.route", Value: "/metered/{name}" }) Interlocked.Add(ref active, value);
            if (instrument.Name == "prebake.websocket.messages") Interlocked.Add(ref messages, value);
            if (instrument.Name == "prebake.websocket.io") Interlocked.Add(ref bytes, value);
        });
        meters.SetMeasurementEventCallback<double>((_, value, tags, _) =>
        {
            int code = 0;
            bool isOurs = false;
            foreach (KeyValuePair<string, object?> tag in tags)
            {
                if (tag.Key == "prebake.websocket.close_code") code = (int)tag.Value!;
                isOurs |= tag is { Key: "http.route", Value: "/metered/{name}" };
            }

            if (isOurs) lock (durations) durations.Add((value, code));
        });
        meters.Start();

        var spans = new List<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Prebake.Server",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity => { lock (spans) spans.Add(activity); },
        };
        ActivitySource.AddActivityListener(listener);

        await using WebSocketClient client = await server.ConnectAsync("/metered/Metra");
        Assert.Equal("hello Metra", (await client.ReceiveAsync())?.Text);
        Assert.Equal(1, Volatile.Read(ref active));
        await client.CloseAsync(3001);

        await Eventually.Until(() => Volatile.Read(ref active) == 0 && Logged("WEBSOCKET /metered/Metra", "3001"));
        await Eventually.Until(() => { lock (durations) return durations.Count > 0; });
        Assert.Contains(durations, one => one.Code == 3001);
        Assert.True(Volatile.Read(ref messages) >= 1 && Volatile.Read(ref bytes) >= 11);
        Assert.True(Logged("GET /metered/Metra", " 101 "));

        await Eventually.Until(() => { lock (spans) return spans.Any(IsOurs); });
        Activity span, handshake;
        lock (spans)
        {
            span = spans.First(IsOurs);
            handshake = spans.First(one => one.SpanId == span.ParentSpanId);
        }

        Assert.Equal($"GET {route}", handshake.DisplayName);
        Assert.Equal(3001, span.GetTagItem("prebake.websocket.close_code"));
        Assert.Equal(1L, span.GetTagItem("prebake.websocket.messages_sent"));

        bool Logged(string first, string second) => log.Entries.Any(entry =>
            entry.Text.Contains(first, StringComparison.Ordinal)
            && entry.Text.Contains(second, StringComparison.Ordinal));

        bool IsOurs(Activity one) => one.DisplayName == $"WEBSOCKET {route}";
    }

    private static Server Start(out App app) => Servers.StartApp(Servers.Transports[0], app = new App());
}
