using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Prebake.Benchmarks.Load;

/// <summary>Clients that listen to server-sent events, all read in turn by one thread on the processor of the load.</summary>
internal sealed class Listeners : IDisposable
{
    private readonly List<Socket> _sockets = [];
    private readonly int _processor;

    public Listeners(int port, Scenario scenario, int processor)
    {
        _processor = processor;
        for (var i = 0; i < scenario.Listeners; i++)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 10_000 };
            socket.Connect(IPAddress.Loopback, port);
            socket.Send(scenario.ToBytes(port));
            _sockets.Add(socket);
        }
    }

    /// <summary>Reads for a while, and says how many events have come.</summary>
    public (long Events, double Seconds) Count(int seconds)
    {
        long events = 0;
        var clock = Stopwatch.StartNew();
        Exception? error = null;

        var thread = new Thread(() =>
        {
            try
            {
                Processor.Pin(_processor);
                var buffer = new byte[64 << 10];
                // Everybody gets every event, so whoever is waited for is the next one to have something
                while (clock.Elapsed.TotalSeconds < seconds)
                    foreach (var socket in _sockets)
                    {
                        var count = socket.Receive(buffer);
                        if (count == 0) throw new IOException("A stream of events has ended.");
                        events += buffer.AsSpan(0, count).Count("data: "u8);
                    }
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();

        if (error is not null) throw new InvalidOperationException($"Listening failed: {error.Message}");
        return (events, clock.Elapsed.TotalSeconds);
    }

    public void Dispose() => _sockets.ForEach(socket => socket.Dispose());
}
