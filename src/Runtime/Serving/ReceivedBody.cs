using System.Buffers;
using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using Prebake.Http;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// The body of one request between the loop, which feeds it, and a handler, which may read it on any thread. What
/// arrived together with the
/// head is there at once; the rest is read from the socket when the handler first asks, never ahead of it.
/// </summary>
/// <remarks>
/// It serves another request only if no handler could have asked for it (<see cref="Recycle"/>): what one may be
/// reading, or waits for, stays its own. Its buffer goes back all the same, if user code has got copies only and nobody is at
/// work on one.
/// </remarks>
internal sealed partial class ReceivedBody(ServedExchange exchange) : RequestBody
{
    // What a handler that reads piece by piece may lag behind before reading stops. Nothing that it has been handed is
    // used again: a producer may hold a
    // result of the reader long after its request has gone.
    private static readonly PipeOptions s_pipeOptions = new(UnpooledMemory.Instance, PipeScheduler.ThreadPool, PipeScheduler.Inline,
        pauseWriterThreshold: 256 << 10, resumeWriterThreshold: 128 << 10, minimumSegmentSize: 1 << 10, useSynchronizationContext: false);

    private enum Use : byte
    {
        /// <summary>Nobody has asked: what does not come with the head stays in the socket.</summary>
        Unasked,

        /// <summary>The framework binds the whole of it.</summary>
        Bound,

        /// <summary>A handler waits for the whole of it, or the framework behind steps and the like.</summary>
        Awaited,

        /// <summary>A handler has been given the whole of it.</summary>
        Taken,

        /// <summary>A handler reads it piece by piece.</summary>
        Piped,

        /// <summary>The response has been given: what still comes is thrown away.</summary>
        Discarded,

        /// <summary>The request is over.</summary>
        Ended,
    }

    private Gate _gate = Gate.Make();
    private Use _use;
    private Room _room;
    private bool _isShown;                  // a handler has asked for it, so it may hold on to it
    private bool _isComplete;
    private Owner _owner;                   // of the buffer
    private bool _binds;                    // what waits for all of it is the framework, which reads it before the request can end
    private byte[]? _buffer;
    private int _length;
    private int _lent;                      // how often all of it has been lent, and not been given back
    private long? _declared;
    private Exception? _fault;
    private HttpException? _owed;
    private Pipe? _pipe;
    private PipeReader? _wholeReader;
    private Headers? _trailers;
    private Wait? _wait;                    // of who waits for all of it

    public override bool IsEmpty => _declared == 0;
    public override long? Length => _declared;
    public override Headers? Trailers => _trailers;

    /// <summary>The last byte has been fed, and <see cref="Bytes"/> has all of them.</summary>
    public bool IsComplete => _isComplete && _pipe is null;

    /// <summary>Somebody has asked for it.</summary>
    public bool IsShown => _isShown;

