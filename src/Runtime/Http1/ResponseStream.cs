using System.Diagnostics;
using Prebake.Http;
using Prebake.Routing;

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
    private readonly Http1Exchange _exchange;
    private readonly Response _response;
    private readonly int _status;
    private readonly StreamPipe _pipe;
    private StreamSource? _source;
    private CancellationToken _aborted;
    private Activity? _activity;
    private byte[]? _block;                 // what is being written of it
    private int _blockStart, _blockLength;
    private State _state;
    private bool _headWritten;
    private bool _chunked;
    private bool _peerLeft;
    private bool _endsEarly;

    public ResponseStream(Http1Connection connection, Http1Exchange exchange, Response response, int status)
    {
        _connection = connection;
        _exchange = exchange;
        _response = response;
        _status = status;
        _pipe = new StreamPipe(() => connection.Worker.Loop.Post(static state => ((ResponseStream)state!).Resume(), this));
    }

    public override bool IsWaiting => _state is State.Waiting;

    public override long QuietAfter => _source is { Heartbeat.IsEmpty: false } ? _connection.Worker.Settings.HeartbeatMilliseconds : long.MaxValue;

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
            WriteHead(UnknownLength);
            _connection.Transport.Flush();
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
        _connection.Transport.Flush();
        _connection.StreamWaits();
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

    // Woken by the pipe, perhaps for a stream that has ended meanwhile
    private void Resume()
    {
        if (_state is not State.Waiting) return;

        _connection.Worker.Loop.BeginTurn(_connection.Transport);
        GoOn();
        _connection.Transport.EndTurn();
    }

    private void GoOn()
    {
        _state = State.Pumping;
        if (!_headWritten && !Begin()) return;

        while (true)
        {
            if (_peerLeft) { Abandon(); return; }
            if (_connection.Transport.IsBlocked) { _state = State.Idle; return; }          // OutputDrained comes back

            if (_blockStart < _blockLength) { WriteBlock(); continue; }

            // Asked before, so that nothing can have come between: what completes later wakes the loop again
            bool isCompleted = _pipe.IsCompleted;
            if (!_endsEarly && _pipe.TryTake(ref _block, out _blockLength)) { _blockStart = 0; continue; }

            if (_endsEarly || isCompleted) { Finish(); return; }

            _connection.Transport.Flush();          // whoever writes piece by piece wants each piece to arrive
            if (_peerLeft || _connection.Transport.IsBlocked) continue;

            _state = State.Waiting;
            _connection.StreamWaits();
            return;
        }
    }

    // The head, once it is known what it says. False: not yet, or the stream has ended
    private bool Begin()
    {
        bool isCompleted = _pipe.IsCompleted;
        if (isCompleted && _pipe.Fault is { } fault)
        {
            _state = State.Ended;
            _pipe.StopReading(_block);
            _connection.StreamFailedEarly(_exchange, fault);
            return false;
        }

        if (!_pipe.TryTake(ref _block, out _blockLength) && !isCompleted)
        {
            _state = State.Waiting;
            _connection.StreamWaits();
            return false;
        }

        _blockStart = 0;
        // Done before anything was sent: then it has a length like any other (row B44)
        WriteHead(isCompleted && !HasTrailers ? _pipe.Length : UnknownLength);
        return true;
    }

    private void WriteBlock()
    {
        int part = Math.Min(Burst, _blockLength - _blockStart);
        Write(_block.AsSpan(_blockStart, part));
        _blockStart += part;
        _pipe.Taken(part);
        if (_connection.Worker.Output.Length >= Burst) _connection.Transport.Flush();
    }

    private void Finish()
    {
        if (!_endsEarly && _pipe.Fault is { } fault)
        {
            if (fault is not OperationCanceledException) _connection.Worker.Settings.LogError(fault, "a streamed response");
            End(failed: true);
            return;
        }

        if (_chunked) ResponseWriter.WriteLastChunk(_connection.Worker.Output, _response.TrailersOrNull, _exchange.TrailersToSend);
        if (_endsEarly) _exchange.PeerLeft();       // the producer's next flush says that nobody reads, and its token fires
        End(failed: false);
    }

    private long UnknownLength => _exchange.Head.MinorVersion > 0 ? ResponseWriter.Chunked : ResponseWriter.UntilClose;

    private bool HasTrailers => _exchange.Head.MinorVersion > 0 && (_response.TrailersOrNull?.Count > 0 || _exchange.TrailersToSend?.Count > 0);

    private void Write(ReadOnlySpan<byte> piece)
    {
        if (_chunked) ResponseWriter.WriteChunk(_connection.Worker.Output, piece);
        else _connection.Worker.Output.Write(piece);
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
        ResponseWriter.WriteHead(_connection.Worker.Output, head, length, _connection.Worker.Date);
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
        _pipe.StopReading(_block);
        _block = null;
    }
}
