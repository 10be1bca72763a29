using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Prebake.Transports;
using Prebake.Transports.Linux;

namespace Prebake.Tests.Transports;

/// <summary>In which order a round of a Linux loop deals with what has come: who waits for an answer is first.</summary>
public sealed class RoundOrderTests
{
    // Two listeners on one address would get the same port
    private static readonly IPAddress s_elsewhere = IPAddress.Parse("127.0.0.2");

    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds.Where(kind => kind is not Over.Sockets));

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_asks_is_answered_before_others_of_the_same_round_go_or_come(Over over)
    {
        var order = new ConcurrentQueue<string>();
        await using var server = Start(over, order);
        Socket[] leaving = [.. Enumerable.Range(0, 4).Select(_ => server.Connect())];
        using Socket asking = server.Connect();
        await Eventually.Until(() => order.Count == 5);
        order.Clear();

        using var held = new HeldLoop(server.Loop);
        Leave(leaving);
        using Socket coming = server.Connect();
        asking.Send("?"u8);
        held.Release();

        Assert.Equal("!"u8.ToArray(), asking.ReadExactly(1));
        await Eventually.Until(() => order.Count == 6);
        Assert.Equal("asked", order.First());
        Assert.Equal(4, order.Count(what => what == "went"));
        Assert.Contains("came", order);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task However_many_go_at_once_all_are_told_of_and_who_asks_behind_them_is_answered(Over over)
    {
        var order = new ConcurrentQueue<string>();
        await using var server = Start(over, order);
        Socket[] leaving = [.. Enumerable.Range(0, 600).Select(_ => server.Connect())];
        using Socket asking = server.Connect();
        await Eventually.Until(() => order.Count == 601);

        using var held = new HeldLoop(server.Loop);
        Leave(leaving);
        asking.Send("?"u8);
        held.Release();

        Assert.Equal("!"u8.ToArray(), asking.ReadExactly(1));
        await Eventually.Until(() => order.Count(what => what == "went") == 600);
        Assert.Equal(1, await server.OnLoop(() => server.Loop.Connections.Count));
        Assert.Empty(server.Faults);
    }

    // Each connection that is accepted brings another one, so that the first listener always has more
    [Theory, MemberData(nameof(Transports))]
    public async Task However_many_come_others_go_and_ask_and_come_elsewhere_meanwhile(Over over)
    {
        var told = new ConcurrentQueue<string>();
        using var flood = new Flood();
        var transport = new LinuxTransport(
            [new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0)), new ListenAddress(new IPEndPoint(s_elsewhere, 0))], 1,
            connection =>
            {
                if (!flood.Takes(connection)) connection.Protocol = new Recording(connection, told);
            },
            over is Over.IoUring);
        var faults = new ConcurrentBag<Exception>();
        Loop loop = transport.Loops[0];
        loop.Faulted = faults.Add;
        transport.Start();
        transport.StartOthers();
        int[] ports = [.. transport.Bound.Select(bound => bound.Port!.Value)];
        flood.Port = ports[0];

        Socket[] leaving = [.. Enumerable.Range(0, 8).Select(_ => Connect(ports[0]))];
        using Socket asking = Connect(ports[0]), half = Connect(ports[0]);
        await Eventually.Until(() => loop.Connections.Count == 10);
        flood.Begin(loop);
        await Eventually.Until(() => flood.Accepted > 1_000);

        Leave(leaving);
        half.Send("?"u8);
        half.Shutdown(SocketShutdown.Send);
        asking.Send("?"u8);
        using Socket elsewhere = Connect(ports[1], s_elsewhere);
        elsewhere.Send("?"u8);
        foreach (Socket socket in new[] { half, asking, elsewhere }) Assert.Equal("!"u8.ToArray(), socket.ReadExactly(1));
        await Eventually.Until(() => told.Count(what => what == "went") == 9);

        flood.End();
        Assert.Empty(faults);
        transport.StopListening();
        await transport.Unlistened.WaitAsync(TimeSpan.FromMinutes(1));
        loop.ForEachConnection(static connection => connection.Abort());
        await transport.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static Socket Connect(int port, IPAddress? address = null)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
        socket.Connect(address ?? IPAddress.Loopback, port);
        return socket;
    }

    private static TransportUnderTest Start(Over over, ConcurrentQueue<string> order) =>
        TransportUnderTest.Start(over, connection =>
        {
            order.Enqueue("came");
            return new Recording(connection, order);
        });

    // Half of them say goodbye, and half are cut
    private static void Leave(Socket[] sockets)
    {
        for (int i = 0; i < sockets.Length; i++)
        {
            if (i % 2 == 0) sockets[i].LingerState = new LingerOption(true, 0);
            sockets[i].Dispose();
        }
    }

    /// <summary>Clients of an address of their own, whose successors connect while they are accepted.</summary>
    private sealed class Flood : IDisposable
    {
        private const int AtATime = 40;

        private static readonly IPAddress s_address = IPAddress.Parse("127.0.0.9");

        private readonly Queue<Socket> _clients = new();
        private volatile bool _isOver;
        private int _accepted;

        public int Port { get; set; }

        public int Accepted => Volatile.Read(ref _accepted);

        public void Begin(Loop loop)
        {
            using var held = new HeldLoop(loop);
            for (int i = 0; i < AtATime; i++) Connect();
        }

        /// <summary>On the loop: whether it is one of them.</summary>
        public bool Takes(Connection connection)
        {
            if (!Equals(connection.RemoteEndPoint?.Address, s_address)) return false;

            _accepted++;
            connection.Protocol = new Quiet(connection);
            if (!_isOver) Connect();
            connection.Abort();
            return true;
        }

        public void End() => _isOver = true;

        public void Dispose()
        {
            foreach (Socket client in _clients) client.Dispose();
        }

        private void Connect()
        {
            var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            client.Bind(new IPEndPoint(s_address, 0));
            client.Connect(IPAddress.Loopback, Port);
            _clients.Enqueue(client);
            if (_clients.Count > 2 * AtATime) _clients.Dequeue().Dispose();
        }
    }

    private sealed class Quiet(Connection connection) : TestProtocol(connection);

    private sealed class Recording(Connection connection, ConcurrentQueue<string> order) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            order.Enqueue("asked");
            Output.Write("!"u8);
            return length;
        }

        public override void Closed() => order.Enqueue("went");
    }
}
