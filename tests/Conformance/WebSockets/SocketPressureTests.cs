using System.Globalization;

namespace Prebake.Conformance.WebSockets;

/// <summary>What a slow client, or a hostile one, costs: bounded memory, and nobody else's patience.</summary>
public sealed class SocketPressureTests
{
    public static TheoryData<Over> Each => new(Servers.Transports);

    private const int Limit = 100_000;

    [Theory, MemberData(nameof(Each))]
    public async Task The_limit_is_strict_and_ends_neither_pings_nor_the_close_and_drain_says_when_all_is_gone(Over transport)
    {
        foreach (string how in (string[])["now", "later"])
        {
            var app = new SocketApp();
            await using Server server = Servers.StartApp(transport, app);
            using SocketClient client = SocketClient.Open(server, "/flood", receiveBuffer: 4096);
            client.SendText(how);

            // A thread that meets the limit may hear of Drain before it has told of the limit
            string line = app.Ledger.Next();
            bool hasDrained = line.StartsWith("drain", StringComparison.Ordinal);
            string[] told = (hasDrained ? NextBut("drain", app.Ledger) : line).Split(' ');
            int sent = int.Parse(told[1], CultureInfo.InvariantCulture);
            Assert.True(sent >= (Limit - 2000) / 1004, "Less than the limit was accepted.");
            Assert.InRange(long.Parse(told[2], CultureInfo.InvariantCulture), Limit / 2, Limit + 1000);
            if (how == "now") Assert.Equal("True", told[3]);

            client.Send(Frame.Masked(0x89, "a")).Send(Frame.Masked(0x89, "b"));
            int received = 0;
            bool hasPing = false, hasPong = false;
            while (!hasPing || !hasPong)
            {
                Frame frame = client.Receive()!;
                if (frame.Opcode == 2) received++;
                else if (frame.Opcode == 9) hasPing = frame.Text == "still there";
                else if (frame.Opcode == 10) hasPong = frame.Text == "b";
            }

            Assert.Equal(sent, received);
            if (!hasDrained) Assert.Equal("drain 0", app.Ledger.Next());
            client.Send(Frame.CloseOf(1000));
            client.ExpectClose(1000);
            Assert.Equal("close 1000", NextBut("drain", app.Ledger));
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_socket_that_may_not_exceed_its_limit_is_cut(Over transport)
    {
        foreach (string how in (string[])["now", "later"])
        {
            var app = new SocketApp();
            await using Server server = Servers.StartApp(transport, app);
            using SocketClient client = SocketClient.Open(server, "/flood/cut", receiveBuffer: 4096);
            client.SendText(how);
            string[] told = [NextBut("drain", app.Ledger), NextBut("drain", app.Ledger)];
            Assert.Contains(told, line => line.StartsWith("sent ", StringComparison.Ordinal));
            Assert.Contains("close 1006", told);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_flood_of_pings_by_a_client_that_does_not_read_holds_one_answer(Over transport)
    {
        var app = new SocketApp();
        await using Server server = Servers.StartApp(transport, app);
        using SocketClient client = SocketClient.Open(server, "/flood", receiveBuffer: 4096);
        client.SendText("now");
        Assert.StartsWith("sent ", NextBut("drain", app.Ledger));

        byte[] pings = [.. Enumerable.Range(0, 500).SelectMany(_ => Frame.Masked(0x89, new byte[125]))];
        for (int i = 0; i < 100; i++) client.Send(pings);
        client.SendText("waiting");
        long waiting = long.Parse(NextBut("drain", app.Ledger).Split(' ')[1], CultureInfo.InvariantCulture);
        Assert.InRange(waiting, 1, Limit + 2000);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Empty_fragments_without_end_cost_nothing_and_memory_is_given_back_when_clients_leave_in_the_middle(Over transport)
    {
        var app = new SocketApp();
        await using Server server = Servers.StartApp(transport, app);
        byte[] empty = [.. Enumerable.Range(0, 1000).SelectMany(_ => Frame.Masked(0x00, []))];

        for (int i = 0; i < 40; i++)
        {
            using SocketClient client = SocketClient.Open(server, "/echo");
            client.Send(Frame.Masked(0x02, new byte[100_000])).Send(empty).Send(Frame.Masked(0x00, new byte[5000])[..3000]);
            if (i % 2 == 0) client.FinishSending();
        }

        await Eventually(() => server.PendingWebSockets == 0 && WebSocketServiceOf(server).Held == 0);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_socket_holds_no_more_of_the_servers_budget_than_is_left(Over transport)
    {
        const int Budget = 1 << 20;
        var app = new SocketApp();
        await using Server server = Servers.StartApp(transport, app, new ServeOptions { MaxWebSocketMemory = Budget, IdleTimeout = TimeSpan.FromMinutes(1) });

        using (SocketClient large = SocketClient.Open(server, "/echo"))
        {
            try { large.Send(Frame.Masked(0x82, new byte[4 << 20])); }
            catch (System.Net.Sockets.SocketException) { /* refused in the middle */ }
            large.ExpectClose(1013);
        }

        using SocketClient slow = SocketClient.Open(server, "/flood/wide", receiveBuffer: 4096);
        slow.SendText("now");
        long first = long.Parse(NextBut("drain", app.Ledger).Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.InRange(first, Budget / 4, (Budget / 2) + 2000);

        // What the first one left, and again half of that
        using SocketClient slower = SocketClient.Open(server, "/flood/wide", receiveBuffer: 4096);
        slower.SendText("now");
        long second = long.Parse(NextBut("drain", app.Ledger).Split(' ')[2], CultureInfo.InvariantCulture);
        Assert.InRange(first + second, Budget / 3, Budget);

        using SocketClient quick = SocketClient.Open(server, "/echo");
        quick.SendText("still served");
        quick.ExpectText("still served");
    }

    private static string NextBut(string but, Ledger ledger)
    {
        while (true)
            if (ledger.Next() is var line && !line.StartsWith(but, StringComparison.Ordinal)) return line;
    }

    private static Prebake.WebSockets.WebSocketService WebSocketServiceOf(Server server) => Prebake.WebSockets.WebSocketService.Of(server.Service);

    internal static async Task Eventually(Func<bool> holds)
    {
        for (int i = 0; i < 300 && !holds(); i++) await Task.Delay(100);
        Assert.True(holds());
    }
}
