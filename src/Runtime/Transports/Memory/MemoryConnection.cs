using System.Buffers;
using System.Net;

namespace Prebake.Transports.Memory;

/// <summary>
/// A connection without a socket, for <c>server.FetchAsync</c> and tests: on a loop like any other, fed from an array, and what it is sent is kept
/// until it closes. Nothing in front of the transport can tell the difference.
/// </summary>
internal sealed class MemoryConnection : Connection
{
    private readonly ReadOnlyMemory<byte> _input;
    private readonly ArrayBufferWriter<byte> _output = new();
    private readonly TaskCompletionSource<ReadOnlyMemory<byte>> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _delivered;
    private bool _delivering;

    private MemoryConnection(Loop loop, ReadOnlyMemory<byte> input) : base(loop) => _input = input;

    public override IPEndPoint? RemoteEndPoint => null;

    public override bool IsWithinProcess => true;

    /// <summary>Opens a connection on the loop and sends the bytes of a request that closes it; completes with all that comes back.</summary>
    /// <exception cref="ObjectDisposedException">The loop has ended, because the server has stopped.</exception>
    public static async Task<ReadOnlyMemory<byte>> ExchangeAsync(Loop loop, ReadOnlyMemory<byte> input, CancellationToken cancellationToken)
    {
        var connection = new MemoryConnection(loop, input);
        if (!loop.Post(static state => ((MemoryConnection)state!).Begin(), connection)) throw Stopped();

        // A token may outlive the call by far: what is registered with it goes when the call goes
        CancellationTokenRegistration registration =
            cancellationToken.UnsafeRegister(static state => ((MemoryConnection)state!).Leave(), connection);
        await using (registration.ConfigureAwait(false))
            return await connection._closed.Task.WaitAsync(cancellationToken).ConfigureAwait(false);
    }

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        _output.Write(bytes);
        return bytes.Length;
    }

    protected override void AwaitWritable() { }

    protected override void StartReading()
    {
        if (!_delivering) Deliver();
    }

    protected override void ShutdownSend() => Loop.Post(static state => ((MemoryConnection)state!).InTurn(static connection => connection.ReceivedEnd()), this);

    protected override void Release(bool reset)
    {
        if (reset && Loop.HasEnded) _closed.TrySetException(Stopped());
        else if (reset && _output.WrittenCount == 0)
            _closed.TrySetException(new IOException("The connection was cut before a response arrived."));
        else _closed.TrySetResult(_output.WrittenMemory);
    }

    private static ObjectDisposedException Stopped() => new(
        nameof(Server), "The server has stopped; start another one to send it requests.");

    private void Begin()
    {
        if (Loop.HasEnded) { _closed.TrySetException(Stopped()); return; }

        Loop.Adopt(this);
        InTurn(static connection => connection.Deliver());
    }

    // As reads would bring it
    private void Deliver()
    {
        _delivering = true;

        while (_delivered < _input.Length && !InputPaused && !IsClosed)
        {
            ArraySegment<byte> target = ReceiveTarget();
            int count = Math.Min(target.Count, _input.Length - _delivered);
            _input.Span.Slice(_delivered, count).CopyTo(target);
            _delivered += count;
            Received(target, count);
        }

        _delivering = false;
    }

    // The caller has lost interest: as a peer that leaves
    private void Leave() => Loop.Post(static state => ((MemoryConnection)state!).InTurn(static connection => connection.Broken()), this);

    private void InTurn(Action<MemoryConnection> action)
    {
        if (IsClosed) return;
        Loop.BeginTurn(this);
        action(this);
        EndTurn();
    }
}
