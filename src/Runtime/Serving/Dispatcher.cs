using System.Runtime.CompilerServices;
using System.Text;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

/// <summary>
/// From a complete head to a reply: which route, and who answers when none fits. The same for every protocol; on the
/// loop.
/// </summary>
internal static class Dispatcher
{
    /// <summary>The first route that fits, or −1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Find(RouteTable table, RequestHead head)
    {
        if (head.Method is HttpMethod.Unknown) head.Method = table.MethodOf(head[head.MethodName]);
        return head.Method is HttpMethod.Unknown or HttpMethod.Connect || head.IsAsterisk ? -1 : table.Find(head.Method, head.Path);
    }

    /// <summary>What is to be known of the handler before its body is read.</summary>
    public static RouteTraits TraitsOf(RouteTable table, int route, RequestHead head) => HandlerOf(table, route, head) is >= 0 and int handler ? table.TraitsOf(handler) : RouteTraits.None;

    /// <summary>The most bytes of body that this route takes, if it says so itself.</summary>
    public static long? LimitOf(RouteTable table, int route, RouteTraits traits, RequestHead head) =>
        LimitsOf(table, route, traits, head).MaxRequestBodySize;

    /// <summary>What this route says of itself.</summary>
    public static RouteLimits LimitsOf(RouteTable table, int route, RouteTraits traits, RequestHead head) =>
        (traits & RouteTraits.HasLimits) != 0 ? table.LimitsOf(HandlerOf(table, route, head)) : default;

    /// <summary>
    /// The first from this route on that takes the path, as far as that is known without calling one; if none does, the
    /// first.
    /// </summary>
    public static int TakingRoute(ServedExchange exchange, int route)
    {
        RouteTable table = exchange.Table;
        for (int next = route; next >= table.StaticCount; next = table.Find(exchange.Head.Method, exchange.Path, next))
            if (table.Takes(exchange, next)) return next;
        return route;
    }

    // [Fetch], where no route fits; finished bytes have no handler
    private static int HandlerOf(RouteTable table, int route, RequestHead head) =>
        route < 0 ? FetchOf(table, head.Path) : route < table.StaticCount ? -1 : route;

    private static int FetchOf(RouteTable table, ReadOnlySpan<byte> path) => table.FetchesByPath ? table.FetchOf(path) : table.FetchRoute;

    /// <summary>
    /// Calls the handler of a route, or answers that there is none. Does not throw: what goes wrong has become a
    /// response, or a cut.
    /// </summary>
    public static void Serve(ServedExchange exchange, int route)
    {
        exchange.Enter();
        try
        {
            if (route >= 0) Run(exchange, route);
            else Fallback(exchange);
        }
        catch (Exception e)
        {
            exchange.Fault(e);
        }

        exchange.Worker.Ambient.Restore();
    }

    /// <summary>On the loop again: writes the reply that was kept. Does not throw.</summary>
    public static void Resume(ServedExchange exchange)
    {
        try
        {
            if (!exchange.WriteKept()) Declined(exchange);
        }
        catch (Exception e)
        {
            exchange.Fault(e);
        }

        exchange.Worker.Ambient.Restore();
    }

    /// <summary>What was to be sent has failed before its head was written.</summary>
    public static void Fail(ServedExchange exchange, Exception error)
    {
        exchange.Enter();
        exchange.Fault(error);
        exchange.Worker.Ambient.Restore();
    }

    private static void Run(ServedExchange exchange, int route)
    {
        RouteTable table = exchange.Table;
        if (route < table.StaticCount)
        {
            exchange.ReplyStatic(route);
            return;
        }

        do
        {
            RouteTraits traits = table.TraitsOf(route);
            exchange.Try(route, traits);
            if ((traits & RouteTraits.Blocking) != 0)
            {
                exchange.RunOnThreadPool();
                return;
            }

            if (exchange.Worker.Watch is null && !exchange.IsObserved ? table.Run(exchange, route) : RunWatched(exchange, table, route)) return;

            // A parameter did not parse: the next pattern, or 400 if it was the only one
            route = table.Find(exchange.Head.Method, exchange.Path, route);
            if (route >= 0 && WaitsForBody(exchange, route)) return;
        }
        while (route >= 0);

        exchange.ReplyDeclined();
    }

