using System.Buffers;
using System.IO.Pipelines;
using Prebake.Transports.Memory;

namespace Prebake.Testing;

/// <summary>
/// The client's end of a connection in memory as a stream, for HttpClient. To dispose of it cuts the connection, as a
/// client that leaves.
/// </summary>
internal sealed class MemoryStreamOfClient(MemorySocket socket, TestPeer peer) : Stream
{
    private int _hasLeft;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ReadResult read = await socket.Client.ReadAsync(cancellationToken).ConfigureAwait(false);
        int count = (int)Math.Min(read.Buffer.Length, buffer.Length);
        read.Buffer.Slice(0, count).CopyTo(buffer.Span);
        SequencePosition end = read.Buffer.GetPosition(count);
        socket.Client.Consumed(end, end, count);

        if (read.Buffer.IsEmpty && read.IsCompleted && socket.WasCut)
            throw new IOException("The server has cut the connection.", peer.Call?.Error);
        return count;
    }

    public override async ValueTask WriteAsync(
        ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (TestCall.Current is { } call) peer.Call = call;
        await socket.Client.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) =>
        ReadAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Write(byte[] buffer, int offset, int count) =>
        WriteAsync(buffer, offset, count, CancellationToken.None).GetAwaiter().GetResult();

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && Interlocked.Exchange(ref _hasLeft, 1) == 0) socket.Client.Leave();
        base.Dispose(disposing);
    }
}
