using System.Diagnostics;
using System.IO.Compression;

namespace Prebake.Benchmarks.Load;

/// <summary>The WebSockets of one measurement, all served in turn by one thread on the processor of the load.</summary>
internal sealed class WebSockets : IDisposable
{
    private readonly List<WebSocketPeer> _sockets = [];
    private readonly WebSocketPeer? _publisher;
    private readonly Scenario _scenario;
    private readonly SocketLoad _load;
    private readonly int _processor, _first;
    private readonly byte[] _frames;

    public WebSockets(Server server, Scenario scenario, int processor)
    {
        _scenario = scenario;
        _load = scenario.Sockets!;
        _processor = processor;

        var first = 0x80 | _load.Opcode | (_load.IsCompressed ? 0x40 : 0);
        _first = first;
        _frames = [.. Enumerable.Repeat(WebSocketPeer.FrameOf(first, _load.IsCompressed ? Compress(_load.Message) : _load.Message), scenario.Pipelined).SelectMany(frame => frame)];

        // Whoever is read to the last byte before the next needs no buffer of its own
        var buffer = new byte[256 << 10];
        for (var i = 0; i < _load.Sockets; i++) _sockets.Add(new(server.Port, scenario.Path, _load.IsCompressed, buffer));
        if (_load.IsTopic) _publisher = new(server.Port, "/ws/publish", _load.IsCompressed, buffer);
    }

    /// <summary>Sends for a while, or once; says how many messages have come back or were delivered.</summary>
    public (long Messages, double Seconds) Run(double seconds)
    {
        long messages = 0;
        Exception? error = null;
        var clock = Stopwatch.StartNew();
        var thread = new Thread(() =>
        {
            try
            {
                Processor.Pin(_processor);
                do messages += Turn();
                while (clock.Elapsed.TotalSeconds < seconds);
            }
            catch (Exception e)
            {
                error = e;
            }
        });
        thread.Start();
        thread.Join();

        if (error is not null) throw new InvalidOperationException($"The WebSockets of '{_scenario.Name}' failed: {error.Message}");
        return (messages, clock.Elapsed.TotalSeconds);
    }

    private long Turn()
    {
        if (_publisher is not null) _publisher.Send(_frames);
        else foreach (var socket in _sockets) socket.Send(_frames);

        foreach (var socket in _sockets)
        {
            var length = socket.Receive(_scenario.Pipelined, _first);
            if (!_load.IsCompressed && length != _load.Message.Length) throw new InvalidOperationException($"A message of {length} bytes came back for one of {_load.Message.Length}.");
        }

        return (long)_sockets.Count * _scenario.Pipelined;
    }

    private static byte[] Compress(byte[] message)
    {
        var to = new MemoryStream();
        using var deflate = new DeflateStream(to, CompressionLevel.Fastest);
        deflate.Write(message);
        deflate.Flush();
        return to.ToArray()[..^4];
    }

    public void Dispose()
    {
        _sockets.ForEach(socket => socket.Dispose());
        _publisher?.Dispose();
    }
}
