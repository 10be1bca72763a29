using Prebake.Http;
using Prebake.Routing;
using Prebake.Serving;

namespace Prebake.Http1;

// The bodies of requests: read when somebody asks, refused when they are too long, thrown away when the response did
// not need them.
internal sealed partial class Http1Connection
{
    // Unread body that is thrown away rather than closing the connection; about what one round trip has in flight
    private const int DrainLimit = 256 << 10;

    /// <summary>Whether the client sends the body by itself (RFC 9110 section 10.1.1).</summary>
    private enum Expectation : byte
    {
        /// <summary>It does, or has begun to.</summary>
        None,

        /// <summary>It waits for 100 (Continue), which is owed as soon as somebody asks for the body.</summary>
        Owed,

        /// <summary>
        /// It waits, and the head of the response has been written: RFC 9110 section 15.2 has no interim response
        /// behind that.
        /// </summary>
        TooLate,
    }

    private BodyFraming _framing;
    private ReceivedBody? _body;            // who gets the body; null: nobody
    private Expectation _expectation;

    // Want of memory while the body is taken in costs this request and its connection, and leaves nothing behind
    private int TryServeWithBody(Http1Exchange exchange, int route, ReadOnlySpan<byte> input)
    {
        try
        {
            return ServeWithBody(exchange, route, input);
        }
        catch (Exception e) when (exchange.State is ExchangeState.Begun or ExchangeState.Receiving)
        {
            _worker.Settings.Report(e, "a request's body");
            End(exchange);
            _connection.Abort();
            return input.Length;
        }
    }

    private int ServeWithBody(Http1Exchange exchange, int route, ReadOnlySpan<byte> input)
    {
        Http1RequestHead head = exchange.Head;
        RouteTable table = exchange.Table;
        bool isStatic = (uint)route < (uint)table.StaticCount;
        RouteTraits traits = Dispatcher.TraitsOf(table, route, head);
        long limit = LimitOf(table, route, traits, head);
        if (!isStatic && (head.IsChunked || head.ContentLength > limit || (traits & RouteTraits.HasLimits) != 0))
        {
            // The limit of a route that declines the path is not that of the next one, be it larger or smaller
            route = Dispatcher.TakingRoute(exchange, route);
            traits = Dispatcher.TraitsOf(table, route, head);
            limit = LimitOf(table, route, traits, head);
        }

        BeginBody(exchange, limit);

        if (!isStatic && head.ContentLength > limit)
        {
            // Refused by its announcement, before a byte of it is read; where somebody else may refuse it, behind that
            if ((traits & RouteTraits.Guarded) == 0)
            {
                BodyFault(413, ReceivedBody.TooLong());
                return input.Length;
            }

            exchange.RefuseBehindGates();
            _input = Input.Ended;
            _body = null;
            Dispatcher.Serve(exchange, route);
            Settle(exchange);
            return input.Length;
        }

        // What came together with the head is there when the handler asks; with all of it there, asking never waits.
        int used = 0;
        if ((traits & (RouteTraits.Async | RouteTraits.Blocking | RouteTraits.BuffersBody | RouteTraits.WaitsForBody)) != 0)
        {
            if ((traits & RouteTraits.BuffersBody) != 0) _body!.Bind();
            if (!input.IsEmpty) used = ReceiveBody(input);
            if (_current is null || _input is Input.Ended) return input.Length;     // refused
        }

        if ((traits & RouteTraits.BuffersBody) != 0 && _input is Input.Body)
        {
            exchange.AwaitBody(route, traits);
            Hold(exchange);
            PrepareForBody();
            return used;
        }

        Dispatcher.Serve(exchange, route);
        Settle(exchange);
        return used;
    }

    private long LimitOf(RouteTable table, int route, RouteTraits traits, Http1RequestHead head) =>
        (uint)route < (uint)table.StaticCount
            ? DrainLimit
            : Dispatcher.LimitOf(table, route, traits, head) ?? _worker.Settings.MaxRequestBodySize;

    private void BeginBody(Http1Exchange exchange, long limit)
    {
        Http1RequestHead head = exchange.Head;
        _framing.Start(head, limit);
        _input = Input.Body;
        _bodyBytes = 0;
        // Again when somebody asks for it; but a handler on another thread may ask before this one hears of it
        BodyClockStarts();
        // RFC 9110 section 10.1.1: not for HTTP/1.0 clients; not once the body comes by itself
        _expectation = head.ExpectsContinue && head.MinorVersion > 0 ? Expectation.Owed : Expectation.None;
        _body = exchange.BeginBody(head.IsChunked ? null : head.ContentLength);
    }

