using System.Net;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// The conversation on one HTTP/1.1 connection: which part of which request is being read, whose answer is awaited, and whether another
/// request may follow. What a request means is next door in <c>Http1Connection.Dispatch.cs</c>, time in <c>Http1Connection.Time.cs</c>.
/// </summary>
internal sealed partial class Http1Connection : Protocol
{
    // Unread body that is thrown away rather than closing the connection; about what one round trip has in flight
    private const int DrainLimit = 256 << 10;

    private enum Input : byte { Head, Body, Ended }

    private readonly Connection _connection;
    private Input _input;
    private int _unparsed;                  // bytes of a partial head that have been looked at
    private bool _headStarted;

    // The request that is being answered, when that outlasts the read that brought it
    private Http1Exchange? _current;
    private bool _awaitsWholeBody;

    private BodyFraming _framing;
    private Http1Body? _body;               // who gets the body; null: nobody
    private bool _bodyBegan;                // some of it arrived, so the client does not wait for 100 (Continue)
    private bool _continueOwed;

    private BodySender? _stream;
    private bool _serving;                  // a reply may be written by the caller's callee: who called settles the request

    public Http1Connection(Connection connection, Http1Worker worker)
    {
        _connection = connection;
        Worker = worker;
        connection.Deadline = worker.Loop.Now + worker.HeadMilliseconds;
    }

    public Http1Worker Worker { get; }

    public IPEndPoint? RemoteEndPoint => _connection.IsClosed ? null : _connection.RemoteEndPoint;

    public override bool IsIdle => _current is null && _input is Input.Head && _connection.HasNoPendingInput && !_connection.IsBlocked;

    // ---- input ---------------------------------------------------------------------------------------------------------

    /// <summary>While a head parses: find, answer, or hand over to a handler that takes its time and stop.</summary>
    public override int Receive(byte[] buffer, int offset, int length)
    {
        int used = 0;
        Worker.LookForObservers();

        while (used < length)
        {
            if (_connection.IsClosing || _input is Input.Ended) return length;

            if (_input is Input.Body)
            {
                if (_body is { IsWanted: false }) break;                    // nobody has asked for it yet: it waits
                used += ReceiveBody(buffer.AsSpan(offset + used, length - used));
                if (_connection.InputPaused) break;
                continue;
            }

            if (_current is not null || _connection.IsBlocked) break;       // one at a time, and nothing while the peer does not read

            int rest = length - used;
            if (!MayBeComplete(buffer, offset + used, rest)) return used;

            Http1Exchange exchange = Worker.Spare;
            ParseStatus verdict = RequestParser.Parse(exchange.Head, buffer, offset + used, rest, Worker.Settings.Limits, out int consumed);

            if (verdict is ParseStatus.NeedMore)
            {
                _unparsed = rest;
                HeadBegins();
                return used;
            }

            if (verdict is not ParseStatus.Complete)
            {
                Refuse(verdict);
                return length;
            }

            used += consumed;
            _unparsed = 0;
            _headStarted = false;
            used += Serve(exchange, buffer, offset + used, length - used);
        }

        if (used < length || !CanUseInput) _connection.InputPaused = true;
        SetDeadline();
        return used;
    }

    // Nothing is read ahead of a handler at work: that is what bounds the memory of a connection.
    private bool CanUseInput => _input is Input.Body ? _body is not { IsWanted: false } : _current is null && !_connection.IsBlocked;

    // A long head that comes byte by byte is not parsed again for each: only when a line may have ended, or so much is new that a limit may be
    // passed. Short ones always, so that what is wrong is refused at once.
    private bool MayBeComplete(byte[] buffer, int offset, int length)
    {
        if (length <= 2048 || _unparsed == 0 || length - _unparsed >= 512) return true;

        // From the byte before, since a CR is judged by what follows it
        return FieldValue.IndexOfInvalid(buffer.AsSpan(offset + _unparsed - 1, length - _unparsed + 1)) >= 0;
    }