    /// <summary>The bytes so far, for a handler that binds the whole body. On the loop, when complete.</summary>
    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, _length);

    /// <summary>Whether bytes that arrive now have somewhere to go; if not, they stay in the socket.</summary>
    public bool IsWanted => _use is not Use.Unasked && _room is Room.Free;

    /// <summary>Whether the reader of the pipe keeps up. The loop's.</summary>
    private enum Room : byte { Free, Full }

    private enum Owner : byte
    {
        /// <summary>The pool, which gets it back.</summary>
        Pool,

        /// <summary>This body: it is exactly as long, so that user code may get it.</summary>
        Body,

        /// <summary>User code, which has got it.</summary>
        User,
    }

    // ---- the loop's side --------------------------------------------------------------------------------------------

    /// <summary>A null length is known only at the body's end.</summary>
    public void Start(long? declared)
    {
        _declared = declared;
        _isComplete = declared == 0;
        _use = Use.Unasked;
        _room = Room.Free;
    }

    /// <summary>The framework itself wants the whole body, to bind it.</summary>
    public void Bind() => _use = Use.Bound;

    /// <summary>Whether so many more bytes can be held: what is read as a whole is one array.</summary>
    public bool HasRoomFor(int count) => _use is Use.Piped || _length <= Array.MaxLength - count;

    /// <summary>
    /// Takes bytes without their framing. False when the handler lags behind and reading should pause until told, or with
    /// a <see cref="Refusal"/>.
    /// </summary>
    public bool Feed(ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return true;

        using (_gate.Enter())
        {
            if (_use is Use.Discarded or Use.Ended) return true;
            if (_use is not Use.Piped)
            {
                if (_decoding is not null) return TakeDecoded(data);

                Append(data);
                return true;
            }
        }

        // Only this side writes to the pipe. Room for what has come and no more: a thousand bodies that trickle are to cost little
        if (_decoding is null) _pipe!.Writer.Write(data);
        else if (!TakeDecoded(data)) return false;

        ValueTask<FlushResult> flush = _pipe!.Writer.FlushAsync();
        if (flush.IsCompleted)
        {
            if (flush.Result.IsCompleted) Discard();
            return true;
        }

        _room = Room.Full;
        flush.GetAwaiter().UnsafeOnCompleted(() => exchange.PostBodyResumed(this));
        return false;
    }

    /// <summary>On the loop: whoever reads piece by piece has caught up.</summary>
    public void Resume() => _room = Room.Free;

    /// <summary>The last byte has been fed. False, with a <see cref="Refusal"/>, when it cannot be the last.</summary>
    public bool Finish(Headers? trailers)
    {
        bool wakes;
        using (_gate.Enter())
        {
            if (_decoding is not null && _use is not (Use.Discarded or Use.Ended))
            {
                Refusal = _decoding.End();
                if (Refusal is not null) return false;
            }

            EndDecoding();
            _trailers = trailers;
            _isComplete = true;
            wakes = _use is Use.Awaited;
            if (wakes)
            {
                // Before it runs, since the request may end before it does
                _use = Use.Taken;
                if (!_binds) Interlocked.Increment(ref _lent);
            }
        }

        if (_use is Use.Piped) _pipe!.Writer.Complete();
        else if (wakes) _wait!.SetResult(_buffer.AsMemory(0, _length));
        return true;
    }

    /// <summary>No more will come: malformed, too long, too slow, or the peer has left.</summary>
    public void Fail(Exception fault)
    {
        bool wakes;
        using (_gate.Enter())
        {
            if (_isComplete || _fault is not null) return;
            _fault = fault;
            EndDecoding();
            wakes = _use is Use.Awaited;
            if (wakes) _use = Use.Taken;
        }

        if (_use is Use.Piped) _pipe!.Writer.Complete(fault);
        else if (wakes) _wait!.SetException(fault);
    }

    /// <summary>It is announced as too long, and is refused when providers and guards have let the request through.</summary>
    public HttpException? Announced { get; set; }

    /// <summary>
    /// It cannot be taken, and its handler is at work elsewhere: this is what is replied, whatever the handler makes of
    /// it. Before <see cref="Fail"/>.
    /// </summary>
    public void Owe(HttpException refusal) => Volatile.Write(ref _owed, refusal);

    /// <summary>What is to be replied in the place of anything else, once.</summary>
    public HttpException? TakeOwed() => _owed is null ? null : Interlocked.Exchange(ref _owed, null);

    /// <summary>Longer than the route takes.</summary>
    public static HttpException TooLong() => new(413, "The body exceeds the server's limit.");

    /// <summary>The response has been given: what still comes is nobody's.</summary>
    public void Discard()
    {
        using (_gate.Enter())
        {
            if (_use is Use.Unasked or Use.Bound or Use.Piped) _use = Use.Discarded;
        }
    }

    /// <summary>
    /// The request is over, and no handler could ever have asked for this body: it may serve another request.
    /// </summary>
    public void Recycle()
    {
        ReturnBuffer();
        _fault = null;
        _owed = null;
        Announced = null;
        _trailers = null;
        Refusal = null;
        EndDecoding();
    }

    private void ReturnBuffer()
    {
        if (_buffer is not null && _owner is Owner.Pool) Buffers.Return(_buffer);
        _buffer = null;
        _length = 0;
        _owner = Owner.Pool;
    }

    /// <summary>
    /// The request is over: a read that still waits fails, and so does every later one. True when a handler has asked
    /// for this body.
    /// </summary>
    public bool End()
    {
        Use use;
        bool isHeld;
        using (_gate.Enter())
        {
            use = _use;
            _use = Use.Ended;
            EndDecoding();

            // From here on nobody is lent anything. What is lent still, or was shown to user code, is left to the collector
            isHeld = Volatile.Read(ref _lent) != 0 || _wholeReader is not null;
        }

        if (!_isShown)
        {
            Recycle();
            return false;
        }

        if (!isHeld) ReturnBuffer();

        if (use is Use.Awaited || _pipe is not null && !_isComplete)
        {
            var over = new InvalidOperationException(
                "The request was answered before its body had been read; await the read before you return.");
            if (use is Use.Awaited) _wait!.SetException(over);
            else _pipe!.Writer.Complete(over);
        }

        return true;
    }

    // ---- the handler's side -----------------------------------------------------------------------------------------

    public override ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(CancellationToken cancellationToken = default) => ReadAllAsync(binds: false, cancellationToken);

    private ValueTask<ReadOnlyMemory<byte>> ReadAllAsync(bool binds, CancellationToken cancellationToken)
    {
        ValueTask<ReadOnlyMemory<byte>> pending;
        using (_gate.Enter())
        {
            _isShown = true;
            if (_pipe is not null || _wholeReader is not null)
                throw new InvalidOperationException(
                    "The body is being read through request.Body; "
                        + "use either Body or one of TextAsync, JsonAsync, BytesAsync, FormAsync.");

            if (_use is Use.Ended) throw IsOver();
            if (_fault is not null) return ValueTask.FromException<ReadOnlyMemory<byte>>(_fault);
            if (_isComplete)
            {
                Interlocked.Increment(ref _lent);
                return new(_buffer.AsMemory(0, _length));
            }

            if (_use is Use.Awaited)
            {
                throw new InvalidOperationException(
                    "The body is already being read; await the first read before the next.");
            }

            if (_use is Use.Discarded) throw IsAnswered();

            _use = Use.Awaited;
            _binds = binds;
            _wait = new Wait();
            pending = _wait.Task;
        }

        exchange.PostBodyWanted(this);
        return cancellationToken.CanBeCanceled ? new(pending.AsTask().WaitAsync(cancellationToken)) : pending;
    }

    /// <summary>The same for the framework itself, before it has come: then <see cref="Bytes"/> are there, and nothing is lent.</summary>
    public ValueTask<ReadOnlyMemory<byte>> WhenWhole() => ReadAllAsync(binds: true, CancellationToken.None);

    public override void GiveBack()
    {
        exchange?.Worker.ExpectsBytes = false;
        Interlocked.Decrement(ref _lent);
    }

    public override byte[] TakeArray(ReadOnlyMemory<byte> lent)
    {
        exchange?.Worker.ExpectsBytes = true;
        bool takes;
        using (_gate.Enter())
        {
            // Not while somebody else reads it
            takes = _owner is Owner.Body && Volatile.Read(ref _lent) == 1;
            if (takes) _owner = Owner.User;
        }

        byte[] array = takes ? _buffer! : lent.ToArray();
        Interlocked.Decrement(ref _lent);
        return array;
    }

    public override PipeReader Reader
    {
        get
        {
            using (_gate.Enter())
            {
                _isShown = true;
                if (_pipe is not null) return _pipe.Reader;
                if (_wholeReader is not null) return _wholeReader;

                if (_use is Use.Ended) throw IsOver();
                if (_use is Use.Awaited or Use.Taken)
                    throw new InvalidOperationException(
                        "The body is already being read by TextAsync, JsonAsync, BytesAsync or FormAsync; "
                            + "use either those or Body.");
                if (_isComplete) return _wholeReader = PipeReader.Create(new ReadOnlySequence<byte>(_buffer.AsMemory(0, _length)));

                _pipe = new Pipe(s_pipeOptions);
                if (_length > 0) _pipe.Writer.Write(_buffer.AsSpan(0, _length));
                if (_fault is not null) _pipe.Writer.Complete(_fault);
                else if (_length > 0) _ = _pipe.Writer.FlushAsync();      // far below the threshold: completes at once
                if (_use is Use.Discarded) _pipe.Writer.Complete(IsAnswered());
                else _use = Use.Piped;
            }

            exchange.PostBodyWanted(this);
            return _pipe.Reader;
        }
    }

    private static ObjectDisposedException IsOver() =>
        new(nameof(Request), "This request is over; read its body before its handler returns.");

    private static InvalidOperationException IsAnswered() =>
        new("The request has been answered, so its body can no longer be read.");

    // Grows with what really came, never with what was announced
    private void Append(ReadOnlySpan<byte> data)
    {
        if (_buffer is null && data.Length == _declared && _use is not Use.Bound && exchange is { Worker.ExpectsBytes: true })
        {
            _buffer = GC.AllocateUninitializedArray<byte>(data.Length);
            _owner = Owner.Body;
        }
        else if (_buffer is null) _buffer = Buffers.Rent(Math.Max(data.Length, 1 << 10));
        else if (_buffer.Length - _length < data.Length)
        {
            byte[] larger = Buffers.Rent(Math.Max(_length + data.Length, (int)Math.Min(_buffer.Length * 2L, Array.MaxLength)));
            _buffer.AsSpan(0, _length).CopyTo(larger);
            Buffers.Return(_buffer);
            _buffer = larger;
        }

        data.CopyTo(_buffer.AsSpan(_length));
        _length += data.Length;
    }

    /// <summary>Somebody waits for all of it. An object of its own, since most bodies have come when they are asked for.</summary>
    private sealed class Wait : IValueTaskSource<ReadOnlyMemory<byte>>
    {
        private ManualResetValueTaskSourceCore<ReadOnlyMemory<byte>> _source = new() { RunContinuationsAsynchronously = true };

        public ValueTask<ReadOnlyMemory<byte>> Task => new(this, _source.Version);

        public void SetResult(ReadOnlyMemory<byte> all) => _source.SetResult(all);

        public void SetException(Exception fault) => _source.SetException(fault);

        public ReadOnlyMemory<byte> GetResult(short token) => _source.GetResult(token);

        public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _source.OnCompleted(continuation, state, token, flags);
    }
}
