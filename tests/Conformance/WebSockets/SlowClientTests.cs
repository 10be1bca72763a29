using Prebake.Transports;
using Prebake.WebSockets;

namespace Prebake.Conformance.WebSockets;

/// <summary>A slow client is not a silent one; and what is held for one counts until it is given back.</summary>
public sealed partial class SlowClientTests
{
    public static TheoryData<Over> Each => new(Servers.Transports);

    private const int Message = 32 << 10;

    internal sealed partial class App
    {
        public readonly Ledger Ledger = new();
        public readonly List<Filling> Everybody = [];

        [WebSocket("/slow", IdleTimeout = 4)] private Filling Slow() => new(this);

        [WebSocket("/patient", IdleTimeout = 0)] private Filling Patient() => new(this);

        [WebSocket("/room")] private Filling Room() => new(this);
    }

    internal sealed class Filling(App app) : WebSocketHandler
    {
        protected override void Open()
        {
            lock (app.Everybody) app.Everybody.Add(this);
        }

        protected override ValueTask Message(string text)
        {
            if (text == "all") app.Ledger.Add($"accepted {FillOthers()}");
            else if (text.StartsWith("send ", StringComparison.Ordinal)) SendMany(int.Parse(text.Split(' ')[1]));
            else Send(text);
            if (text.EndsWith(" and close", StringComparison.Ordinal)) CloseSocket(4002);
            return default;
        }

        protected override void Close(int code, string reason) => app.Ledger.Add($"close {code} {reason}");

        private void SendMany(int count)
        {
            byte[] data = new byte[SlowClientTests.Message];
            for (int i = 0; i < count; i++) Send(data);
            app.Ledger.Add($"waiting {BufferedAmount}");
        }

        private long FillOthers()
        {
            byte[] data = new byte[SlowClientTests.Message];
            long accepted = 0;
            lock (app.Everybody)
            {
                foreach (Filling other in app.Everybody)
                    while (other != this && !other.Send(data).Dropped) accepted += data.Length;
            }

            return accepted;
        }
    }

    [Fact]
    public async Task A_client_that_reads_slowly_all_the_time_is_not_taken_for_a_silent_one()
    {
        const int Count = 120;
        var app = new App();
        await using Server server = Servers.StartApp(Servers.Transports[0], app);
        await using WebSocketClient client = await server.ConnectAsync("/slow");
        await client.SendAsync($"send {Count}");

        // Longer than the time-out, and always with something parked
        int received = 0;
        long end = Environment.TickCount64 + 7_000;
        for (; received < Count - 20 && Environment.TickCount64 < end; received++)
        {
            Assert.Equal(Message, (await client.ReceiveAsync())?.Data.Length);
            await Task.Delay(100);
        }

        for (; received < Count; received++) Assert.Equal(Message, (await client.ReceiveAsync())?.Data.Length);
        await client.SendAsync("still there");
        Assert.Equal("still there", (await client.ReceiveAsync())?.Text);
    }

    [Fact]
    public async Task A_client_that_reads_nothing_at_all_is_a_silent_one_and_the_handler_hears_the_reason()
    {
        var app = new App();
        await using Server server = Servers.StartApp(Servers.Transports[0], app);
        await using WebSocketClient client = await server.ConnectAsync("/slow");
        await client.SendAsync("send 20");
        Assert.StartsWith("waiting ", app.Ledger.Next());
        Assert.Equal("close 1006 WebSocket timed out from inactivity", app.Ledger.Next());
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_client_that_leaves_half_and_reads_nothing_has_a_deadline_although_its_route_has_none(
        Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using SocketClient client = SocketClient.Open(server, "/patient", receiveBuffer: 4096);
        client.SendText("send 400");
        Assert.StartsWith("waiting ", app.Ledger.Next());
        client.FinishSending();
        Assert.StartsWith("close 1006", app.Ledger.Next());

        // Still connected, since output is parked; but not for ever
        long[] deadlines = await DeadlinesOf(server);
        Assert.NotEqual(long.MaxValue, Assert.Single(deadlines));
    }

    [Fact]
    public async Task A_slow_client_that_is_closed_may_read_what_was_accepted_before()
    {
        const int Count = 20;
        var app = new App();
        await using Server server = Servers.StartApp(Servers.Transports[0], app);
        await using WebSocketClient client = await server.ConnectAsync("/patient");
        await client.SendAsync($"send {Count} and close");
        Assert.StartsWith("waiting ", app.Ledger.Next());

        // Five seconds are for the answer of a client that could have read the question
        Assert.InRange(Assert.Single(await DeadlinesOf(server)) - Environment.TickCount64, 6_000, 31_000);
        for (int i = 0; i < Count; i++) Assert.Equal(Message, (await client.ReceiveAsync())?.Data.Length);
        Assert.All(await DeadlinesOf(server), end => Assert.True(end - Environment.TickCount64 < 6_000));
        Assert.Null(await client.ReceiveAsync());
        Assert.Equal(4002, client.CloseCode);
        Assert.StartsWith("close 4002", app.Ledger.Next());
    }

    [Theory, MemberData(nameof(Each))]
    public async Task What_is_parked_for_a_client_counts_until_its_connection_has_closed(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        WebSocketService service = WebSocketService.Of(server.Service);
        using (SocketClient client = SocketClient.Open(server, "/patient", receiveBuffer: 4096))
        {
            client.SendText("send 400");
            long waiting = long.Parse(app.Ledger.Next().Split(' ')[1]);
            Assert.InRange(waiting, 1 << 20, 400L * (Message + 100));

            client.Send(Frame.CloseOf(1000));
            Assert.StartsWith("close 1000", app.Ledger.Next());
            Assert.InRange(service.Held, waiting / 2, 2 * waiting);
        }

        await SocketPressureTests.Eventually(() => service.Held == 0);
    }

    [Fact]
    public async Task What_one_callback_sends_to_many_others_is_taken_from_the_budget_at_once_and_given_back()
    {
        const int Budget = 4 << 20;
        var app = new App();
        await using Server server = Servers.StartApp(Servers.Transports[0], app,
            new ServeOptions { MaxWebSocketMemory = Budget, Loops = 1, IdleTimeout = TimeSpan.FromMinutes(1) });
        WebSocketService service = WebSocketService.Of(server.Service);

        var clients = new List<WebSocketClient>();
        for (int i = 0; i < 12; i++) clients.Add(await server.ConnectAsync("/room"));

        // The loop that would send is busy meanwhile: all of it waits
        await clients[0].SendAsync("all");
        long accepted = long.Parse(app.Ledger.Next().Split(' ')[1]);
        Assert.InRange(accepted, Budget / 2, Budget);

        foreach (WebSocketClient client in clients) client.Abort();
        await SocketPressureTests.Eventually(() => service.Held == 0);
        foreach (WebSocketClient client in clients) await client.DisposeAsync();
    }

    private static async Task<long[]> DeadlinesOf(Server server)
    {
        var all = new List<long>();
        foreach (Loop loop in server.Transport.Loops)
        {
            var done = new TaskCompletionSource<long[]>(TaskCreationOptions.RunContinuationsAsynchronously);
            Assert.True(loop.Post(
                _ => done.SetResult([.. loop.Connections.Select(connection => connection.Deadline)]), null));
            all.AddRange(await done.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        }

        return [.. all];
    }
}
