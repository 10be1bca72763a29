using System.Net;
using Prebake.Grammar;
using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// The conversation on one HTTP/1.1 connection: which part of which request is being read, whose response is awaited,
/// and whether another
/// request may follow. Bodies of requests are in <c>Http1Connection.Body.cs</c>, the way of a response in
/// <c>Http1Connection.Response.cs</c>,
/// finished responses in <c>Http1Connection.Static.cs</c>, time in <c>Http1Connection.Time.cs</c>.
/// </summary>
internal sealed partial class Http1Connection : Protocol
{
    /// <summary>What the next byte of input belongs to.</summary>
    private enum Input : byte
    {
        /// <summary>A head of which nothing has come yet.</summary>
        Between,

        /// <summary>A head that has begun; its time is running.</summary>
        Head,

        /// <summary>The body of a request.</summary>
        Body,

        /// <summary>Nobody: the connection ends.</summary>
        Ended,

        /// <summary>Another protocol, which has the connection: it is not touched from here any more.</summary>
        HandedOver,
    }

    private readonly Connection _connection;
    private readonly Http1Worker _worker;
    private readonly PeerHosts? _hosts;     // null: all
    private Input _input;
    private int _unparsed;                  // bytes of a partial head that have been looked at

    // The request that is being answered, when that outlasts the read that brought it. One whose reply no longer
    // matters is let go, and ends by itself.
    private Http1Exchange? _current;

    public Http1Connection(Connection connection, Http1Worker worker)
    {
        _connection = connection;
        _worker = worker;
        _hosts = connection.Hosts;
        connection.Deadline = worker.Loop.Now + worker.HeadMilliseconds;
    }

    public Connection Transport => _connection;

    public IPEndPoint? RemoteEndPoint => _connection.Peer;

    public override bool IsIdle => _current is null && _input is Input.Between && _connection.HasNoPendingInput && !_connection.IsBlocked;

    // ---- input ------------------------------------------------------------------------------------------------------

    /// <summary>While a head parses: find, answer, or hand over to a handler that takes its time and stop.</summary>
    public override int Receive(byte[] buffer, int offset, int length)
    {
        int used = 0;
        _worker.LookForObservers();

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

            Http1Exchange exchange = _worker.Spare;
            ParseStatus verdict = RequestParser.Parse(exchange.Head, buffer, offset + used, rest, _worker.Limits, out int consumed);

            if (verdict is ParseStatus.NeedMore)
            {
                _unparsed = rest;
                HeadBegins();
                return used;
            }

            // RFC 9110 section 7.4
            if (_hosts is not null && verdict is ParseStatus.Complete
                && !_hosts.Include(exchange.Head[exchange.Head.Authority]))
                verdict = ParseStatus.OtherHost;

            if (verdict is not ParseStatus.Complete)
            {
                Refuse(verdict);
                return length;
            }

            used += consumed;
            _unparsed = 0;
            _input = Input.Between;
            used += Serve(exchange, buffer, offset + used, length - used);
            if (_input is Input.HandedOver) return used;
        }

