using System.Buffers;
using System.IO.Pipelines;
using System.Net;

namespace Prebake.Transports.Memory;

/// <summary>
/// A connection without a socket whose client goes on talking: <c>server.ConnectAsync</c> and <c>Serve.Test</c>. It takes
/// only so much at a time in each direction, as a socket does, so that slow clients can be tried. What is public is for
/// the client, from any thread.
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
    private readonly bool _isPlain;
    private bool _delivering, _sendingEnded;
    private volatile bool _wasCut;

    private MemorySocket(Loop loop, IPEndPoint? remote, bool isPlain) : base(loop)
    {
        (RemoteEndPoint, _isPlain) = (remote, isPlain);
        Client = new ClientEnd(this);
    }

    public override IPEndPoint? RemoteEndPoint { get; }

    public override bool IsWithinProcess => _isPlain;

    /// <summary>The other end.</summary>
    public ClientSocket Client { get; }

    /// <summary>The server has cut the connection, rather than closed it.</summary>
    public bool WasCut => _wasCut;

    /// <param name="loop">Whose it becomes.</param>
    /// <param name="remote">Where the client seems to be, or null.</param>
    /// <param name="isPlain">It speaks in plain, also to a server of https.</param>
    /// <exception cref="ObjectDisposedException">The loop has ended, because the server has stopped.</exception>
    public static MemorySocket Open(Loop loop, IPEndPoint? remote, bool isPlain)
    {
        var socket = new MemorySocket(loop, remote, isPlain);
        if (loop.Post(static state => ((MemorySocket)state!).Begin(), socket)) return socket;
        throw new ObjectDisposedException(nameof(Server), "The server has stopped; start another one to connect to.");
    }

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
        _wasCut = reset;            // before the client sees the end
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

    private sealed class ClientEnd(MemorySocket socket) : ClientSocket
    {
        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            PipeWriter writer = socket._toServer.Writer;
            writer.Write(bytes.Span);
            ValueTask<FlushResult> flushed = writer.FlushAsync(cancellationToken);
            socket.PostInTurn(static socket => socket.Deliver());

            if ((await flushed.ConfigureAwait(false)).IsCompleted)
                throw new IOException("The server has closed the connection; nothing more can be sent.");
        }

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken) =>
            socket._toClient.Reader.ReadAsync(cancellationToken);

        public override void Consumed(SequencePosition consumed, SequencePosition examined, int count)
        {
            socket._toClient.Reader.AdvanceTo(consumed, examined);
            Interlocked.Add(ref socket._unread, -count);
            if (Interlocked.Exchange(ref socket._awaitsRoom, 0) == 1)
                socket.PostInTurn(static socket => socket.Writable());
        }

        public override void EndInput()
        {
            socket._toServer.Writer.Complete();
            socket.PostInTurn(static socket => socket.Deliver());
        }

        public override void Leave() => socket.PostInTurn(static socket => socket.Broken());
    }
}
