using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Prebake.Transports;
using Prebake.Transports.Linux;
using Prebake.Transports.Linux.Uring;
using Prebake.Transports.Sockets;

namespace Prebake.Tests.Transports;

/// <summary>What a test waits with.</summary>
public enum Over { IoUring, Epoll, Sockets }

/// <summary>A transport alone, without anything in front of it: the test says what speaks on its connections.</summary>
internal sealed class TransportUnderTest : IAsyncDisposable
{
    private readonly ConcurrentBag<Connection> _connections = [];
    private int _open = 1;
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TransportUnderTest(Over over, Action<Connection> accept, int loops)
    {
        void Accept(Connection connection)
        {
            Interlocked.Increment(ref _open);
            connection.Ended = OneLess;
            _connections.Add(connection);
            accept(connection);
        }

        var address = new ListenAddress(new IPEndPoint(IPAddress.Loopback, 0));
        Transport = over is Over.Sockets ? new SocketTransport([address], loops, Accept) : new LinuxTransport([address], loops, Accept, over is Over.IoUring);
        foreach (Loop loop in Transport.Loops) loop.Faulted = Faults.Add;
        Transport.Start();
        Transport.StartOthers();
        Port = Transport.Bound[0].Port!.Value;
    }

    /// <summary>Those that are to be had here.</summary>
    public static IReadOnlyList<Over> Kinds { get; } =
        !OperatingSystem.IsLinux() ? [Over.Sockets] : HasIoUring() ? [Over.IoUring, Over.Epoll, Over.Sockets] : [Over.Epoll, Over.Sockets];

    /// <summary>Each of them with each of some values.</summary>
    public static TheoryData<Over, T> EachWith<T>(params T[] values)
    {
        var data = new TheoryData<Over, T>();
        foreach (Over over in Kinds)
            foreach (T value in values) data.Add(over, value);
        return data;
    }

    public Transport Transport { get; }

    public int Port { get; }

    public ConcurrentBag<Exception> Faults { get; } = [];

    /// <summary>All that have ever been accepted.</summary>
    public IReadOnlyCollection<Connection> Connections => _connections;

    public Loop Loop => Transport.Loops[0];

    public static TransportUnderTest Start(Over over, Func<Connection, Protocol> speak, int loops = 1) =>
        new(over, connection => connection.Protocol = speak(connection), loops);

    public static TransportUnderTest Start(Over over, Action<Connection> accept, int loops = 1) => new(over, accept, loops);

    public Socket Connect(int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveTimeout = 30_000 };
        if (receiveBuffer > 0) socket.ReceiveBufferSize = receiveBuffer;
        socket.Connect(IPAddress.Loopback, Port);
        return socket;
    }

    /// <summary>Runs something on the loop and waits for it.</summary>
    public async Task<T> OnLoop<T>(Func<T> work)
    {
        var done = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(Loop.Post(_ =>
        {
            try { done.SetResult(work()); }
            catch (Exception e) { done.SetException(e); }
        }, null));
        return await done.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    public async ValueTask DisposeAsync()
    {
        Transport.StopListening();
        await Transport.Unlistened.WaitAsync(TimeSpan.FromMinutes(1));
        foreach (Loop loop in Transport.Loops) loop.ForEachConnection(static connection => connection.Abort());
        OneLess();
        await _empty.Task.WaitAsync(TimeSpan.FromMinutes(1));
        await Transport.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    private void OneLess()
    {
        if (Interlocked.Decrement(ref _open) == 0) _empty.TrySetResult();
    }

    private static bool HasIoUring()
    {
        using Ring? ring = Ring.TryCreate(out _);
        return ring is not null;
    }
}

/// <summary>The clients of these tests wait synchronously, many at once; the pool that the servers need must not run dry of them.</summary>
internal static class Threads
{
    [System.Runtime.CompilerServices.ModuleInitializer]
    internal static void Provide() => ThreadPool.SetMinThreads(64, 64);
}

/// <summary>A protocol that says nothing and keeps nothing; tests override what they are about.</summary>
internal abstract class TestProtocol(Connection connection) : Protocol
{
    public Connection Connection => connection;

    public OutputBuffer Output => connection.Loop.Output;

    public override bool IsIdle => true;

    public override int Receive(byte[] buffer, int offset, int length) => length;

    public override void EndOfInput() => connection.CloseAfterFlush(linger: false);

    public override void PeerLeft() { }

    public override void OutputBlocked() { }

    public override void OutputDrained()
    {
        if (connection.InputPaused) connection.Continue();
    }

    public override void TimedOut() => connection.Abort();

    public override void Closed() { }

    public override void Drain() => connection.CloseAfterFlush(linger: false);
}

/// <summary>A socket as tests read it.</summary>
internal static class SocketReading
{
    public static byte[] ReadToEnd(this Socket socket)
    {
        var all = new MemoryStream();
        var buffer = new byte[64 << 10];
        for (int count; (count = socket.Receive(buffer)) > 0;) all.Write(buffer, 0, count);
        return all.ToArray();
    }

    public static byte[] ReadExactly(this Socket socket, int count)
    {
        var bytes = new byte[count];
        for (int have = 0; have < count;)
        {
            int part = socket.Receive(bytes, have, count - have, SocketFlags.None);
            if (part == 0) throw new EndOfStreamException($"{have} of {count} bytes");
            have += part;
        }

        return bytes;
    }

    public static void SendAll(this Socket socket, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty) bytes = bytes[socket.Send(bytes)..];
    }
}
