using System.Runtime.CompilerServices;
using Prebake.Serving;

namespace Prebake.Http1;

// The way of a response: at once, kept and taken up, or piece by piece; and the one end of every request.
internal sealed partial class Http1Connection
{
    private BodySender? _sender;
    private ProtocolSwitch? _successor;     // 101 has been written

    /// <summary>101 has been written: as soon as the request is over, the connection is another protocol's.</summary>
    public void HandOverTo(ProtocolSwitch next) => _successor = next;

    /// <summary>
    /// Called whenever something was done for the request: it ends if it has been answered or nobody is left, else a
    /// handler or a sender is at
    /// work, and nothing more is read ahead.
    /// </summary>
    private void Settle(Http1Exchange exchange)
    {
        switch (exchange.State)
        {
            case ExchangeState.Answered:
                Answered(exchange);
                break;
            case ExchangeState.Running or ExchangeState.Receiving when _connection.IsClosed:
            case ExchangeState.Sending when _sender is null:
                End(exchange);
                break;
            case ExchangeState.Running:
                exchange.Fault(new InvalidOperationException("The route did not reply."));
                if (exchange.State is not ExchangeState.Running) Settle(exchange);
                break;
            case ExchangeState.Receiving:
                Hold(exchange);
                PrepareForBody();
                break;
            case ExchangeState.Detached or ExchangeState.Kept when _connection.IsClosed:
                Hold(exchange);
                _current = null;                                // it ends when its handler has replied
                break;
            case ExchangeState.Detached or ExchangeState.Kept or ExchangeState.Sending:
                Hold(exchange);
                break;
        }
    }

    /// <summary>A sender came back after the connection had closed, so that no turn would settle its request.</summary>
    public void SettleLate(Http1Exchange exchange)
    {
        if (_current == exchange) Settle(exchange);
    }

    // It outlasts the read that brought it, so head and exchange are its own from here on.
    private void Hold(Http1Exchange exchange)
    {
        if (exchange != _worker.Spare) return;
        exchange.Outlast();
        _worker.ReplaceSpare();
    }

    /// <summary>On the loop, posted: a handler that had awaited has replied.</summary>
    public void TakeUp(Http1Exchange exchange)
    {
        if (_current != exchange || _connection.IsClosed)
        {
            End(exchange);
            return;
        }

        _worker.Loop.BeginTurn(_connection);
        Dispatcher.Resume(exchange);
        Settle(exchange);
        GoOn();
        _connection.EndTurn();
    }

    /// <summary>
    /// A body that is sent piece by piece. What it throws when it starts passes through, and leaves no trace.
    /// </summary>
    public void StartSender(Http1Exchange exchange, BodySender sender)
    {
        exchange.BeginSending();
        Hold(exchange);
        if (_connection.IsClosed)
        {
            // Cut by the handler itself: nobody would ever tell the sender
            sender.Discard();
            return;
        }

        _sender = sender;
        try
        {
            sender.Start();
            if (_worker.Service.IsDraining && _sender == sender) sender.Drain();
        }
        catch (Exception)
        {
            _sender = null;
            exchange.Enter();
            throw;
        }
    }

    /// <summary>
    /// The last byte has been written; or the body has failed behind its head: then the client must see that it is cut.
    /// </summary>
    public void SenderEnded(Http1Exchange exchange, bool failed)
    {
        _sender = null;
        exchange.SetAnswered();
        if (failed) _connection.Abort();
    }

    /// <summary>It failed before anything was written, so that the client can be told properly.</summary>
    public void SenderFailedEarly(Http1Exchange exchange, Exception error)
    {
        _sender = null;
        Dispatcher.Fail(exchange, error);
    }

    /// <summary>It has written what there was and waits for its producer.</summary>
    public void SenderWaits() => SetDeadline();

    /// <summary>The connection went away under it: whoever had called it settles the request.</summary>
    public void SenderAbandoned(Http1Exchange exchange) => _sender = null;

