using System.Threading.Tasks.Sources;
using Prebake.Transports;

namespace Prebake.Tls.Portable;

/// <summary>
/// The stream under an <c>SslStream</c>. What is written gathers until it is taken; a read for which nothing has come
/// completes inside <see cref="Arrived"/>, and whoever awaits it goes on there, on the loop.
/// </summary>
internal sealed class WireStream : Stream, IValueTaskSource<int>
{
    private ManualResetValueTaskSourceCore<int> _arrival;      // continuations run where it completes
    private Memory<byte> _target;
    private bool _isAwaited, _isClosed;

    private ByteQueue _in, _out;

    public override bool CanRead => true;
    public override bool CanWrite => true;
    public override bool CanSeek => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }


    /// <summary>
    /// Bytes have come from the peer: who waits for them goes on, and has done what it can when this returns.
    /// </summary>
    public void Arrived(ReadOnlySpan<byte> bytes)
    {
        _in.Write(bytes);
        if (!_isAwaited || _in.Length == 0) return;

        _isAwaited = false;
        _arrival.SetResult(_in.Take(_target.Span));
    }

    /// <summary>Moves what was written to where it is sent from, as far as there is room.</summary>
    public int Take(Span<byte> wire) => _out.Take(wire);

    /// <summary>Nothing more comes. Who waits is told.</summary>
    public override void Close()
    {
        if (_isClosed) return;
        _isClosed = true;

        if (_isAwaited)
        {
            _isAwaited = false;
            _arrival.SetException(new IOException("The connection has closed"));
        }

        _in.Release();
        _out.Release();
    }

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_isClosed) return new ValueTask<int>(0);
        if (_in.Length > 0) return new ValueTask<int>(_in.Take(buffer.Span));

        _target = buffer;
        _isAwaited = true;
        _arrival.Reset();
        return new ValueTask<int>(this, _arrival.Version);
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (!_isClosed) _out.Write(buffer);
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        Write(buffer.Span);
        return default;
    }

    public override void Flush() { }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _arrival.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _arrival.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _arrival.OnCompleted(continuation, state, token, flags);

    /// <summary>Bytes in a rented buffer; empty, it owns nothing.</summary>
    private struct ByteQueue
    {
        private const int FirstSize = 4 << 10;

        private byte[]? _buffer;
        private int _start;

        public int Length { get; private set; }

        public void Write(ReadOnlySpan<byte> bytes)
        {
            if (bytes.IsEmpty) return;

            _buffer ??= Buffers.Rent(Math.Max(bytes.Length, FirstSize));
            if (_buffer.Length - _start - Length < bytes.Length) Move(bytes.Length);
            bytes.CopyTo(_buffer.AsSpan(_start + Length));
            Length += bytes.Length;
        }

        public int Take(Span<byte> to)
        {
            int count = Math.Min(to.Length, Length);
            if (count == 0) return 0;

            _buffer.AsSpan(_start, count).CopyTo(to);
            _start += count;
            Length -= count;
            if (Length == 0) Release();
            return count;
        }

        public void Release()
        {
            if (_buffer is { } buffer) Buffers.Return(buffer);
            _buffer = null;
            _start = Length = 0;
        }

        private void Move(int more)
        {
            byte[] old = _buffer!;
            if (old.Length - Length < more) _buffer = Buffers.Rent(Math.Max(Length + more, old.Length * 2));
            old.AsSpan(_start, Length).CopyTo(_buffer);
            _start = 0;
            if (_buffer != old) Buffers.Return(old);
        }
    }
}
