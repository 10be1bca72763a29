using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

// From a complete head to a reply: which route, and who answers when none fits.
internal sealed partial class Http1Connection
{
    /// <summary>
    /// Answers the request, or starts to. Its body, if it has one, begins at <paramref name="offset"/>; says how much of it was used.
    /// </summary>
    private int Serve(Http1Exchange exchange, byte[] buffer, int offset, int length)
    {
        RequestHead head = exchange.Head;
        RouteTable table = Worker.Service.Table;

        if (head.Method is HttpMethod.Unknown) head.Method = table.MethodOf(head[head.MethodName]);
        int route = head.Method is HttpMethod.Unknown or HttpMethod.Connect || head.IsAsterisk ? -1 : table.Find(head.Method, head.Path);

        if ((uint)route < (uint)table.StaticCount && !head.HasBody)
        {
            if (Worker.IsObserved) WriteStaticObserved(table, route, head);
            else WriteStatic(table, route, head);
            return 0;
        }

        Worker.RequestStarted();
        exchange.Begin(this, table);
        if (Worker.IsObserved) exchange.Observe(route);
        _current = exchange;                                    // until it is answered; most are before this returns
        return head.HasBody ? ServeWithBody(exchange, route, buffer, offset, length) : ServeWithoutBody(exchange, route);
    }

    private int ServeWithoutBody(Http1Exchange exchange, int route)
    {
        Choose(exchange, route);
        return 0;
    }

    private int ServeWithBody(Http1Exchange exchange, int route, byte[] buffer, int offset, int length)
    {
        RequestHead head = exchange.Head;
        RouteTable table = exchange.Table;
        bool isStatic = (uint)route < (uint)table.StaticCount;

        RouteTraits traits = route < 0 || isStatic ? RouteTraits.None : table.TraitsOf(route);
        if (route < 0 && table.FetchRoute >= 0) traits = table.TraitsOf(table.FetchRoute);

        long limit = Worker.Settings.MaxRequestBodySize;
        if ((traits & RouteTraits.HasLimits) != 0) limit = table.LimitsOf(route < 0 ? table.FetchRoute : route).MaxRequestBodySize ?? limit;

        BeginBody(exchange, isStatic ? DrainLimit : limit);

        if (!isStatic && head.ContentLength > limit)
        {
            // Refused by its announcement, before a byte of it is read
            BodyFault(413, "The body is longer than this server takes.");
            End(exchange);
            return length;
        }

        // What came together with the head is there when the handler asks; with all of it there, asking never waits.
        int used = 0;
        if ((traits & (RouteTraits.Async | RouteTraits.Blocking | RouteTraits.BuffersBody)) != 0)
        {
            if ((traits & RouteTraits.BuffersBody) != 0) _body!.WantWhole();
            if (length > 0) used = ReceiveBody(buffer.AsSpan(offset, length));
            if (_input is Input.Ended) { End(exchange); return used; }           // refused
        }

        if ((traits & RouteTraits.BuffersBody) != 0 && _input is Input.Body)
        {
            exchange.Route = route < 0 ? ~table.FetchRoute : route;
            Keep(exchange);
            _awaitsWholeBody = true;
            PrepareForBody();
            return used;
        }

        Choose(exchange, route);
        return used;
    }

    private void RunWithWholeBody()
    {
        _awaitsWholeBody = false;
        Http1Exchange exchange = _current!;
        Choose(exchange, exchange.Route < 0 ? -1 : exchange.Route);
    }

    // The route is known, or known to be missing.
    private void Choose(Http1Exchange exchange, int route)
    {
        _serving = true;
        if (route >= 0) Run(exchange, route);
        else Fallback(exchange);
        _serving = false;

        Settle(exchange);
    }

    /// <summary>Ends the request if it has been answered; otherwise a handler or a stream is at work, and nothing more is read ahead.</summary>
    private void Settle(Http1Exchange exchange)
    {
        if (exchange.IsAnswered) Answered(exchange);
        else if (_connection.IsClosed && !exchange.IsDetached && _stream is null) End(exchange);
        else Keep(exchange);
    }

    // It outlasts the read that brought it, so head and exchange are its own from here on.
    private void Keep(Http1Exchange exchange)
    {
        if (exchange != Worker.Spare) return;
        exchange.KeepHead();
        Worker.TakeSpare();
    }

