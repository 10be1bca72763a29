using System.Net;
using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>
/// What an awaiting handler asks: it sends back whatever comes. One thread on the processor of the load takes all connections in turn, so that
/// a server under measurement seldom pays for waking it.
/// </summary>
internal sealed class Database : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly byte[] _buffer = new byte[4096];

    public Database(int processor)
    {
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen(512);
        new Thread(() =>
        {
            Processor.Pin(processor);
            Run();
        }) { IsBackground = true }.Start();
    }

    /// <summary>Servers are told by their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["DATABASE_PORT"] = ((IPEndPoint)_listener.LocalEndPoint!).Port.ToString(CultureInfo.InvariantCulture),
    };

    public void Dispose() => _listener.Dispose();

    private void Run()
    {
        var sockets = new List<Socket> { _listener };
        var ready = new List<Socket>();
        try
        {
            while (true)
            {
                ready.Clear();
                ready.AddRange(sockets);
                Socket.Select(ready, null, null, Timeout.InfiniteTimeSpan);

                foreach (var socket in ready)
                {
                    if (socket == _listener) sockets.Add(Accept());
                    else if (!Answer(socket)) sockets.Remove(socket);
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is gone: the measurements are over
            sockets.ForEach(socket => socket.Dispose());
        }
    }

    private Socket Accept()
    {
        var connection = _listener.Accept();
        connection.NoDelay = true;
        return connection;
    }

    private bool Answer(Socket connection)
    {
        try
        {
            var count = connection.Receive(_buffer);
            if (count > 0)
            {
                connection.Send(_buffer.AsSpan(0, count));
                return true;
            }
        }
        catch (SocketException)
        {
            // A server that was ended
        }

        connection.Dispose();
        return false;
    }
}
