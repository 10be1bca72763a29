using System.Buffers;
using System.IO.Pipelines;
using System.Net;

namespace Prebake.Transports.Memory;

/// <summary>
/// A connection without a socket whose client goes on talking: <c>server.ConnectAsync</c>. It takes only so much at a
/// time in each direction, as a socket does, so that slow clients can be tried. What is public is for the client,
/// from any thread.
/// </summary>
internal sealed class MemorySocket : Connection
{
    private const int Window = 64 << 10;

    // The loop never runs the client's continuations, nor the client the loop's
    private static readonly PipeOptions s_toServer = new(
        pauseWriterThreshold: Window, resumeWriterThreshold: Window / 2, readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);

    private static readonly PipeOptions s_toClient = new(
        pauseWriterThreshold: 0, readerScheduler: PipeScheduler.ThreadPool,
        writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);

    private readonly Pipe _toServer = new(s_toServer);
    private readonly Pipe _toClient = new(s_toClient);
    private int _unread;                // of what was sent to the client, in bytes
    private int _awaitsRoom;
    private bool _delivering, _sendingEnded;

    private MemorySocket(Loop loop) : base(loop) { }

    public override IPEndPoint? RemoteEndPoint => null;

    /// <exception cref="ObjectDisposedException">The loop has ended, because the server has stopped.</exception>
    public static MemorySocket Open(Loop loop)
    {
        var socket = new MemorySocket(loop);
        if (loop.Post(static state => ((MemorySocket)state!).Begin(), socket)) return socket;
        throw new ObjectDisposedException(nameof(Server), "The server has stopped; start another one to connect to.");
    }

    /// <summary>Completes when there is room for more. One call at a time.</summary>
    /// <exception cref="IOException">The connection is gone.</exception>
    public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
    {
        _toServer.Writer.Write(bytes.Span);
        ValueTask<FlushResult> flushed = _toServer.Writer.FlushAsync(cancellationToken);
        PostInTurn(static socket => socket.Deliver());

        if ((await flushed.ConfigureAwait(false)).IsCompleted)
            throw new IOException("The server has closed the connection; nothing more can be sent.");
    }

    /// <summary>What has come; empty at the end. One call at a time, each followed by <see cref="Consumed"/>.</summary>
    public ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken) =>
        _toClient.Reader.ReadAsync(cancellationToken);

    public void Consumed(SequencePosition consumed, SequencePosition examined, int count)
    {
        _toClient.Reader.AdvanceTo(consumed, examined);
        Interlocked.Add(ref _unread, -count);
        if (Interlocked.Exchange(ref _awaitsRoom, 0) == 1) PostInTurn(static socket => socket.Writable());
    }

    /// <summary>The client sends nothing more: a FIN.</summary>
    public void EndInput()
    {
        _toServer.Writer.Complete();
        PostInTurn(static socket => socket.Deliver());
    }

    /// <summary>The client is gone: a reset.</summary>
    public void Leave() => PostInTurn(static socket => socket.Broken());

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        int count = Math.Min(bytes.Length, Window - Volatile.Read(ref _unread));
        if (count == 0) return 0;

        Interlocked.Add(ref _unread, count);
        _toClient.Writer.Write(bytes[..count]);
        _toClient.Writer.FlushAsync().GetAwaiter().GetResult();         // never waits: there is no threshold
        return count;
    }

    protected override void AwaitWritable()
    {
        // The client may have read everything before it could be told that somebody waits
        Volatile.Write(ref _awaitsRoom, 1);
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _unread) < Window && Interlocked.Exchange(ref _awaitsRoom, 0) == 1)
            PostInTurn(static socket => socket.Writable());
    }

    protected override void StartReading()
    {
        if (!_delivering) Deliver();
    }

    protected override void ShutdownSend()
    {
        if (_sendingEnded) return;
        _sendingEnded = true;
        _toClient.Writer.Complete();
    }

    protected override void Release(bool reset)
    {
        ShutdownSend();
        _toServer.Reader.Complete();
    }

    private void Begin()
    {
        if (Loop.HasEnded) { Release(reset: true); return; }

        Loop.Adopt(this);
        Loop.RunInTurn(this, static socket => socket.Deliver(), this);
    }

    // As reads would bring it
    private void Deliver()
    {
        _delivering = true;
        while (!InputPaused && !IsClosed && _toServer.Reader.TryRead(out ReadResult read))
        {
            if (read.Buffer.IsEmpty)
            {
                _toServer.Reader.AdvanceTo(read.Buffer.End);
                if (read.IsCompleted) ReceivedEnd();
                break;
            }

            ArraySegment<byte> target = ReceiveTarget();
            int count = (int)Math.Min(target.Count, read.Buffer.Length);
            read.Buffer.Slice(0, count).CopyTo(target);
            _toServer.Reader.AdvanceTo(read.Buffer.GetPosition(count));
            Received(target, count);
        }

        _delivering = false;
    }

    private void PostInTurn(Action<MemorySocket> action) =>
        Loop.Post(static state =>
        {
            var (socket, action) = ((MemorySocket, Action<MemorySocket>))state!;
            socket.Loop.RunInTurn(socket, action, socket);
        }, (this, action));
}
