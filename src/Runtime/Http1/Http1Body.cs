using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Prebake.Http;

namespace Prebake.Http1;

/// <summary>
/// The body of one request between the loop, which feeds it, and a handler, which may read it on any thread. What arrived together with the
/// head is there at once; the rest is read from the socket when the handler first asks, never ahead of it.
/// </summary>
internal sealed class Http1Body : RequestBody, IValueTaskSource<ReadOnlyMemory<byte>>
{
    // What a handler that reads piece by piece may lag behind before reading stops
    private static readonly PipeOptions s_pipeOptions = new(pauseWriterThreshold: 256 << 10, resumeWriterThreshold: 128 << 10,
        readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private enum Mode : byte { Undecided, Whole, Piped, Discarded }

    private readonly Lock _lock = new();
    private Http1Connection? _connection;
    private Mode _mode;
    private byte[]? _buffer;
    private int _length;
    private long? _declared;
    private bool _complete;
    private bool _waited;
    private Exception? _fault;
    private Pipe? _pipe;
    private PipeReader? _wholeReader;
    private Headers? _trailers;
    private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _source = new() { RunContinuationsAsynchronously = true };

    public override bool IsEmpty => _declared == 0;
    public override long? Length => _declared;
    public override Headers? Trailers => _trailers;

    /// <summary>All of it has arrived.</summary>
    public bool IsComplete => _complete;

    /// <summary>The bytes so far, for a handler that binds the whole body. On the loop, when complete.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Whether bytes that arrive now have somewhere to go; if not, they stay in the socket.</summary>
    public bool IsWanted => _mode is not Mode.Undecided;

    // ---- the loop's side -----------------------------------------------------------------------------------------------

    /// <summary>For a request without a body, <paramref name="declared"/> is 0; null is chunked.</summary>
    public void Start(Http1Connection connection, long? declared)
    {
        _connection = connection;
        _declared = declared;
        _complete = declared == 0;
        _mode = Mode.Undecided;
    }

    /// <summary>The framework itself wants the whole body, to bind it.</summary>
    public void WantWhole() => _mode = Mode.Whole;

    /// <summary>Takes decoded bytes. False when the handler lags behind and reading should pause until told.</summary>
    public bool Feed(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return true;

        lock (_lock)
        {
            if (_mode is Mode.Discarded) return true;
            if (_mode is not Mode.Piped) { Append(data); return true; }
        }

        // Only this side writes to the pipe
        _pipe!.Writer.Write(data);
        ValueTask<FlushResult> flush = _pipe.Writer.FlushAsync();
        if (flush.IsCompleted)
        {
            if (flush.Result.IsCompleted) Discard();
            return true;
        }

        var connection = _connection!;
        flush.GetAwaiter().UnsafeOnCompleted(connection.PostBodyResumed);
        return false;
    }

    /// <summary>The last byte has been fed.</summary>
    public void Finish(Headers? trailers)
    {
        bool wake;
        lock (_lock)
        {
            _trailers = trailers;
            _complete = true;
            wake = _waited && _mode is Mode.Whole;
        }

        if (_mode is Mode.Piped) _pipe!.Writer.Complete();
        else if (wake) _source.SetResult(_buffer.AsMemory(0, _length));
    }

    /// <summary>No more will come: malformed, too long, too slow, or the peer has left.</summary>
    public void Fail(Exception fault)
    {
        bool wake;
        lock (_lock)
        {
            if (_complete || _fault is not null) return;
            _fault = fault;
            wake = _waited && _mode is Mode.Whole;
        }

        if (_mode is Mode.Piped) _pipe!.Writer.Complete(fault);
        else if (wake) _source.SetException(fault);
    }

    /// <summary>The answer has been given: what still comes is nobody's.</summary>
    public void Discard()
    {
        lock (_lock) _mode = Mode.Discarded;
    }

    /// <summary>Gives everything back, after the request.</summary>
    public void Reset()
    {
        if (_buffer is not null) ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = null;
        _length = 0;

        if (_pipe is not null)
        {
            _pipe.Writer.Complete();
            _pipe.Reader.Complete();
            _pipe = null;
        }

        _wholeReader = null;
        _connection = null;
        _fault = null;
        _trailers = null;
        if (_waited) _source.Reset();
        _waited = false;
        _mode = Mode.Undecided;
    }

    // ---- the handler's side --------------------------------------------------------------------------------------------

    public override ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default)
    {
        lock (_lock)
        {
            if (_wholeReader is not null || _mode is Mode.Piped)
                throw new InvalidOperationException("The body is being read through request.Body; use either Body or one of TextAsync, JsonAsync, BytesAsync, FormAsync.");

            if (_fault is not null) return ValueTask.FromException<ReadOnlyMemory<byte>>(_fault);
            if (_complete) return new(_buffer.AsMemory(0, _length));
            if (_waited) throw new InvalidOperationException("The body is already being read; await the first read before the next.");

            _mode = Mode.Whole;
            _waited = true;
        }

        _connection!.PostBodyWanted();
        var pending = new ValueTask<ReadOnlyMemory<byte>>(this, _source.Version);
        return cancellationToken.CanBeCanceled ? new(pending.AsTask().WaitAsync(cancellationToken)) : pending;
    }

    public override PipeReader Reader
    {
        get
        {
            lock (_lock)
            {
                if (_pipe is not null) return _pipe.Reader;
                if (_wholeReader is not null) return _wholeReader;

                if (_waited) throw new InvalidOperationException("The body is already being read by TextAsync, JsonAsync, BytesAsync or FormAsync; use either those or Body.");
                if (_complete) return _wholeReader = PipeReader.Create(new ReadOnlySequence<byte>(_buffer.AsMemory(0, _length)));

                _pipe = new Pipe(s_pipeOptions);
                if (_length > 0) _pipe.Writer.Write(_buffer.AsSpan(0, _length));
                if (_fault is not null) _pipe.Writer.Complete(_fault);
                else if (_length > 0) _ = _pipe.Writer.FlushAsync();      // far below the threshold: completes at once
                _mode = Mode.Piped;
            }

            _connection!.PostBodyWanted();
            return _pipe.Reader;
        }
    }

    ReadOnlyMemory<byte> IValueTaskSource<ReadOnlyMemory<byte>>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<ReadOnlyMemory<byte>>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<ReadOnlyMemory<byte>>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    // Grows with what really came, never with what was announced (RELIABILITY 19)
    private void Append(ReadOnlySpan<byte> data)
    {
        if (_buffer is null) _buffer = ArrayPool<byte>.Shared.Rent(Math.Max(data.Length, 1 << 10));
        else if (_buffer.Length - _length < data.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(_length + data.Length, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = larger;
        }

        data.CopyTo(_buffer.AsSpan(_length));
        _length += data.Length;
    }
}