    private int ReceiveBody(ReadOnlySpan<byte> input)
    {
        int total = 0;

        while (true)
        {
            BodyStatus status = _framing.Decode(input[total..], out int used, out ReadOnlySpan<byte> data);
            total += used;
            _bodyBegan = true;
            _bodyBytes += used;

            if (status is BodyStatus.Malformed or BodyStatus.TooLong)
            {
                BodyFault(status is BodyStatus.TooLong ? 413 : 400, status is BodyStatus.TooLong
                    ? "The body is longer than this server takes."
                    : "The body's chunks are malformed.");
                return input.Length;
            }

            if (_body is { } body && !body.Feed(data)) _connection.InputPaused = true;

            if (status is BodyStatus.Complete)
            {
                _body?.Finish(_framing.Trailers);
                _body = null;
                _input = Input.Head;
                if (_awaitsWholeBody) RunWithWholeBody();
                return total;
            }

            if (total == input.Length || used == 0 || _connection.InputPaused) return total;
        }
    }

    public override void EndOfInput()
    {
        PeerLeft();

        if (_input is Input.Body)
        {
            // RFC 9112 section 8: an incomplete request is answered 400, should anyone still listen
            if (_body is not null)
            {
                BodyFault(400, new IOException("The client closed the connection before the whole body had arrived."));
                return;
            }

            _input = Input.Ended;
            if (_current is null) _connection.CloseAfterFlush(linger: false);
            return;
        }

        // Half a head is nobody's request. Requests before it are answered first (half-close, RELIABILITY 27).
        if (_current is not null) return;
        _input = Input.Ended;
        _connection.CloseAfterFlush(linger: false);
    }

    // A FIN alone may be a half-close: who sent it may still want the answer. So the handler's token fires a second later, if it is still at work then.
    public override void PeerLeft()
    {
        if (_peerFinished) return;
        _peerFinished = true;
        if (_current is not null) SetDeadline();
    }

    public override void Closed()
    {
        if (_current is not { } exchange) return;

        _body?.Fail(new IOException("The client closed the connection before the whole body had arrived."));
        _body = null;
        exchange.PeerLeft();
        if (_stream is { } stream)
        {
            stream.PeerLeft();              // ends the exchange when its producer has let go
            return;
        }

        // A handler that is still at work ends the exchange when it replies; one that waits for a body that will not come never began.
        if (!_serving && !exchange.IsDetached && _stream is null) End(exchange);
    }

    public override void Drain()
    {
        if (IsIdle) _connection.CloseAfterFlush(linger: false);
        else _stream?.Drain();
    }

    public override void OutputBlocked() => SetDeadline();

    public override void OutputDrained()
    {
        // A stream may have found out late that the socket was full, and be waiting for its producer by now
        _stream?.Pump();
        SetDeadline();

        if (_connection.InputPaused && CanUseInput) _connection.Continue();
    }

    // ---- the body, as the handler asks for it --------------------------------------------------------------------------

    private void BeginBody(Http1Exchange exchange, long limit)
    {
        RequestHead head = exchange.Head;
        _framing.Start(head, limit);
        _input = Input.Body;
        _bodyBegan = false;
        _bodyBytes = 0;
        // Again when somebody asks for it; but a handler on another thread may ask before this one hears of it
        BodyClockStarts();
        // RFC 9110 section 10.1.1: not for HTTP/1.0 clients; not once the body comes by itself
        _continueOwed = head.ExpectsContinue && head.MinorVersion > 0;

        exchange.HasBody = true;
        exchange.HttpBody.Start(this, head.IsChunked ? null : head.ContentLength);
        _body = exchange.HttpBody;
    }

    /// <summary>From any thread: a handler has asked for the body.</summary>
    public void PostBodyWanted() => Worker.Loop.Post(static state => ((Http1Connection)state!).InTurn(static connection => connection.BodyWanted()), this);

    /// <summary>From any thread: a handler that reads piece by piece has caught up. Cached, since it may be called often.</summary>
    public Action PostBodyResumed => field ??= () => Worker.Loop.Post(static state => ((Http1Connection)state!).InTurn(static connection => connection._connection.Continue()), this);

