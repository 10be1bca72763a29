using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Prebake.Http1;

/// <summary>
/// What a handler writes piece by piece on its own thread, on its way to the loop. A flush hands a block over and wakes the loop once, however many follow; when
/// the loop is too far behind, it waits. A stream that sends a little now and then alternates between two small blocks; nothing is rented for a piece.
/// </summary>
/// <param name="wake">Called when there is something for a loop that had found nothing. From any thread.</param>
internal sealed class StreamPipe(Action wake) : PipeWriter, IValueTaskSource<FlushResult>
{
    // Little, since the socket has a buffer too: what one producer may be ahead of its reader
    private const int PauseAbove = 32 << 10, ResumeBelow = 16 << 10;

    // The first block, and the largest that is kept while the stream is quiet
    private const int SmallBlock = 256, KeptBlock = 4 << 10;

    private readonly record struct Block(byte[] Bytes, int Length);

    private readonly Lock _lock = new();

    // The producer's
    private byte[] _filling = [];
    private int _filled;

    // Both sides', under the lock
    private readonly Queue<Block> _ready = new(2);
    private byte[]? _spare;
    private long _readyBytes;
    private bool _awake = true;             // the loop looks by itself, or has been woken
    private bool _producerDone, _readerDone, _canceled;
    private Exception? _fault;
    private bool _waiting;
    private ManualResetValueTaskSourceCore<FlushResult> _flushed = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    // ---- the producer's side -------------------------------------------------------------------------------------------

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _filled;

    public override Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _filling.AsSpan(_filled);
    }

    public override Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _filling.AsMemory(_filled);
    }

    public override void Advance(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, _filling.Length - _filled);
        _filled += bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);

        bool mustWake;
        ValueTask<FlushResult> result;
        lock (_lock)
        {
            mustWake = Commit();
            if (_readerDone || _canceled || _readyBytes <= PauseAbove)
            {
                result = new(new FlushResult(_canceled, _readerDone));
                _canceled = false;
            }
            else
            {
                _waiting = true;
                _flushed.Reset();
                result = new(this, _flushed.Version);
            }
        }

        if (mustWake) wake();
        if (!result.IsCompleted && cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (state, token) => ((StreamPipe)state!).Release(new OperationCanceledException(token)), this);
        return result;
    }

    public override void CancelPendingFlush()
    {
        lock (_lock)
        {
            _canceled = true;
            if (!_waiting) return;
        }

        Release(error: null);
    }

    public override void Complete(Exception? exception = null)
    {
        bool mustWake;
        lock (_lock)
        {
            if (_producerDone) return;
            mustWake = Commit() || !_awake;
            _producerDone = _awake = true;
            _fault = exception;
        }

        if (_filling.Length > 0) ArrayPool<byte>.Shared.Return(_filling);
        (_filling, _filled) = ([], 0);
        if (mustWake) wake();
    }

    // ---- the loop's side -----------------------------------------------------------------------------------------------

    /// <summary>Nothing more will come behind what <see cref="TryTake"/> gives.</summary>
    public bool IsCompleted { get { lock (_lock) return _producerDone; } }

    /// <summary>Why the producer has ended, or null.</summary>
    public Exception? Fault { get { lock (_lock) return _fault; } }

    /// <summary>How many bytes are there to be taken.</summary>
    public long Length { get { lock (_lock) return _readyBytes; } }

    /// <summary>
    /// The next block, which is to be given back with the next call. False when there is none: then the loop is woken by the next flush, unless the producer has
    /// completed.
    /// </summary>
    public bool TryTake(ref byte[]? block, out int length)
    {
        lock (_lock)
        {
            if (block is not null) GiveBack(block);

            if (_ready.TryDequeue(out Block next))
            {
                (block, length) = next;
                return true;
            }

            (block, length) = (null, 0);
            if (!_producerDone) _awake = false;
            return false;
        }
    }

    /// <summary>So much has been written: a producer that waits may go on.</summary>
    public void Taken(int bytes)
    {
        lock (_lock)
        {
            _readyBytes -= bytes;
            if (!_waiting || _readyBytes >= ResumeBelow) return;
        }

        Release(error: null);
    }

    /// <summary>Nobody reads any more. What is there is dropped, and every flush says so.</summary>
    public void StopReading(byte[]? block)
    {
        bool release;
        lock (_lock)
        {
            if (_readerDone) return;
            _readerDone = _awake = true;
            if (block is not null) ArrayPool<byte>.Shared.Return(block);
            while (_ready.TryDequeue(out Block next)) ArrayPool<byte>.Shared.Return(next.Bytes);
            if (_spare is not null) ArrayPool<byte>.Shared.Return(_spare);
            _spare = null;
            release = _waiting;
        }

        if (release) Release(error: null);
    }

    // ----------------------------------------------------------------------------------------------------------------

    private void Reserve(int sizeHint)
    {
        int wanted = Math.Max(sizeHint, 1);
        if (_filling.Length - _filled >= wanted) return;

        byte[]? larger = null;
        if (_filled == 0)
        {
            lock (_lock) (larger, _spare) = (_spare, null);
        }

        if (larger is null || larger.Length < _filled + wanted)
        {
            if (larger is not null) ArrayPool<byte>.Shared.Return(larger);
            larger = ArrayPool<byte>.Shared.Rent(Math.Max(SmallBlock, Math.Max(_filled + wanted, Math.Min(_filled * 2, 64 << 10))));
        }

        _filling.AsSpan(0, _filled).CopyTo(larger);
        if (_filling.Length > 0) ArrayPool<byte>.Shared.Return(_filling);
        _filling = larger;
    }

    // True when the loop must be woken. Under the lock
    private bool Commit()
    {
        if (_filled == 0) return false;

        if (_readerDone)
        {
            _filled = 0;
            return false;
        }

        _ready.Enqueue(new Block(_filling, _filled));
        _readyBytes += _filled;
        (_filling, _filled) = ([], 0);
        bool mustWake = !_awake;
        _awake = true;
        return mustWake;
    }

    private void GiveBack(byte[] block)
    {
        if (_spare is null && block.Length <= KeptBlock) _spare = block;
        else ArrayPool<byte>.Shared.Return(block);
    }

    private void Release(Exception? error)
    {
        FlushResult result;
        lock (_lock)
        {
            if (!_waiting) return;
            _waiting = false;
            result = new FlushResult(_canceled, _readerDone);
            _canceled = false;
        }

        if (error is null) _flushed.SetResult(result);
        else _flushed.SetException(error);
    }

    FlushResult IValueTaskSource<FlushResult>.GetResult(short token)
    {
        _registration.Dispose();
        _registration = default;
        return _flushed.GetResult(token);
    }

    ValueTaskSourceStatus IValueTaskSource<FlushResult>.GetStatus(short token) => _flushed.GetStatus(token);

    void IValueTaskSource<FlushResult>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _flushed.OnCompleted(continuation, state, token, flags);
}
