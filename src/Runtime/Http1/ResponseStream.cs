using System.Diagnostics;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// A response whose body a handler writes piece by piece: the handler fills a pipe on its own thread, the loop empties it as fast as the
/// peer reads, and the pipe stops the handler in between.
/// </summary>
internal sealed class ResponseStream : BodySender
{
    // What is written before the socket is asked whether it takes more: the rest stays in the pipe, which holds the producer up
    private const int Burst = 32 << 10;

    private enum State : byte { Idle, Pumping, Waiting, Ended }

    private readonly Http1Connection _connection;
    private readonly Loop _loop;
    private readonly Connection _transport;
    private readonly Http1Exchange _exchange;
    private readonly Response _response;
    private readonly int _status;
    private readonly StreamPipe _pipe;
    private StreamSource? _source;
    private CancellationToken _aborted;
    private Activity? _activity;
    private StreamPipe.Block _block;        // what is being written
    private int _blockStart;                // from here; and what is behind its end has been given back
    private long _quietAfter = long.MaxValue, _waitingSince;
    private bool _isTimed;                  // the connection has a deadline for what waits
    private State _state;
    private bool _headWritten;
    private bool _chunked;
    private bool _peerLeft;
    private bool _endsEarly;

    public ResponseStream(Http1Connection connection, Http1Exchange exchange, Response response, int status)
    {
        _connection = connection;
        _loop = connection.Worker.Loop;
        _transport = connection.Transport;
        _exchange = exchange;
        _response = response;
        _status = status;
        _pipe = new StreamPipe(static stream => ((ResponseStream)stream!).Wake(), this);
    }

    public override bool IsWaiting => _state is State.Waiting;

    public override long WaitingSince => _waitingSince;

    public override long QuietAfter => _quietAfter;

    public void Start()
    {
        if (_exchange.Head.Method is HttpMethod.Head || _status is 204 or 304)
        {
            WriteHead(_exchange.Head.MinorVersion > 0 ? ResponseWriter.Chunked : ResponseWriter.None);
            End(failed: false);
            return;
        }

        _exchange.KeepHead();
        _source = _response.TakeStream();
        _aborted = _exchange.Aborted;
        _activity = _exchange.Activity;
        ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.ProduceAsync(), this, preferLocal: false);

        if (!_source.Heartbeat.IsEmpty)
        {
            _quietAfter = _connection.Worker.Settings.HeartbeatMilliseconds;
            WriteHead(UnknownLength);
            _transport.Flush();
        }

