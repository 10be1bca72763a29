using Prebake.WebSockets;

namespace Prebake.Conformance.WebSockets;

/// <summary>What many slow clients wait for lies in memory once, and so it counts once.</summary>
public sealed partial class SocketBudgetTests
{
    private const int Budget = 4 << 20, Large = 1 << 20, Members = 12;

    public static TheoryData<Over> Each => new(Servers.Transports);

    internal sealed partial class App
    {
        [WebSocket("/room/{name}")] private static Member Enter(string name) => new(name);

        [WebSocket("/echo")] private static SocketEcho Echo() => new();
    }

    internal sealed class Member(string room) : WebSocketHandler
    {
        protected override void Open() => Subscribe(room);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_large_message_to_many_slow_clients_leaves_the_budget_to_others(Over transport)
    {
        await using Server server = Start(transport);
        List<WebSocketClient> slow = await Enter(server, _ => "news");
        Assert.False(server.Publish("news", new byte[Large]).Dropped);

        // Each of them has taken 64 KiB; the rest waits
        WebSocketService service = WebSocketService.Of(server.Service);
        await SocketPressureTests.Eventually(() => service.Held >= Large);
        using (SocketClient client = SocketClient.Open(server, "/echo"))
        {
            byte[] upload = new byte[Large];
            Random.Shared.NextBytes(upload);
            client.SendBinary(upload);
            Assert.Equal(upload, client.Receive()!.Payload);
        }

        await SocketPressureTests.Eventually(() => service.Held is >= Large and < 2 * Large);
        foreach (WebSocketClient client in slow) Assert.Equal(Large, (await client.ReceiveAsync())?.Data.Length);
        await SocketPressureTests.Eventually(() => service.Held == 0);
        foreach (WebSocketClient client in slow) await client.DisposeAsync();
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Everybody_slow_gets_as_many_messages_as_one_would(Over transport)
    {
        const int Count = 20, Length = 100_000;
        await using Server server = Start(transport);
        List<WebSocketClient> slow = await Enter(server, _ => "news");
        for (int i = 0; i < Count; i++) Assert.False(server.Publish("news", new byte[Length + i]).Dropped);
        foreach (WebSocketClient client in slow)
            for (int i = 0; i < Count; i++) Assert.Equal(Length + i, (await client.ReceiveAsync())?.Data.Length);

        WebSocketService service = WebSocketService.Of(server.Service);
        await SocketPressureTests.Eventually(() => service.Held == 0);
        foreach (WebSocketClient client in slow) await client.DisposeAsync();
    }

    [Theory, MemberData(nameof(Each))]
    public async Task What_only_one_of_them_waits_for_is_bounded_by_what_is_left(Over transport)
    {
        await using Server server = Start(transport);
        WebSocketService service = WebSocketService.Of(server.Service);
        List<WebSocketClient> slow = await Enter(server, i => $"room {i}");
        long most = 0;
        for (int round = 0; round < 4; round++)
        {
            for (int i = 0; i < Members; i++) server.Publish($"room {i}", new byte[Large]);
            for (int i = 0; i < 20; i++)
            {
                most = Math.Max(most, service.Held);
                await Task.Delay(5);
            }
        }

        Assert.InRange(most, 1, Budget);
        foreach (WebSocketClient client in slow) await client.DisposeAsync();
        await SocketPressureTests.Eventually(() => service.Held == 0);
    }

    [Fact]
    public async Task Threads_that_ask_in_the_same_moment_are_not_promised_more_than_there_is()
    {
        const int Threads = 4, Rounds = 20_000, Share = Budget / 2;
        await using Server server = Servers.StartApp(Over.Sockets, new App());
        WebSocketService service = WebSocketService.Of(server.Service);
        service.Budget = Budget;
        long most = 0;
        int promised = 0;
        using var together = new Barrier(Threads);

        // Two of them fit, four ask
        Task[] all = [.. Enumerable.Range(0, Threads).Select(_ => Task.Factory.StartNew(() =>
        {
            for (int i = 0; i < Rounds; i++)
            {
                if (i % 100 == 0) together.SignalAndWait();
                if (!service.TryHold(own: 0, Share)) continue;

                Interlocked.Increment(ref promised);
                long held = service.Held;
                for (long seen = Volatile.Read(ref most); held > seen; seen = Volatile.Read(ref most))
                    Interlocked.CompareExchange(ref most, held, seen);
                service.Hold(-Share);
            }
        }, TaskCreationOptions.LongRunning))];
        await Task.WhenAll(all);

        Assert.InRange(most, Share, Budget);
        Assert.True(promised >= Rounds);
        Assert.Equal(0, service.Held);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_message_in_parts_takes_nothing_of_a_budget_that_others_hold(Over transport)
    {
        await using Server server = Start(transport);
        WebSocketService service = WebSocketService.Of(server.Service);
        service.Hold(Budget);
        using (SocketClient client = SocketClient.Open(server, "/echo"))
        {
            client.Send(Frame.Masked(0x02, new byte[1000]));
            client.ExpectClose(1013);
        }

        await SocketPressureTests.Eventually(() => service.Held == Budget);
        service.Hold(-Budget);
    }

    private static Server Start(Over transport) => Servers.StartApp(transport, new App(),
        new ServeOptions { MaxWebSocketMemory = Budget, Loops = 2, IdleTimeout = TimeSpan.FromMinutes(1) });

    private static async Task<List<WebSocketClient>> Enter(Server server, Func<int, string> room)
    {
        var clients = new List<WebSocketClient>();
        for (int i = 0; i < Members; i++)
            clients.Add(await server.ConnectAsync($"/room/{Uri.EscapeDataString(room(i))}"));
        await SocketPressureTests.Eventually(() =>
            server.PendingWebSockets == Members
            && Enumerable.Range(0, Members).All(i => server.SubscriberCount(room(i)) > 0));
        return clients;
    }
}
