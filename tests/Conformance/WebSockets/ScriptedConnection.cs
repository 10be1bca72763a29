using System.Buffers;
using System.Net;
using Prebake.Transports;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// A connection without a socket that receives exactly the pieces that it is given, each in a turn of its own, and then the end: on a
/// socket the kernel may join what was sent in two.
/// </summary>
internal sealed class ScriptedConnection : Connection
{
    private readonly IReadOnlyList<byte[]> _pieces;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly TaskCompletionSource<(byte[] Output, bool IsReset)> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _next, _used;           // piece, and what has been taken of it
    private bool _isDelivering;

    private ScriptedConnection(Loop loop, IReadOnlyList<byte[]> pieces) : base(loop) => _pieces = pieces;

    public override IPEndPoint? RemoteEndPoint => null;

    /// <summary>All that was sent back, and whether the connection was cut in the end.</summary>
    public static Task<(byte[] Output, bool IsReset)> RunAsync(Loop loop, IReadOnlyList<byte[]> pieces)
    {
        var connection = new ScriptedConnection(loop, pieces);
        Assert.True(loop.Post(static state => ((ScriptedConnection)state!).Begin(), connection));
        return connection._closed.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        return bytes.Length;
    }

    protected override void AwaitWritable() { }

    // What a turn has paused goes on behind it
    protected override void StartReading()
    {
        if (!_isDelivering) Loop.Post(static state => ((ScriptedConnection)state!).Deliver(), this);
    }

    protected override void ShutdownSend() { }

    protected override void Release(bool reset) => _closed.TrySetResult((_output.WrittenSpan.ToArray(), reset));

    private void Begin()
    {
        Loop.Adopt(this);
        Deliver();
    }

    private void Deliver()
    {
        _isDelivering = true;
        while (_next < _pieces.Count && !InputPaused && !IsClosed) Loop.RunInTurn(this, static connection => connection.DeliverPart(), this);
        _isDelivering = false;
        if (_next == _pieces.Count && !InputPaused && !IsClosed) Loop.RunInTurn(this, static connection => connection.ReceivedEnd(), this);
    }

    private void DeliverPart()
    {
        ReadOnlySpan<byte> rest = _pieces[_next].AsSpan(_used);
        ArraySegment<byte> target = ReceiveTarget();
        int count = Math.Min(target.Count, rest.Length);
        rest[..count].CopyTo(target);
        _used += count;
        if (_used == _pieces[_next].Length) (_next, _used) = (_next + 1, 0);
        if (count > 0) Received(target, count);
    }
}
