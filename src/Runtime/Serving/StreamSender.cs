using System.Diagnostics;
using System.Globalization;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// A response whose body a handler writes piece by piece: the handler fills a pipe on its own thread, the loop empties
/// it as fast as the
/// peer reads, and the pipe stops the handler in between.
/// </summary>
internal sealed class StreamSender : BodySender
{
    // What is written before the socket is asked whether it takes more: the rest stays in the pipe, which holds the
    // producer up
    private const int Burst = 32 << 10;

    private enum State : byte
    {
        /// <summary>The peer does not take more: <see cref="Pump"/> comes when it does.</summary>
        Blocked,

        /// <summary>Writing.</summary>
        Pumping,

        /// <summary>The producer has nothing: it wakes the loop.</summary>
        Waiting,

        /// <summary>Over; a producer may still be at work, and writes into nothing.</summary>
        Ended,
    }

    private enum Ending : byte
    {
        /// <summary>When the producer has written everything.</summary>
        WithProducer,

        /// <summary>An endless stream, and the server stops: its source ends it in a moment.</summary>
        Soon,

        /// <summary>An endless stream, and the server stops: here.</summary>
        Now,

        /// <summary>Without a word: the peer is gone.</summary>
        Abandoned,
    }

    private readonly ServedExchange _exchange;
    private readonly Loop _loop;
    private readonly Response _response;
    private readonly StreamSource _source;
    private readonly int _status;
    private readonly StreamPipe _pipe;
    private CancellationToken _aborted;
    private OwnedValues? _owned;            // what the producer may use to its end
    private Activity? _activity;
    private StreamPipe.Block _block;        // what is being written
    private int _blockStart;                // from here; and what is behind its end has been given back
    private long _quietAfter = long.MaxValue, _waitingSince;
    private bool _isTimed;                  // the connection has a deadline for what waits
    private State _state;
    private Ending _ending;
    private BodyEnd _head;                  // how the head that was written says the body ends; None: it has not been written
    private long _left;                     // of a counted body

    public StreamSender(ServedExchange exchange, Response response, StreamSource source, int status)
    {
        _exchange = exchange;
        _loop = exchange.Worker.Loop;
        _response = response;
        _source = source;
        _status = status;
        _pipe = new StreamPipe(static stream => ((StreamSender)stream!).Wake(), this, source.ShowsPipe);
    }

    public override bool IsWaiting => _state is State.Waiting;

    public override long WaitingSince => _waitingSince;

    public override long QuietAfter => _quietAfter;