        if (used < length || !CanUseInput) _connection.InputPaused = true;
        SetDeadline();
        return used;
    }

    // Nothing is read ahead of a handler at work: that is what bounds the memory of a connection.
    private bool CanUseInput =>
        _input is Input.Body ? _body is not { IsWanted: false }
        : _current is null && !_connection.IsBlocked && _input is not Input.HandedOver;

    // A long head that comes byte by byte is not parsed again for each: only when a line may have ended, or so much is
    // new that a limit may be
    // passed. Short ones always, so that what is wrong is refused at once.
    private bool MayBeComplete(byte[] buffer, int offset, int length)
    {
        if (length <= 2048 || _unparsed == 0 || length - _unparsed >= 512) return true;

        // From the byte before, since a CR is judged by what follows it
        return FieldValue.IndexOfInvalid(buffer.AsSpan(offset + _unparsed - 1, length - _unparsed + 1)) >= 0;
    }

    /// <summary>
    /// Answers the request, or starts to. Its body, if it has one, begins at <paramref name="offset"/>; says how much
    /// of it was used.
    /// </summary>
    private int Serve(Http1Exchange exchange, byte[] buffer, int offset, int length)
    {
        Http1RequestHead head = exchange.Head;
        RouteTable table = _worker.Service.Table;
        int route = Dispatcher.Find(table, head);

        if ((uint)route < (uint)table.StaticCount && !head.HasBody)
        {
            if (_worker.IsObserved) WriteStaticObserved(table, route, head);
            else WriteStatic(table, route, head);
            return 0;
        }

        _worker.RequestStarted();
        exchange.Begin(this, table);
        if (_worker.IsObserved) exchange.Observe(route);
        _current = exchange;                                    // until it is answered; most are before this returns
        if (head.HasBody) return TryServeWithBody(exchange, route, buffer.AsSpan(offset, length));

        Dispatcher.Serve(exchange, route);
        Settle(exchange);
        return 0;
    }

    public override void EndOfInput()
    {
        PeerLeft();

        if (_input is Input.Body)
        {
            // RFC 9112 section 8: an incomplete request is answered 400, should anyone still listen
            if (_body is not null)
            {
                BodyFault(400, new ClientLeftException());
                return;
            }

            _input = Input.Ended;
            if (_current is null) _connection.CloseAfterFlush(linger: false);
            return;
        }

        // Half a head is nobody's request. Requests before it are answered first: the peer may have closed its half
        // only.
        if (_current is not null) return;
        _input = Input.Ended;
        _connection.CloseAfterFlush(linger: false);
    }

    // A FIN alone may be a half-close: who sent it may still want the response. So the handler's token fires a second
    // later, if it is still at work then.
    public override void PeerLeft()
    {
        if (_peerFinished) return;
        _peerFinished = true;
        if (_current is not null) SetDeadline();
    }

    public override void Closed()
    {
        if (_current is not { } exchange) return;

        _body?.Fail(new ClientLeftException());
        _body = null;
        exchange.PeerLeft();

        switch (exchange.State)
        {
            case ExchangeState.Receiving:
                End(exchange);                  // its handler has not been called
                break;
            case ExchangeState.Detached or ExchangeState.Kept:
                _current = null;                // it ends when its handler has replied
                break;
            case ExchangeState.Sending:
                _sender?.PeerLeft();            // ends when the sender has let go
                Settle(exchange);
                break;
            // In all other states the loop is at it further up, and will find out that the connection is closed
        }
    }

    public override void Drain()
    {
        if (IsIdle) _connection.CloseIdle();
        else if (_input is Input.Body && _current is null) _connection.CloseAfterFlush(linger: true);        // answered; the rest is nobody's
        else if (_input is Input.Head && _current is null)
        {
            // Half a request: it has a moment to become a whole one, whatever the time-out for heads
            _worker.Loop.SetDeadline(_connection, Math.Min(_connection.Deadline, _worker.Loop.Now + DrainedHeadWindow));
        }
        else if (_sender is { } sender && _current is { } exchange)
        {
            sender.Drain();
            // A stream of events that ended here: nobody pipelines behind one, so nothing is on its way that a reset
            // could answer
            if (_sender is null) _connection.CloseAfterFlush(linger: !_connection.HasNoPendingInput);
            Settle(exchange);
            GoOn();
        }
    }

    public override void OutputBlocked() => SetDeadline();

    public override void OutputDrained()
    {
        // A stream may have found out late that the socket was full, and be waiting for its producer by now
        if (_sender is { } sender && _current is { } exchange)
        {
            sender.Pump();
            Settle(exchange);
        }

        Rest();
        if (_connection.InputPaused && CanUseInput) _connection.Continue();
    }

    // What was asked for has been done: on to the next request, which may be here already
    private void GoOn()
    {
        if (CanUseInput) _connection.Continue();
        Rest();
    }

    // The turn has nothing more to do: a deadline for whatever comes next. A connection that has become idle while the
    // server stops is not wanted any more
    private void Rest()
    {
        if (_input is Input.HandedOver) return;
        if (_worker.Service.IsDraining && _current is null && _input is Input.Between && !_connection.IsBlocked) _connection.CloseAfterFlush(linger: !_connection.InputEnded);
        SetDeadline();
    }

    private void Refuse(ParseStatus verdict)
    {
        _input = Input.Ended;
        Refusal refusal = Refusal.Of(verdict);
        Span<byte> to = _worker.Output.GetSpan(refusal.Response.Length);
        refusal.Response.CopyTo(to);
        _worker.Date.Bytes.CopyTo(to[refusal.DateOffset..]);
        _worker.Output.Advance(refusal.Response.Length);
        TellRefused(refusal.Status, RefusalReason.Of(verdict));
        _connection.CloseAfterFlush(linger: true);
    }

    // There is no request that could be told of, but whoever reads the log or the meter wants to know what was answered
    private void TellRefused(int status, string reason)
    {
        if (_worker.Service.Observer is { IsOn: true } observer) observer.Refused(status, reason, RemoteEndPoint);
    }

    /// <summary>On the loop, from outside a turn: nothing happens when the connection is closed.</summary>
    public void InTurn(Action<object> action, object state)
    {
        if (_connection.IsClosed) return;
        _worker.Loop.BeginTurn(_connection);
        action(state);
        if (_current is { } exchange) Settle(exchange);
        GoOn();
        _connection.EndTurn();
    }
}