        Pump();
    }

    private async Task ProduceAsync()
    {
        if (_activity is not null) Activity.Current = _activity;
        try
        {
            await _source!.ProduceAsync(_pipe, _aborted).ConfigureAwait(false);
            _pipe.Complete();
        }
        catch (Exception e)
        {
            _pipe.Complete(e);
        }
    }

    public override void Quiet()
    {
        if (_state is not State.Waiting || _source!.Heartbeat.IsEmpty) return;
        Write(_source.Heartbeat);
        _transport.Flush();
        _isTimed = false;
        if (_state is State.Waiting) Wait();
    }

    /// <summary>An endless stream of events ends here, and its client connects again somewhere else; all others are finished by their producer.</summary>
    public override void Drain()
    {
        if (_source is not { Heartbeat.IsEmpty: false }) return;
        _endsEarly = true;
        if (_state is State.Waiting) GoOn();
    }

    /// <summary>The connection is gone: the producer's next flush says so, and its token fires.</summary>
    public override void PeerLeft()
    {
        _peerLeft = true;
        if (_state is State.Idle or State.Waiting) Abandon();
    }

    /// <summary>Moves on what there is. In a turn.</summary>
    public override void Pump()
    {
        if (_state is State.Idle) GoOn();
    }

    // From the producer's thread
    private void Wake() => _loop.Post(static stream => ((ResponseStream)stream!).Resume(), this);

    // Perhaps for a stream that has ended meanwhile
    private void Resume()
    {
        if (_state is not State.Waiting) return;

        _loop.BeginTurn(_transport);
        GoOn();
        _transport.EndTurn();
    }

    private void GoOn()
    {
        _state = State.Pumping;
        if (!_headWritten && !Begin()) return;

        bool isLast = false;
        while (true)
        {
            if (_peerLeft) { Abandon(); return; }
            if (_transport.IsBlocked)
            {
                _state = State.Idle;                // OutputDrained comes back
                _isTimed = false;
                return;
            }

            if (_blockStart < _block.Length) { WriteBlock(); continue; }

            if (_endsEarly) { Finish(); return; }

            StreamPipe.Look found = isLast ? StreamPipe.Look.Empty : _pipe.Take(out _block);
            if (found is StreamPipe.Look.Completed) { Finish(); return; }
            if (found is not StreamPipe.Look.Empty)
            {
                _blockStart = 0;
                isLast = found is StreamPipe.Look.Last;
                continue;
            }

            _transport.Flush();          // whoever writes piece by piece wants each piece to arrive
            if (_peerLeft || _transport.IsBlocked) continue;

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
        _connection.StreamWaits();
    }

    // The head, once it is known what it says. False: not yet, or the stream has ended
    private bool Begin()
    {
        bool isCompleted = _pipe.IsCompleted;
        if (isCompleted && _pipe.Fault is { } fault)
        {
            _state = State.Ended;
            _pipe.StopReading();
            _connection.StreamFailedEarly(_exchange, fault);
            return false;
        }

        long length = _pipe.Length;
        StreamPipe.Look found = _pipe.Take(out _block);
        if (found is StreamPipe.Look.Completed && !isCompleted) return Begin();         // just now, perhaps by a fault

        if (found is StreamPipe.Look.Empty)
        {
            Wait();
            return false;
        }

        _blockStart = 0;
        // Done before anything was sent: then it has a length like any other (row B44)
        WriteHead(isCompleted && !HasTrailers ? length : UnknownLength);
        return true;
    }

    private void WriteBlock()
    {
        int part = Math.Min(Burst, _block.Length - _blockStart);
        Write(_block.Bytes.AsSpan(_blockStart, part));
        _blockStart += part;
        if (!_block.IsSmall) _pipe.Taken(part);
        if (_blockStart == _block.Length) GiveBack();

        if (_loop.Output.Length >= Burst) _transport.Flush();
    }

    private void Finish()
    {
        if (!_endsEarly && _pipe.Fault is { } fault)
        {
            if (fault is not OperationCanceledException) _connection.Worker.Settings.LogError(fault, "a streamed response");
            End(failed: true);
            return;
        }

        if (_chunked) ResponseWriter.WriteLastChunk(_loop.Output, _response.TrailersOrNull, _exchange.TrailersToSend);
        if (_endsEarly) _exchange.PeerLeft();       // the producer's next flush says that nobody reads, and its token fires
        End(failed: false);
    }

    private long UnknownLength => _exchange.Head.MinorVersion > 0 ? ResponseWriter.Chunked : ResponseWriter.UntilClose;

    private bool HasTrailers => _exchange.Head.MinorVersion > 0 && (_response.TrailersOrNull?.Count > 0 || _exchange.TrailersToSend?.Count > 0);

    private void Write(ReadOnlySpan<byte> piece)
    {
        if (_chunked) ResponseWriter.WriteChunk(_loop.Output, piece);
        else _loop.Output.Write(piece);
    }

    private void WriteHead(long length)
    {
        _headWritten = true;
        _chunked = length == ResponseWriter.Chunked;
        if (length == ResponseWriter.UntilClose) _exchange.Head.KeepAlive = false;

        Span<byte> type = stackalloc byte[128];
        AnswerHead head = _exchange.NewHead(_status, ContentTypes.Encode(_response.ContentType, type), _response.HeadersOrNull) with
        {
            Extra = _chunked && HasTrailers ? ResponseWriter.Announce(_response.TrailersOrNull, _exchange.TrailersToSend) : null,
        };
        ResponseWriter.WriteHead(_loop.Output, head, length, _connection.Worker.Date);
    }

    private void End(bool failed)
    {
        LetGo();
        _connection.StreamEnded(_exchange, failed);
    }

    private void Abandon()
    {
        LetGo();
        _connection.StreamAbandoned(_exchange);
    }

    private void LetGo()
    {
        _state = State.Ended;
        // A producer that is still at work may be looking at its request this very moment: no other may take its place there
        if (_source is not null && !_pipe.IsCompleted) _exchange.IsHeld = true;
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
