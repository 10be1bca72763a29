using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;

namespace Prebake.Http;

/// <summary>
/// What a handler writes piece by piece on its own thread, on its way to the loop. A flush hands a block over and wakes the loop once, however many follow; when
/// the loop is too far behind, it waits. A stream that sends a little now and then keeps one small block; nothing is rented for a piece.
/// </summary>
/// <param name="wake">Called when there is something for a loop that had found nothing. From any thread.</param>
/// <param name="reader">What it is called with.</param>
/// <param name="isShown">User code writes into it directly, and may hold on to its memory: none of it goes back to a pool.</param>
internal sealed class StreamPipe(Action<object?> wake, object? reader, bool isShown) : PipeWriter, IValueTaskSource<FlushResult>
{
    // Little, since the socket has a buffer too: what one producer may be ahead of its reader
    private const int PauseAbove = 32 << 10, ResumeBelow = 16 << 10;

    // What a block begins with, and up to where it is kept while the stream is quiet
    private const int FirstBlock = 256, SmallBlock = 4 << 10;

    /// <summary>What a look into the pipe has found.</summary>
    public enum Look : byte
    {
        /// <summary>Nothing: the next flush wakes the reader.</summary>
        Empty,

        /// <summary>The only block there is: the next flush wakes the reader.</summary>
        Last,

        /// <summary>A block, and perhaps more: the reader looks again.</summary>
        More,

        /// <summary>Nothing, and nothing will come.</summary>
        Completed,
    }

    /// <summary>What leaves with one flush.</summary>
    /// <param name="Bytes">An array of the pool, or one that others have too.</param>
    /// <param name="Length">How much of it.</param>
    /// <param name="IsShared">Nobody changes it any more, and the pool does not get it.</param>
    public readonly record struct Block(byte[] Bytes, int Length, bool IsShared)
    {
        /// <summary>It counts as written as soon as it is taken; of others <see cref="Taken"/> tells.</summary>
        public bool IsSmall => Bytes.Length <= SmallBlock;
    }

    // Held for a few instructions each time. In this object and not beside it: a stream among a thousand is not in the cache when its turn comes, so each object costs a wait
    private Gate _gate = Gate.Make();

    // The producer's
    private byte[] _filling = [];
    private int _filled;
    private byte[]? _shared;                // in front of what is filled, and then there is nothing yet

    // Put here by the reader when it has written a block, taken by the producer for the next
    private byte[]? _spare;

    // Both sides', under the gate. Mostly there is one block, so the queue begins behind it
    private Block _first;
    private Queue<Block>? _others;
    private int _blocks;
    private long _readyBytes;
    private bool _awake = true;             // the loop looks by itself, or has been woken
    private bool _producerDone, _readerDone, _canceled;
    private Exception? _fault;
    private bool _waiting;
    private ManualResetValueTaskSourceCore<FlushResult> _flushed = new() { RunContinuationsAsynchronously = true };
    private CancellationTokenRegistration _registration;

    // ---- the producer's side -------------------------------------------------------------------------------------------

    public override bool CanGetUnflushedBytes => true;

    public override long UnflushedBytes => _filled + (_shared?.Length ?? 0);

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

