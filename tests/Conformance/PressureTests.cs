using System.Net.Sockets;
using System.Text;
using Prebake.Transports;

namespace Prebake.Conformance;

/// <summary>What a transport must not get wrong when much happens at once: bytes stay whole and in order, nobody is forgotten, and who leaves is noticed.</summary>
public sealed class PressureTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new PressureApp()));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    // Sizes around what one buffer of a loop holds, what is copied and what is pointed to
    private static readonly int[] s_sizes = [0, 1, 100, 1_900, 2_047, 2_048, 2_049, 4_095, 4_096, 6_000, 12_000, 16_383, 16_384, 20_000, 70_000];

    [Theory, MemberData(nameof(Transports))]
    public async Task Answers_that_the_socket_takes_in_parts_are_whole_and_in_order(Over transport)
    {
        const int Count = 1_500;
        using var client = new RawClient(s_servers.Of(transport));
        client.Socket.ReceiveBufferSize = 64 << 10;

        var requests = new StringBuilder();
        for (int i = 0; i < Count; i++) requests.Append($"GET /of/{i}/{s_sizes[i % s_sizes.Length]} HTTP/1.1\r\nHost: a\r\n\r\n");
        Task sending = Task.Run(() => client.Send(requests.ToString()));

        // Until the answers fill both sockets, and the server keeps the rest
        await Eventually.Until(() => Connections(s_servers.Of(transport)).Any(connection => connection.IsBlocked), "the server never had to wait");
        for (int i = 0; i < Count; i++) Assert.Equal(PressureApp.Text(i, s_sizes[i % s_sizes.Length]), client.Receive()!.Text);
        await sending;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Many_who_ask_at_the_same_moment_are_all_answered(Over transport)
    {
        const int Count = 700;          // more than a loop has buffers for
        Server server = s_servers.Of(transport);
        var clients = new List<RawClient>();
        for (int i = 0; i < Count; i++) clients.Add(new RawClient(server));

        for (int round = 0; round < 3; round++)
        {
            using (Hold(server))
                for (int i = 0; i < Count; i++) clients[i].Send($"GET /of/{i + round}/100 HTTP/1.1\r\nHost: a\r\n\r\n");

            for (int i = 0; i < Count; i++) Assert.Equal(PressureApp.Text(i + round, 100), clients[i].Receive()!.Text);
        }

        clients.ForEach(client => client.Dispose());
        await Task.CompletedTask;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Many_who_leave_at_the_same_moment_are_all_gone(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PressureApp());
        var clients = new List<RawClient>();
        for (int i = 0; i < 1_000; i++) clients.Add(new RawClient(server));

        using (Hold(server))
        {
            for (int i = 0; i < clients.Count; i++)
            {
                if (i % 2 == 0) clients[i].Send("GET /of/1/100 HTTP/1.1\r\nHost: a\r\n\r\n");
                if (i % 3 == 0) clients[i].Socket.LingerState = new LingerOption(true, 0);
                clients[i].Dispose();
            }
        }

        await Eventually.Until(() => Connections(server).Count == 0, "some connections were forgotten");
        Assert.Equal(PressureApp.Text(7, 5), RawClient.Ask(server, "/of/7/5").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_comes_while_a_handler_works_waits_its_turn(Over transport)
    {
        using var client = new RawClient(s_servers.Of(transport));
        client.Send("GET /slow/0 HTTP/1.1\r\nHost: a\r\n\r\n");
        Thread.Sleep(5);

        // In several receives, and far more than is taken from the socket while it is wanted by nobody
        var raw = new StringBuilder();
        for (int i = 1; i <= 40; i++)
        {
            string body = PressureApp.Text(i, s_sizes[i % s_sizes.Length]);
            raw.Append($"GET /slow/{i} HTTP/1.1\r\nHost: a\r\n\r\nPOST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n{body}");
        }

        Task sending = Task.Run(() =>
        {
            byte[] bytes = Encoding.ASCII.GetBytes(raw.ToString());
            for (int at = 0; at < bytes.Length; at += 5_000)
            {
                client.Socket.Send(bytes, at, Math.Min(5_000, bytes.Length - at), SocketFlags.None);
                if (at % 50_000 == 0) Thread.Sleep(1);
            }
        });

        Assert.Equal("slow 0", client.Receive()!.Text);
        for (int i = 1; i <= 40; i++)
        {
            Assert.Equal($"slow {i}", client.Receive()!.Text);
            Assert.Equal(PressureApp.Text(i, s_sizes[i % s_sizes.Length]), client.Receive()!.Text);
        }

        await sending;
    }

    [Theory, MemberData(nameof(Transports))]
    public void Requests_of_every_size_follow_each_other(Over transport)
    {
        using var client = new RawClient(s_servers.Of(transport));

        // Whole requests that fill one, two, 32 buffers exactly, or miss it by one
        foreach (int whole in (int[])[2_048, 2_047, 2_049, 4_096, 4_095, 4_097, 65_536, 65_535, 65_537, 131_072, 200, 2_048, 1_000_000, 200, 300_000, 2_048])
        {
            string head = "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 0000000\r\n\r\n";
            string body = PressureApp.Text(whole, whole - head.Length - 1 - $"{whole}".Length);
            string raw = head.Replace("0000000", $"{body.Length:0000000}") + body;
            Assert.Equal(whole, raw.Length);

            Assert.Equal(body, client.Send(raw).Receive()!.Text);
            Assert.Equal("slow 3", client.Send("GET /slow/3 HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);
        }
    }

    [Theory]
    [MemberData(nameof(WaysToLeave))]
    public async Task Who_leaves_while_a_handler_works_is_noticed_whatever_was_sent_ahead(Over transport, bool reset, int ahead)
    {
        await using Server server = Servers.StartApp(transport, new PressureApp());
        var client = new RawClient(server);
        client.Send("GET /wait HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Until(() => server.PendingRequests == 1);

        if (ahead > 0) _ = Task.Run(() => { try { client.Send(new byte[ahead]); } catch (SocketException) { } });
        await Task.Delay(20);
        if (reset) client.Socket.LingerState = new LingerOption(true, 0);
        client.Dispose();

        try
        {
            await Eventually.Until(() => server.PendingRequests == 0, "its token has not fired");
            await Eventually.Until(() => Connections(server).Count == 0, "its connection is still there");
        }
        finally
        {
            await server.StopAsync(closeActiveConnections: true);
        }
    }

    public static TheoryData<Over, bool, int> WaysToLeave()
    {
        var ways = new TheoryData<Over, bool, int>();
        foreach (Over transport in Servers.Transports)
            foreach (bool reset in (bool[])[false, true])
                // The portable transport cannot see a FIN behind more than it keeps
                foreach (int ahead in (int[])[0, 10, 5_000, 100_000])
                    if (transport is not Over.Sockets || reset || ahead < 16 << 10) ways.Add(transport, reset, ahead);
        return ways;
    }

    [Fact]
    public async Task What_the_options_say_decides_between_io_uring_and_epoll()
    {
        if (!OperatingSystem.IsLinux()) return;

        await using Server epoll = Serve.Start(new PressureApp(), new ServeOptions { Port = 0, Hostname = "127.0.0.1", IoUring = false });
        Assert.Equal("epoll", ((Prebake.Transports.Linux.LinuxTransport)epoll.Transport).Kind);
        if (!Servers.Transports.Contains(Over.IoUring)) return;

        await using Server uring = Serve.Start(new PressureApp(), new ServeOptions { Port = 0, Hostname = "127.0.0.1", IoUring = true });
        Assert.Equal("io_uring", ((Prebake.Transports.Linux.LinuxTransport)uring.Transport).Kind);
    }

    private static List<Connection> Connections(Server server)
    {
        var all = new List<Connection>();
        foreach (Loop loop in server.Transport.Loops)
        {
            using var done = new ManualResetEventSlim();
            loop.Post(_ => { lock (all) all.AddRange(loop.Connections); done.Set(); }, null);
            Assert.True(done.Wait(TimeSpan.FromSeconds(30)));
        }

        return all;
    }

    /// <summary>Keeps every loop of the server from doing anything until it is disposed of.</summary>
    private static Held Hold(Server server)
    {
        var held = new Held();
        foreach (Loop loop in server.Transport.Loops)
        {
            using var reached = new ManualResetEventSlim();
            loop.Post(_ => { reached.Set(); held.Gate.Wait(TimeSpan.FromSeconds(30)); }, null);
            Assert.True(reached.Wait(TimeSpan.FromSeconds(30)));
        }

        return held;
    }

    private sealed class Held : IDisposable
    {
        public ManualResetEventSlim Gate { get; } = new();

        public void Dispose() => Gate.Set();
    }
}

internal sealed partial class PressureApp
{
    [Get("/of/{id}/{size}")] public static string Text(int id, int size) => $"{id}:{new string((char)('a' + id % 26), size)}";

    [Get("/slow/{id}")] private static async Task<string> Slow(int id)
    {
        await Task.Delay(2);
        return $"slow {id}";
    }

    [Get("/wait")] private static async Task Wait(CancellationToken aborted) => await Task.Delay(Timeout.Infinite, aborted);

    [Post("/echo")] private static async Task<byte[]> Echo(Request request) => await request.BytesAsync();
}