    // The route that the head belonged to has declined the request, and this one takes the body, or not so much of it
    private static bool WaitsForBody(ServedExchange exchange, int route)
    {
        RouteTraits traits = exchange.Table.TraitsOf(route);
        if (exchange.RefusesBodyOf(route, traits)) return true;
        if (exchange.HasWholeBody || (traits & RouteTraits.BuffersBody) == 0) return false;

        exchange.BindBody(route, traits);
        return true;
    }

    private static bool RunWatched(ServedExchange exchange, RouteTable table, int route)
    {
        exchange.Worker.Watch?.Enter(table, route);
        exchange.EnterActivity();
        try
        {
            return table.Run(exchange, route);
        }
        finally
        {
            exchange.LeaveActivity();
            exchange.Worker.Watch?.Leave();
        }
    }

    // A [Blocking] handler has declined on another thread
    private static void Declined(ServedExchange exchange)
    {
        int route = exchange.Table.Find(exchange.Head.Method, exchange.Path, exchange.Route);
        if (route >= 0)
        {
            if (!WaitsForBody(exchange, route)) Run(exchange, route);
            return;
        }

        exchange.ReplyDeclined();
    }

    /// <summary>
    /// The file of a route is missing, and others may know better: the next one that fits, or <c>[Fetch]</c>.
    /// </summary>
    public static void FallThrough(ServedExchange exchange)
    {
        int route = exchange.Table.Find(exchange.Head.Method, exchange.Path, exchange.Route);
        if (route < 0) route = FetchOf(exchange.Table, exchange.Path);
        if (route >= 0 && route != exchange.Route)
        {
            if (!WaitsForBody(exchange, route)) Run(exchange, route);
            return;
        }

        exchange.LeaveRoute();
        exchange.Refuse(404);
    }

    private static void Fallback(ServedExchange exchange)
    {
        RequestHead head = exchange.Head;
        RouteTable table = exchange.Table;

        if (head.IsAsterisk)
        {
            exchange.ReplyAllow(204, table.AllMethods);
            return;
        }

        // A method that nobody here knows, or a tunnel, which is not a server's business (RFC 9110 section 15.6.2)
        if (head.Method is HttpMethod.Connect || (head.Method is HttpMethod.Unknown && !table.TakesUnknownMethods))
        {
            exchange.Refuse(501);
            return;
        }

        MethodSet methods = table.MethodsOf(head.Path);

        if (methods.IsEmpty && table.RedirectsTrailingSlash && OtherSlash(table, head.Path) is { } other)
        {
            ReadOnlySpan<byte> query = head[head.Query];
            exchange.ReplyUnrouted(Response.Redirect(query.IsEmpty ? other : $"{other}?{Encoding.Latin1.GetString(query)}", 308));
        }
        else if (!methods.IsEmpty && head.Method is HttpMethod.Options) exchange.ReplyUnrouted(204, methods);
        else if (!methods.HasStatic && FetchOf(table, head.Path) is >= 0 and int fetch) Run(exchange, fetch);
        else if (methods.IsEmpty) exchange.ReplyUnrouted(404);
        else exchange.ReplyUnrouted(405, methods);
    }

    /// <summary>
    /// The same path with a slash more or less, if a route has it. Paths are canonical, so it cannot begin with two
    /// slashes; but browsers take a
    /// backslash for a slash, and <c>/\host</c> for another server.
    /// </summary>
    private static string? OtherSlash(RouteTable table, ReadOnlySpan<byte> path)
    {
        if (path.Length < 2) return null;
        byte[] other = path[^1] == '/' ? path[..^1].ToArray() : [.. path, (byte)'/'];
        return table.MethodsOf(other).IsEmpty ? null : Encoding.Latin1.GetString(other).Replace("\\", "%5C", StringComparison.Ordinal);
    }
}