    public override void Start()
    {
        _state = State.Pumping;
        if (_exchange.Head.Method is HttpMethod.Head || ResponseHead.HasNoBody(_status))
        {
            // Nobody will read it: what it holds is let go, unread
            _source.Discard();
            WriteHead(
                ResponseHead.HasNoBody(_status) ? BodyLength.Of(0, _status)
                : _source.Length is { } length ? BodyLength.Of(length, _status)
                : BodyLength.Unknown);
            _state = State.Ended;
            _exchange.SenderEnded(failed: false);
            return;
        }

        _exchange.KeepHead();
        try
        {
            // The head first: if it cannot be written, no producer has begun
            if (!_source.Heartbeat.IsEmpty)
            {
                _quietAfter = _exchange.Worker.Settings.HeartbeatMilliseconds;
                WriteHead(BodyLength.Unknown);
                _exchange.Flush();
            }
        }
        catch (Exception)
        {
            _state = State.Ended;
            _source.Discard();
            throw;
        }

        _aborted = _exchange.Aborted;
        _owned = _exchange.HoldOwned();
        _activity = _exchange.Activity;
        ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.ProduceAsync(), this, preferLocal: false);
        GoOn();
    }

    public override void Discard()
    {
        _state = State.Ended;
        _source.Discard();
    }

    private async Task ProduceAsync()
    {
        if (_activity is not null) Activity.Current = _activity;
        try
        {
            await _source.ProduceAsync(_pipe, _aborted).ConfigureAwait(false);
            _pipe.Complete();
        }
        catch (Exception e)
        {
            _pipe.Complete(e);
        }

        _owned?.Release();
    }

    public override void Quiet()
    {
        if (_state is not State.Waiting || _source.Heartbeat.IsEmpty) return;
        if (!_source.Beat())
        {
            _exchange.WritePiece(_source.Heartbeat);
            _exchange.Flush();
        }

        _isTimed = false;
        if (_state is State.Waiting) Wait();
    }

    /// <summary>
    /// An endless stream of events ends here, and its client connects again somewhere else; all others are finished by
    /// their producer.
    /// </summary>
    public override void Drain()
    {
        if (_source.Heartbeat.IsEmpty || _ending is not Ending.WithProducer) return;
        _ending = _source.EndSoon() ? Ending.Soon : Ending.Now;
        if (_state is State.Waiting && _ending is Ending.Now) GoOn();
    }

    /// <summary>The connection is gone: the producer's next flush says so, and its token fires.</summary>
    public override void PeerLeft()
    {
        _ending = Ending.Abandoned;
        if (_state is State.Blocked or State.Waiting) Abandon();
    }

    /// <summary>Moves on what there is. In a turn.</summary>
    public override void Pump()
    {
        if (_state is State.Blocked) GoOn();
    }

    // From the producer's thread
    private void Wake() => _loop.Post(static stream => ((StreamSender)stream!).Resume(), this);

    // Perhaps for a stream that has ended meanwhile
    private void Resume()
    {
        if (_state is State.Waiting) _exchange.InTurn(static stream => ((StreamSender)stream).GoOn(), this);
    }

    private void GoOn()
    {
        _state = State.Pumping;
        try
        {
            Move();
        }
        catch (Exception e)
        {
            Fail(e);
        }
    }

    private void Move()
    {
        if (_head is BodyEnd.None && !Begin()) return;

        bool isLast = false;
        while (true)
        {
            if (_ending is Ending.Abandoned)
            {
                Abandon();
                return;
            }

            if (_exchange.IsBlocked)
            {
                _state = State.Blocked;
                _isTimed = false;
                return;
            }

            if (_blockStart < _block.Length)
            {
                WriteBlock();
                continue;
            }

            if (_ending is Ending.Now)
            {
                Finish();
                return;
            }

            StreamPipe.Look found = isLast ? StreamPipe.Look.Empty : _pipe.Take(out _block);
            if (found is StreamPipe.Look.Completed)
            {
                Finish();
                return;
            }

            if (found is not StreamPipe.Look.Empty)
            {
                _blockStart = 0;
                isLast = found is StreamPipe.Look.Last;
                continue;
            }

            _exchange.Flush();          // whoever writes piece by piece wants each piece to arrive
            if (_ending is Ending.Abandoned || _exchange.IsBlocked) continue;

            Wait();
            return;
        }
    }

    private void Wait()
    {
        _state = State.Waiting;
        _waitingSince = _loop.Now;
        if (_isTimed) return;

        _isTimed = true;
        _exchange.SenderWaits();
    }

    // The head, once it is known what it says. False: not yet, or the stream has ended
    private bool Begin()
    {
        bool isCompleted = _pipe.IsCompleted;
        if (isCompleted && _pipe.Fault is { } fault)
        {
            LetGo();
            _exchange.SenderFailedEarly(fault);
            return false;
        }

        long written = _pipe.Length;
        StreamPipe.Look found = _pipe.Take(out _block);
        if (found is StreamPipe.Look.Completed && !isCompleted) return Begin();         // just now, perhaps by a fault

        if (found is StreamPipe.Look.Empty)
        {
            Wait();
            return false;
        }

        _blockStart = 0;
        if (HasTrailers) WriteHead(BodyLength.Unknown);
        else if (_source.Length is { } announced)
        {
            if (written > announced || isCompleted && written < announced) throw WrongLength();
            WriteHead(BodyLength.Of(announced, _status));
        }
        // Done before anything was sent: then it has a length like any other
        else WriteHead(isCompleted ? BodyLength.Of(written, _status) : BodyLength.Unknown);
        return true;
    }

    private InvalidOperationException WrongLength() => new(string.Create(
        CultureInfo.InvariantCulture,
        $"The body does not have the {_source.Length} bytes that its Content-Length announces."));

    private void WriteBlock()
    {
        int part = Math.Min(Burst, _block.Length - _blockStart);
        if (_head is BodyEnd.Counted && (_left -= part) < 0) throw WrongLength();
        _exchange.WritePiece(_block.Bytes.AsSpan(_blockStart, part));
        _blockStart += part;
        if (!_block.IsSmall) _pipe.Taken(part);
        if (_blockStart == _block.Length) GiveBack();

        if (_loop.Output.Length >= Burst) _exchange.Flush();
    }

    private void Finish()
    {
        if (_ending is Ending.WithProducer or Ending.Soon && _pipe.Fault is { } fault)
        {
            Fail(fault);
            return;
        }

        if (_head is BodyEnd.Counted && _left > 0)
        {
            Fail(WrongLength());
            return;
        }

        if (_head is BodyEnd.Unknown) _exchange.WriteEnd(_response.TrailersOrNull, _exchange.TrailersToSend);
        if (_ending is Ending.Now or Ending.Soon) _exchange.PeerLeft();       // the producer's next flush says that nobody reads, and its token fires
        LetGo();
        _exchange.SenderEnded(failed: false);
    }

    // The producer has failed, or what it gave cannot be written
    private void Fail(Exception error)
    {
        bool isEarly = _head is BodyEnd.None;
        LetGo();
        if (isEarly)
        {
            _exchange.SenderFailedEarly(error);
            return;
        }

        if (error is not OperationCanceledException) _exchange.Worker.Settings.Report(error, "a streamed response");
        _exchange.PeerLeft();
        _exchange.SenderEnded(failed: true);
    }

    private bool HasTrailers => _exchange.TakesTrailers && (_response.TrailersOrNull?.Count > 0 || _exchange.TrailersToSend?.Count > 0);

    private void WriteHead(BodyLength length)
    {
        // As they are now: the handler has the response still, and may change it while the head is written
        Headers? fields = _response.HeadersOrNull?.Snapshot();
        string? extra = length.End is BodyEnd.Unknown && _exchange.TakesTrailers
            ? TrailerNames.Announce(_response.TrailersOrNull?.Snapshot(), _exchange.TrailersToSend?.Snapshot())
            : null;
        _exchange.WriteHead(_status, _response.ContentType, fields, length, extra);
        (_head, _left) = (length.End, length.Bytes);
    }

    private void Abandon()
    {
        if (_state is State.Ended) return;
        LetGo();
        _exchange.SenderAbandoned();
    }

    private void LetGo()
    {
        _state = State.Ended;
        GiveBack();
        _pipe.StopReading();
    }

    private void GiveBack()
    {
        if (_block.Length > 0) _pipe.GiveBack(_block);
        _block = default;
        _blockStart = 0;
    }
}