    private int ReceiveBody(ReadOnlySpan<byte> input)
    {
        int total = 0;
        _expectation = Expectation.None;

        while (true)
        {
            BodyStatus status = _framing.Decode(input[total..], out int used, out ReadOnlySpan<byte> data);
            total += used;
            _bodyBytes += used;

            if (status is BodyStatus.Malformed)
            {
                BodyFault(400, "The body's chunks are malformed.");
                return input.Length;
            }

            if (status is BodyStatus.TooLong || _body is { } whole && !whole.HasRoomFor(data.Length))
            {
                BodyFault(413, ReceivedBody.TooLong());
                return input.Length;
            }

            if (_body is { } body && !body.Feed(data))
            {
                if (body.Refusal is { } why)
                {
                    BodyFault(why.Status, why);
                    return input.Length;
                }

                _connection.InputPaused = true;
            }

            if (status is BodyStatus.Complete)
            {
                BodyArrived();
                return _input is Input.Ended ? input.Length : total;
            }

            if (total == input.Length || used == 0 || _connection.InputPaused) return total;
        }
    }

    private void BodyArrived()
    {
        if (_body is { } body && !body.Finish(_framing.Trailers))
        {
            BodyFault(body.Refusal!.Status, body.Refusal);
            return;
        }

        _body = null;
        _input = Input.Between;
        if (_current is not { } exchange) Rest();
        else if (exchange.State is ExchangeState.Receiving)
        {
            Dispatcher.Serve(exchange, exchange.AwaitedRoute);
            Settle(exchange);
        }
    }

    /// <summary>On the loop, posted: a handler has asked for this body, which may be a body of the past.</summary>
    public void BodyWanted(ReceivedBody body)
    {
        if (_body != body || _connection.IsClosed) return;

        _worker.Loop.BeginTurn(_connection);
        PrepareForBody();
        GoOn();
        _connection.EndTurn();
    }

    /// <summary>On the loop, posted: whoever reads this body piece by piece has caught up.</summary>
    public void BodyResumed(ReceivedBody body)
    {
        if (_body != body || _connection.IsClosed) return;

        body.Resume();
        _worker.Loop.BeginTurn(_connection);
        GoOn();
        _connection.EndTurn();
    }

    private void PrepareForBody()
    {
        if (_expectation is Expectation.Owed)
        {
            _worker.Output.Write("HTTP/1.1 100 Continue\r\n\r\n"u8);
            _expectation = Expectation.None;
        }

        BodyClockStarts();
    }

    // The framing is in doubt or a limit is passed: this is the answer, whatever the handler makes of the exception.
    // Where nobody shapes or sees it, the connection gives it by itself, without waiting for the handler.
    private void BodyFault(int status, string why) => BodyFault(status, new HttpException(status, why));

    private void BodyFault(int status, Exception why)
    {
        _input = Input.Ended;
        if (why is HttpException refusal && _current is { IsElsewhere: true, ShapesBodyFaults: true })
        {
            // It is answered where its handler is, inside of what stands around it. A reply that is on its way already is
            // the response
            _body?.Owe(refusal);
            _body?.Fail(refusal);
            _body = null;
            SetDeadline();
            return;
        }

        _body?.Fail(why);
        _body = null;

        if (_current is not { } exchange)
        {
            // The response had been given, and the rest of the body was being thrown away
            _connection.CloseAfterFlush(linger: true);
            return;
        }

        if (exchange.State is ExchangeState.Sending)
        {
            _connection.Abort();
            return;
        }

        if (exchange.TryRefuseBody(why))
        {
            Settle(exchange);
            return;
        }

        exchange.Supersede(status);
        WriteBare(status, exchange.Table.ClassFieldsOf(exchange.Head.Path), ConnectionField.Close);
        _connection.CloseAfterFlush(linger: true);

        if (exchange.IsElsewhere) _current = null;              // it ends when its handler has replied, which no longer matters
        else End(exchange);
    }

    private bool BodyCanBeDrained(Http1RequestHead head)
    {
        if (_input is Input.Between) return true;
        if (_input is Input.Ended) return false;

        // A client that waits for 100 (Continue) may or may not send the body now; only a new connection is
        // unambiguous.
        if (_expectation is not Expectation.None) return false;

        // One that sends in chunks has not said how long it will go on. RFC 9110 section 9.3.1: with these methods a
        // body means nothing, so that
        // it is short if it comes at all.
        return _framing.Missing is { } missing
            ? missing <= DrainLimit
            : head.Method is HttpMethod.Get or HttpMethod.Head or HttpMethod.Delete or HttpMethod.Options;
    }
}