    private void Run(Http1Exchange exchange, int route)
    {
        RouteTable table = exchange.Table;

        if (route < table.StaticCount)
        {
            WriteStaticWithBody(exchange, route);
            return;
        }

        do
        {
            RouteTraits traits = table.TraitsOf(route);
            exchange.Route = route;
            exchange.Traits = traits;
            if ((traits & RouteTraits.HasLimits) != 0) exchange.OwnIdleTimeout = table.LimitsOf(route).IdleTimeout;
            if ((traits & (RouteTraits.Async | RouteTraits.Blocking)) != 0) exchange.KeepHead();

            if ((traits & RouteTraits.Blocking) != 0)
            {
                exchange.RunOnThreadPool();
                return;
            }

            try
            {
                if (Worker.Watch is null && !exchange.IsObserved ? table.Run(exchange, route) : RunWatched(exchange, table, route)) return;
            }
            catch (Exception e)
            {
                exchange.Fault(e);
                return;
            }

            // A parameter did not parse: the next pattern, or 400 if it was the only one (row D6)
            route = table.Find(exchange.Head.Method, exchange.Path, route);
        }
        while (route >= 0);

        exchange.ReplyStatus(400);
    }

    private bool RunWatched(Http1Exchange exchange, RouteTable table, int route)
    {
        Worker.Watch?.Enter(table, route);
        exchange.EnterActivity();
        try
        {
            return table.Run(exchange, route);
        }
        finally
        {
            exchange.LeaveActivity();
            Worker.Watch?.Leave();
        }
    }

    // The same from a [Blocking] handler, which declined on another thread
    private void Declined(Http1Exchange exchange)
    {
        int route = exchange.Table.Find(exchange.Head.Method, exchange.Path, exchange.Route);
        if (route >= 0) Run(exchange, route);
        else exchange.ReplyStatus(400);
    }

    /// <summary>The file of a route is missing, and others may know better: the next one that fits, or <c>[Fetch]</c>.</summary>
    public void FallThrough(Http1Exchange exchange)
    {
        int route = exchange.Table.Find(exchange.Head.Method, exchange.Path, exchange.Route);
        if (route < 0) route = exchange.Table.FetchRoute;
        if (route >= 0 && route != exchange.Route) Run(exchange, route);
        else exchange.ReplyStatus(404);
    }

    private void Fallback(Http1Exchange exchange)
    {
        RequestHead head = exchange.Head;
        RouteTable table = exchange.Table;

        if (head.IsAsterisk)
        {
            WriteAllow(exchange, 204, table.AllMethods);
            return;
        }

        // A method that nobody here knows, or a tunnel, which is not a server's business (RFC 9110 section 15.6.2)
        if (head.Method is HttpMethod.Unknown or HttpMethod.Connect)
        {
            exchange.ReplyStatus(501);
            return;
        }

        MethodSet methods = table.MethodsOf(head.Path);

        if (methods.IsEmpty && table.RedirectsTrailingSlash && OtherSlash(table, head.Path) is { } other)
        {
            ReadOnlySpan<byte> query = head[head.Query];
            exchange.Reply(Response.Redirect(query.IsEmpty ? other : $"{other}?{System.Text.Encoding.Latin1.GetString(query)}", 308));
        }
        else if (!methods.IsEmpty && head.Method is HttpMethod.Options) WriteAllow(exchange, 204, methods);
        else if (!methods.HasStatic && table.FetchRoute >= 0) Run(exchange, table.FetchRoute);
        else if (methods.IsEmpty) exchange.ReplyStatus(404);
        else WriteAllow(exchange, 405, methods);
    }

    /// <summary>The same path with a slash more or less, if a route has it (row A54). Paths are canonical, so it cannot begin with two slashes.</summary>
    private static string? OtherSlash(RouteTable table, ReadOnlySpan<byte> path)
    {
        if (path.Length < 2) return null;
        byte[] other = path[^1] == '/' ? path[..^1].ToArray() : [.. path, (byte)'/'];
        return table.MethodsOf(other).IsEmpty ? null : System.Text.Encoding.Latin1.GetString(other);
    }

    private void WriteAllow(Http1Exchange exchange, int status, MethodSet methods)
    {
        exchange.Status = status;
        ResponseWriter.WriteAllow(Worker.Output, status, exchange.Table.AllowOf(methods), FieldFor(exchange), Worker.Date);
        exchange.IsAnswered = true;
    }
}
