using System.Buffers;
using System.IO.Pipelines;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

/// <summary>
/// A response whose body a handler writes piece by piece: the handler fills a pipe on its own thread, the loop empties it as fast as the
/// peer reads, and the pipe stops the handler in between.
/// </summary>
internal sealed class ResponseStream : BodySender
{
    // Little, since the socket has a buffer too: what one producer may be ahead of its reader
    private static readonly PipeOptions s_options = new(pauseWriterThreshold: 32 << 10, resumeWriterThreshold: 16 << 10,
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool, useSynchronizationContext: false);

    // What is written before the socket is asked whether it takes more
    private const int Burst = 32 << 10;

    private enum State : byte { Idle, Pumping, Waiting, Ended }

    private readonly Http1Connection _connection;
    private readonly Http1Exchange _exchange;
    private readonly Response _response;
    private readonly int _status;
    private readonly Pipe _pipe = new(s_options);
    private readonly Action _post;
    private StreamSource? _source;
    private CancellationToken _aborted;
    private ValueTask<ReadResult> _pending;
    private Exception? _fault;
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
        _post = () => _connection.Worker.Loop.Post(static state => ((ResponseStream)state!).Resume(), this);
    }

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
        ThreadPool.UnsafeQueueUserWorkItem(static stream => _ = stream.ProduceAsync(), this, preferLocal: false);

        if (_source.Heartbeat.Length > 0)
        {
            WriteHead(_exchange.Head.MinorVersion > 0 ? ResponseWriter.Chunked : ResponseWriter.UntilClose);
            _connection.Transport.Flush();
        }

        Pump();
    }

    private async Task ProduceAsync()
    {
        _exchange.EnterActivity();
        try
        {
            await _source!.ProduceAsync(_pipe.Writer, _aborted).ConfigureAwait(false);
            await _pipe.Writer.CompleteAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            _fault = e;
            await _pipe.Writer.CompleteAsync(e).ConfigureAwait(false);
        }
    }

    public override bool IsWaiting => _state is State.Waiting;

    public override long QuietAfter => _source is { } source && source.Heartbeat.Length > 0 ? _connection.Worker.Settings.HeartbeatMilliseconds : long.MaxValue;

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
        if (_state is State.Waiting) _pipe.Reader.CancelPendingRead();      // comes back through Resume
    }

    /// <summary>The connection is gone: the producer's next flush says so, and its token fires.</summary>
    public override void PeerLeft()
    {
        _peerLeft = true;
        if (_state is State.Waiting) _pipe.Reader.CancelPendingRead();      // comes back through Resume
        else if (_state is State.Idle) Abandon();
    }

    /// <summary>Moves on what there is. In a turn.</summary>
    public override void Pump()
    {
        if (_state is not State.Idle) return;
        _state = State.Pumping;

        while (_state is State.Pumping)
        {
            if (_peerLeft) { Abandon(); return; }
            if (_connection.Transport.IsBlocked) { _state = State.Idle; return; }      // OutputDrained comes back

            ValueTask<ReadResult> read = _pipe.Reader.ReadAsync();
            if (!read.IsCompleted)
            {
                _state = State.Waiting;
                _pending = read;
                if (_endsEarly) _pipe.Reader.CancelPendingRead();
                _connection.StreamWaits();
                read.GetAwaiter().UnsafeOnCompleted(_post);
                return;
            }

            Take(read);
        }
    }

    private void Resume()
    {
        ValueTask<ReadResult> read = _pending;
        _pending = default;

        if (_peerLeft)
        {
            Abandon();
            return;
        }

        _connection.Worker.Loop.BeginTurn(_connection.Transport);
        _state = State.Pumping;
        Take(read);
        if (_state is State.Pumping) { _state = State.Idle; Pump(); }
        _connection.Transport.EndTurn();
    }

    private void Take(ValueTask<ReadResult> read)
    {
        ReadResult result;
        try
        {
            result = read.GetAwaiter().GetResult();
        }
        catch (Exception e)
        {
            Fail(_fault ?? e);
            return;
        }

        if (!_headWritten)
        {
            // Done before anything was sent: then it has a length like any other (row B44)
            if (result.IsCompleted && !HasTrailers) WriteHead(result.Buffer.Length);
            else WriteHead(_exchange.Head.MinorVersion > 0 ? ResponseWriter.Chunked : ResponseWriter.UntilClose);
        }

        bool all = Write(result.Buffer, out SequencePosition written);
        _pipe.Reader.AdvanceTo(written);
        if (!all) return;                                   // OutputDrained comes back

        if (result.IsCompleted || _endsEarly)
        {
            if (_chunked) ResponseWriter.WriteLastChunk(_connection.Worker.Output, _response.TrailersOrNull, _exchange.TrailersToSend);
            if (_endsEarly) _exchange.PeerLeft();       // the producer's next flush says that nobody reads, and its token fires
            End(failed: false);
        }
        else _connection.Transport.Flush();         // whoever writes piece by piece wants each piece to arrive
    }

    private bool HasTrailers => _exchange.Head.MinorVersion > 0 && (_response.TrailersOrNull?.Count > 0 || _exchange.TrailersToSend?.Count > 0);

    // False when the socket is full: the rest stays in the pipe, which holds the producer up, instead of being parked behind it
    private bool Write(ReadOnlySequence<byte> pieces, out SequencePosition written)
    {
        written = pieces.Start;
        while (pieces.Length > Burst)
        {
            foreach (ReadOnlyMemory<byte> piece in pieces.Slice(0, Burst)) Write(piece.Span);
            pieces = pieces.Slice(Burst);
            written = pieces.Start;

            _connection.Transport.Flush();
            if (_connection.Transport.IsBlocked || _connection.Transport.IsClosed) return false;
        }

        foreach (ReadOnlyMemory<byte> piece in pieces) Write(piece.Span);
        written = pieces.End;
        return true;
    }

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

    private void Fail(Exception error)
    {
        if (_headWritten)
        {
            if (error is not OperationCanceledException) _connection.Worker.Settings.LogError(error, "a streamed response");
            End(failed: true);
            return;
        }

        _state = State.Ended;
        _pipe.Reader.Complete();
        _connection.StreamFailedEarly(_exchange, error);
    }

    private void End(bool failed)
    {
        _state = State.Ended;
        _pipe.Reader.Complete();
        _connection.StreamEnded(_exchange, failed);
    }

    private void Abandon()
    {
        _state = State.Ended;
        _pipe.Reader.Complete();
        _connection.StreamAbandoned(_exchange);
    }
}
