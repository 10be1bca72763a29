using System.Text;
using Prebake.Routing;

namespace Prebake.Lifetime;

/// <summary>
/// A server beside one that speaks https, on a port of plain http: each request is sent to the same address with https.
/// It has one loop and no app.
/// </summary>
internal static class HttpsRedirection
{
    /// <summary>Listens on <see cref="ServeOptions.HttpsRedirect"/> of the other server's options.</summary>
    public static (Server Server, HttpsRedirectTable Table) Start(ServeOptions options)
    {
        var table = new HttpsRedirectTable();
        ServeOptions own = options with
        {
            Port = options.HttpsRedirect,
            HttpsRedirect = null,
            HttpsRedirectTo = null,
            IsRedirect = true,
            MaxHandshakesPerAddress = null,
            Backplane = null,
            Tls = [],
            Loops = 1,
            TakesPassedSockets = false,
        };
        return (Server.Start(() => table, own, null).FinishStart(), table);
    }
}

/// <summary>One handler for everything: 308 (RFC 9110 section 15.4.9), which keeps method and body.</summary>
internal sealed class HttpsRedirectTable() : RouteTable(staticCount: 0, fetchRoute: 0, hasErrorHandler: false)
{
    /// <summary>The port that requests are sent to; 0 while it is not known yet.</summary>
    public volatile int Port;

    public override MethodSet AllMethods => default;

    internal override bool TakesUnknownMethods => true;

    public override int Find(HttpMethod method, ReadOnlySpan<byte> path, int after = -1) => -1;

    public override MethodSet MethodsOf(ReadOnlySpan<byte> path) => default;

    public override ReadOnlySpan<byte> AllowOf(MethodSet methods) => "OPTIONS"u8;

    public override string PatternOf(int route) => "https redirect";

    public override bool Run(Exchange exchange, int route)
    {
        // The parser has checked what is there, and HTTP/1.0 need not have any
        if (!exchange.TryGetField("host"u8, out ReadOnlySpan<byte> host) || host.IsEmpty)
        {
            exchange.Reply(new Response { Status = 400 });
            return true;
        }

        if (Port == 0)
        {
            exchange.Reply(new Response { Status = 503, Headers = { ["Retry-After"] = "1" } });
            return true;
        }

        var location = new StringBuilder("https://").Append(exchange.Request.Url.Host);
        if (Port != 443) location.Append(':').Append(Port);
        location.Append(Encoding.ASCII.GetString(exchange.Path));
        if (!exchange.Query.IsEmpty) location.Append('?').Append(Encoding.ASCII.GetString(exchange.Query));
        exchange.Reply(new Response { Status = 308, Headers = { ["Location"] = location.ToString() } });
        return true;
    }
}