    /// <summary>On the loop, posted: <c>request.Abort()</c> of the request that is being answered.</summary>
    public void CutInTurn(Http1Exchange exchange)
    {
        if (_current == exchange) InTurn(static connection => ((Http1Connection)connection).Cut(), this);
    }

    /// <summary>Cuts the connection without a response.</summary>
    public void Cut() => _connection.Abort();

    /// <summary>On the loop, posted: <c>request.IdleTimeout</c> was set.</summary>
    public void DeadlineChanged(Http1Exchange exchange)
    {
        if (_current == exchange) InTurn(static _ => { }, this);
    }

    // ---- what the response says about the connection ----------------------------------------------------------------

    /// <summary>
    /// Decides, when the head of a response is about to be written, whether another request may follow.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void DecideFuture(Http1Exchange exchange, Headers? fields)
    {
        if (_input is not Input.Between || fields is not null || _worker.Service.IsLeaving) DecideFutureOf(exchange.Head, fields);
    }

    private void DecideFutureOf(Http1RequestHead head, Headers? fields)
    {
        if (head.KeepAlive && (!MayGoOn(head) || fields is not null && WantsClose(fields))) head.KeepAlive = false;
        if (_expectation is Expectation.Owed) _expectation = Expectation.TooLate;
    }

    /// <summary>What the response says about it (RFC 9112 section 9.3).</summary>
    public static ConnectionField FieldOf(Http1RequestHead head, Worker worker)
    {
        ConnectionField future = head.MinorVersion == 0
            ? head.KeepAlive ? ConnectionField.KeepAlive : ConnectionField.None     // HTTP/1.0 closes by itself
            : head.KeepAlive ? ConnectionField.None : ConnectionField.Close;
        return worker.IsSecure ? AndStrictTransport(future, worker) : future;
    }

    private static ConnectionField AndStrictTransport(ConnectionField future, Worker worker) =>
        worker.Date.StrictTransport.IsEmpty ? future : future | ConnectionField.StrictTransport;

    // The user's fields ask for the connection to be closed
    private static bool WantsClose(Headers fields) =>
        fields["Connection"] is { } value && value.Contains("close", StringComparison.OrdinalIgnoreCase);

    private bool MayGoOn(Http1RequestHead head) => !_worker.Service.IsLeaving && BodyCanBeDrained(head);

    // The response has been written: on to the next request, or to the close.
    private void Answered(Http1Exchange exchange)
    {
        if (_successor is { } successor)
        {
            _successor = null;
            _input = Input.HandedOver;
            End(exchange);
            if (_connection.IsClosed) successor.Abandon();
            else successor.Begin(_connection, _worker);
            return;
        }

        bool goesOn = exchange.Head.KeepAlive && _input is not Input.Ended && !_worker.Service.IsDraining;
        if (_input is Input.Body)
        {
            // What is still to come is nobody's. It is read up to a bound, so that the connection can go on
            _body?.Discard();
            _body = null;
            _framing.Limit(DrainLimit);
            BodyClockStarts();
        }

        bool unread = _input is Input.Body || !_connection.HasNoPendingInput;
        End(exchange);
        if (!goesOn) _connection.CloseAfterFlush(linger: unread || !_connection.InputEnded);
    }

    /// <summary>The one end of every request, on every path.</summary>
    private void End(Http1Exchange exchange)
    {
        if (_current == exchange)
        {
            _current = null;
            _sender = null;
            _grace = Grace.None;
        }

        _worker.RequestEnded();
        bool isReusable = exchange.End();
        if (!isReusable && exchange == _worker.Spare) _worker.ReplaceSpare();
    }

    private void WriteBare(int status, ReadOnlySpan<byte> fields, ConnectionField connection) =>
        ResponseWriter.WriteBytes(_worker.Output, default, new ResponseHead { Status = status, RouteFields = fields }, connection, _worker.Date);
}