    /// <summary>Copies. What <c>BuffersExtensions.Write</c> does for any writer, without asking which it is.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        Reserve(bytes.Length);
        bytes.CopyTo(_filling.AsSpan(_filled));
        _filled += bytes.Length;
    }

    /// <summary>An array that does not change any more. Pointed to and not copied, if it leaves alone: an event for a thousand listeners lies in memory once.</summary>
    public void WriteShared(byte[] bytes)
    {
        if (UnflushedBytes > 0) Write(bytes);
        else _shared = bytes;
    }

    public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
    {
        if (cancellationToken.IsCancellationRequested) return ValueTask.FromCanceled<FlushResult>(cancellationToken);

        bool mustWake;
        ValueTask<FlushResult> result;
        using (Enter())
        {
            mustWake = Commit();
            if (_readerDone || _producerDone || _canceled || _readyBytes <= PauseAbove)
            {
                result = new(new FlushResult(_canceled, _readerDone || _producerDone));
                _canceled = false;
            }
            else
            {
                _waiting = true;
                _flushed.Reset();
                result = new(this, _flushed.Version);
            }
        }

        if (mustWake) wake(reader);
        if (!result.IsCompleted && cancellationToken.CanBeCanceled)
            _registration = cancellationToken.UnsafeRegister(static (state, token) => ((StreamPipe)state!).Release(new OperationCanceledException(token)), this);
        return result;
    }

    public override void CancelPendingFlush()
    {
        using (Enter())
        {
            _canceled = true;
            if (!_waiting) return;
        }

        Release(error: null);
    }

    public override void Complete(Exception? exception = null)
    {
        bool mustWake;
        using (Enter())
        {
            if (_producerDone) return;
            mustWake = Commit() || !_awake;
            _producerDone = _awake = true;
            _fault = exception;
        }

        if (_filling.Length > 0) Return(_filling);
        (_filling, _filled) = ([], 0);
        if (mustWake) wake(reader);
    }

    // ---- the loop's side -----------------------------------------------------------------------------------------------

    /// <summary>Nothing more will come behind what <see cref="Take"/> gives.</summary>
    public bool IsCompleted { get { using (Enter()) return _producerDone; } }

    /// <summary>Why the producer has ended, or null.</summary>
    public Exception? Fault { get { using (Enter()) return _fault; } }

    /// <summary>How many bytes are there to be taken.</summary>
    public long Length { get { using (Enter()) return _readyBytes; } }

    /// <summary>The next block, which is to be given back.</summary>
    public Look Take(out Block block)
    {
        Look found;
        bool release;
        using (Enter())
        {
            if (_blocks == 0)
            {
                block = default;
                _awake = _producerDone;
                return _producerDone ? Look.Completed : Look.Empty;
            }

            block = Dequeue();
            found = _blocks > 0 || _producerDone ? Look.More : Look.Last;
            _awake = found is Look.More;
            release = block.IsSmall && Uncount(block.Length);
        }

        if (release) Release(error: null);
        return found;
    }

    /// <summary>A block has been written.</summary>
    public void GiveBack(Block block)
    {
        if (block.IsShared) return;

        // Nobody else puts one here, so what is seen as empty stays so
        if (block.IsSmall && Volatile.Read(ref _spare) is null) Volatile.Write(ref _spare, block.Bytes);
        else Return(block.Bytes);
    }

    /// <summary>So much of a block that is not small has been written: a producer that waits may go on.</summary>
    public void Taken(int bytes)
    {
        bool release;
        using (Enter()) release = Uncount(bytes);

        if (release) Release(error: null);
    }

    /// <summary>Nobody reads any more. What is there is dropped, and every flush says so.</summary>
    public void StopReading()
    {
        bool release;
        using (Enter())
        {
            if (_readerDone) return;
            _readerDone = _awake = true;
            while (_blocks > 0)
            {
                Block block = Dequeue();
                if (!block.IsShared) Return(block.Bytes);
            }

            release = _waiting;
        }

        if (TakeSpare() is { } spare) Return(spare);
        if (release) Release(error: null);
    }

    // ----------------------------------------------------------------------------------------------------------------

    private Gate.Held Enter() => _gate.Enter();

    private void Reserve(int sizeHint)
    {
        if (_shared is { } shared)
        {
            _shared = null;
            Write(shared);
        }

        int wanted = Math.Max(sizeHint, 1);
        if (_filling.Length - _filled >= wanted) return;

        byte[]? larger = _filled == 0 ? TakeSpare() : null;
        if (larger is null || larger.Length < _filled + wanted)
        {
            if (larger is not null) Return(larger);
            larger = Rent(Math.Max(FirstBlock, Math.Max(_filled + wanted, Math.Min(_filled * 2, 64 << 10))));
        }

        _filling.AsSpan(0, _filled).CopyTo(larger);
        if (_filling.Length > 0) Return(_filling);
        _filling = larger;
    }

    // By powers of two in both cases: a block that grows byte by byte is not to be copied for each
    private byte[] Rent(int size) => isShown
        ? GC.AllocateUninitializedArray<byte>((int)Math.Min(System.Numerics.BitOperations.RoundUpToPowerOf2((uint)size), (uint)Array.MaxLength))
        : ArrayPool<byte>.Shared.Rent(size);

    private void Return(byte[] block)
    {
        if (!isShown) ArrayPool<byte>.Shared.Return(block);
    }

    // True when the loop must be woken. Under the gate
    private bool Commit()
    {
        if (_filled == 0 && _shared is null) return false;

        // A producer that has ended has said how much there is: who kept its writer writes into nothing
        if (_readerDone || _producerDone)
        {
            _filled = 0;
            _shared = null;
            return false;
        }

        Block block;
        if (_shared is not null) (block, _shared) = (new Block(_shared, _shared.Length, IsShared: true), null);
        else (block, _filling, _filled) = (new Block(_filling, _filled, IsShared: false), [], 0);
        if (_blocks++ == 0) _first = block;
        else (_others ??= new Queue<Block>()).Enqueue(block);

        _readyBytes += block.Length;
        bool mustWake = !_awake;
        _awake = true;
        return mustWake;
    }

    // Under the gate
    private Block Dequeue()
    {
        Block block = _first;
        _first = --_blocks > 0 ? _others!.Dequeue() : default;
        return block;
    }

    // True when a producer that waits may go on. Under the gate
    private bool Uncount(int bytes)
    {
        _readyBytes -= bytes;
        return _waiting && _readyBytes < ResumeBelow;
    }

    private byte[]? TakeSpare() => Volatile.Read(ref _spare) is null ? null : Interlocked.Exchange(ref _spare, null);

    private void Release(Exception? error)
    {
        FlushResult result;
        using (Enter())
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