    private void BodyWanted()
    {
        if (_body is null) return;

        PrepareForBody();
        _connection.Continue();
        SetDeadline();
    }

    private void PrepareForBody()
    {
        if (_continueOwed && !_bodyBegan) Worker.Output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
        _continueOwed = false;
        BodyClockStarts();
    }

    // The framing is in doubt or a limit is passed: the connection answers by itself, whatever the handler makes of the exception.
    private void BodyFault(int status, string why) => BodyFault(status, new HttpException(status, why));

    private void BodyFault(int status, Exception why)
    {
        _input = Input.Ended;
        _body?.Fail(why);
        _body = null;

        if (_current is { IsAnswered: false } exchange && _stream is null)
        {
            exchange.IsSuperseded = true;
            exchange.Status = status;
            WriteBare(status, ConnectionField.Close);
            if (_awaitsWholeBody) End(exchange);
        }
        else if (_stream is not null) { _connection.Abort(); return; }

        _connection.CloseAfterFlush(linger: true);
    }

    // ---- the answer ----------------------------------------------------------------------------------------------------

    /// <summary>On the loop, posted: a handler that had awaited has replied.</summary>
    public void Complete(Http1Exchange exchange)
    {
        if (_connection.IsClosed || exchange.IsSuperseded || _current != exchange)
        {
            End(exchange);
            return;
        }

        Worker.Loop.BeginTurn(_connection);
        _serving = true;
        try
        {
            if (!exchange.WriteKept()) Declined(exchange);
        }
        catch (Exception e)
        {
            exchange.Fault(e);
        }

        _serving = false;
        Settle(exchange);
        GoOn();
        _connection.EndTurn();
    }

    /// <summary>On to what came behind the request that has just been answered, unless it is still at work.</summary>
    private void GoOn()
    {
        if (CanUseInput) _connection.Continue();
        SetDeadline();
    }

    /// <summary>A response whose body is produced piece by piece.</summary>
    public void StartStream(Http1Exchange exchange, Response response, int status)
    {
        _current = exchange;
        var stream = new ResponseStream(this, exchange, response, status);
        _stream = stream;
        stream.Start();
    }

    /// <summary>A response whose body is in a file; its head has been written.</summary>
    public void StartFile(Http1Exchange exchange, Files.FileAnswer answer)
    {
        _current = exchange;
        _stream = new FileSend(this, exchange, answer);
        _stream.Pump();
    }

    /// <summary>The stream has written its last byte, or failed after its head was sent: then the client must see a cut answer (row A87).</summary>
    public void StreamEnded(Http1Exchange exchange, bool failed)
    {
        _stream = null;
        exchange.IsAnswered = true;
        if (failed) _connection.Abort();
        StreamSettled(exchange);
    }

    /// <summary>The stream failed before anything was sent, so that the client can be told properly.</summary>
    public void StreamFailedEarly(Http1Exchange exchange, Exception error)
    {
        _stream = null;
        exchange.Fault(error);
        StreamSettled(exchange);
    }

    /// <summary>The stream has written what there was and waits for its producer.</summary>
    public void StreamWaits() => SetDeadline();

    private void StreamSettled(Http1Exchange exchange)
    {
        if (_serving) return;
        Settle(exchange);
        GoOn();
    }

    /// <summary>The connection went away under the stream.</summary>
    public void StreamAbandoned(Http1Exchange exchange)
    {
        _stream = null;
        if (!_serving) End(exchange);
    }

    /// <summary>Connection-level bits that a stream needs.</summary>
    public Connection Transport => _connection;

    /// <summary>What the answer to this request says about the connection, decided when its head is written.</summary>
    public ConnectionField FieldFor(Http1Exchange exchange)
    {
        if (exchange.Head.KeepAlive && !MayGoOn()) exchange.Head.KeepAlive = false;
        return FieldFor(exchange.Head);
    }

    /// <summary>The user's fields ask for the connection to be closed.</summary>
    public bool WantsClose(Headers fields) =>
        fields["Connection"] is { } value && value.Contains("close", StringComparison.OrdinalIgnoreCase);

    /// <summary>From any thread: <c>request.Abort()</c>.</summary>
    public void PostAbort(Http1Exchange exchange)
    {
        // A handler that runs inline: at once, before it can reply
        if (!exchange.IsDetached && Worker.Loop.IsCurrent) { Cut(); return; }

        Worker.Loop.Post(static state =>
        {
            var (connection, exchange) = ((Http1Connection, Http1Exchange))state!;
            if (connection._current == exchange) connection.InTurn(static connection => connection.Cut());
        }, (this, exchange));
    }

    /// <summary>Cuts the connection without an answer.</summary>
    public void Cut() => _connection.Abort();

    /// <summary>From any thread: <c>request.IdleTimeout</c> was set.</summary>
    public void PostIdleTimeoutChanged() => Worker.Loop.Post(static state => ((Http1Connection)state!).InTurn(static connection => connection.SetDeadline()), this);

    private static ConnectionField FieldFor(RequestHead head) =>
        head.MinorVersion == 0
            ? head.KeepAlive ? ConnectionField.KeepAlive : ConnectionField.None     // HTTP/1.0 closes by itself
            : head.KeepAlive ? ConnectionField.None : ConnectionField.Close;

    private bool MayGoOn() => !Worker.Service.IsDraining && BodyCanBeDrained();

    private bool BodyCanBeDrained()
    {
        if (_input is Input.Head) return true;
        if (_input is Input.Ended) return false;

        // A client that waits for 100 (Continue) may or may not send the body now; only a new connection is unambiguous.
        if (_continueOwed && !_bodyBegan) return false;
        return _framing.Missing is not { } missing || missing <= DrainLimit;
    }

    // The answer has been written: on to the next request, or to the close.
    private void Answered(Http1Exchange exchange)
    {
        bool goesOn = exchange.Head.KeepAlive && _input is not Input.Ended && !Worker.Service.IsDraining;
        if (_input is Input.Body)
        {
            // What is still to come is nobody's. It is read up to a bound, so that the connection can go on.
            _body?.Discard();
            _body = null;
            _framing.Limit(DrainLimit);
            BodyClockStarts();
        }

        bool unread = _input is Input.Body || !_connection.HasNoPendingInput;
        End(exchange);
        if (!goesOn) _connection.CloseAfterFlush(linger: unread || !_connection.InputEnded);
    }

    private void End(Http1Exchange exchange)
    {
        // A connection that breaks while an answer is written ends its exchange from both sides. Twice in the pool, it would serve two clients.
        if (exchange.Connection != this) return;

        if (_current == exchange)
        {
            _current = null;
            _awaitsWholeBody = false;
            _graceFor = null;
        }

        Worker.RequestEnded();
        if (exchange.IsObserved) exchange.TellObserver();
        exchange.End();
        Worker.Return(exchange);
    }

    private void WriteBare(int status, ConnectionField connection) =>
        ResponseWriter.WriteBytes(Worker.Output, default, new AnswerHead { Status = status, Connection = connection }, Worker.Date);

    private void Refuse(ParseStatus verdict)
    {
        _input = Input.Ended;
        Refusal refusal = Refusal.Of(verdict);
        Span<byte> to = Worker.Output.GetSpan(refusal.Response.Length);
        refusal.Response.CopyTo(to);
        Worker.Date.Bytes.CopyTo(to[refusal.DateOffset..]);
        Worker.Output.Advance(refusal.Response.Length);
        TellRefused(refusal.Status, refusal.Response.Length);
        _connection.CloseAfterFlush(linger: true);
    }

    // There is no request that could be told of, but whoever reads the log wants to know what was answered
    private void TellRefused(int status, long bytes)
    {
        if (Worker.Service.Observer is { IsOn: true } observer) observer.Refused(status, bytes, RemoteEndPoint);
    }

    private void InTurn(Action<Http1Connection> action)
    {
        if (_connection.IsClosed) return;
        Worker.Loop.BeginTurn(_connection);
        action(this);
        _connection.EndTurn();
    }
}
