using System.ComponentModel;
using Prebake.Serving;
using Prebake.WebSockets;

namespace Prebake.Routing;

/// <summary>The upgrade, as emitted code does it: first <see cref="Accepts"/>, then the user's method, then a
/// reply.</summary>
/// <remarks>
/// Not methods of <see cref="Exchange"/>, so that an app without a <c>[WebSocket]</c> carries nothing of all this.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WebSocketRoute
{
    /// <summary>
    /// Looks at the handshake (RFC 6455 section 4.2.1) before the user's method is called. If it is not one, or comes
    /// from
    /// a page of an origin that is not let in, replies (426, 400, 403) and returns false.
    /// </summary>
    public static bool Accepts(Exchange exchange, WebSocketOptions options)
    {
        var served = (ServedExchange)exchange;
        HandshakeVerdict verdict = Handshake.Judge(served.Head, options);

        // Behind a proxy the page's host may be another one than the connection's
        if (verdict is HandshakeVerdict.ForeignOrigin && options.Origins.Length == 0
            && Handshake.IsOrigin(served.Head, served.Request.Client.Host))
            verdict = HandshakeVerdict.Accepted;

        if (verdict is HandshakeVerdict.Accepted)
        {
            if (!served.Worker.Service.IsDraining) return true;

            served.Refuse(503);
            return false;
        }

        served.Refuse(Refusal(verdict));
        return false;
    }

    /// <summary>101, and <paramref name="handler"/> has the connection; null is 403.</summary>
    /// <exception cref="InvalidOperationException">
    /// The handler has a connection already, or <see cref="Request.UpgradeHeaders"/> say what only the server can.
    /// </exception>
    public static void Reply(Exchange exchange, WebSocketHandler? handler, WebSocketOptions options)
    {
        var served = (ServedExchange)exchange;
        Headers? fields = served.UpgradeFields;
        if (handler is not null)
            served.ReplySwitch(new WebSocketSwitch(served.Head, fields, handler, options) { Record = SocketRecord.Of(served) });
        else if (fields is null) served.Refuse(403);
        else
        {
            var refusal = new Response { Status = 403 };
            foreach ((string name, string value) in fields) refusal.Headers.Append(name, value);
            exchange.Reply(refusal);
        }
    }

    /// <inheritdoc cref="Reply"/>
    public static void ReplyWhenDone<T>(Exchange exchange, Task<T> pending, WebSocketOptions options)
        where T : WebSocketHandler? => ReplyWhenDone(exchange, new ValueTask<T>(pending), options);

    /// <inheritdoc cref="Reply"/>
    public static void ReplyWhenDone<T>(Exchange exchange, ValueTask<T> pending, WebSocketOptions options)
        where T : WebSocketHandler?
    {
        if (pending.IsCompletedSuccessfully)
        {
            Reply(exchange, pending.Result, options);
            return;
        }

        var served = (ServedExchange)exchange;
        served.Detach();
        _ = Await(served, pending, options);

        static async Task Await(ServedExchange exchange, ValueTask<T> pending, WebSocketOptions options)
        {
            try { Reply(exchange, await pending.ConfigureAwait(false), options); }
            catch (Exception e) { exchange.Fault(e); }
        }
    }

    private static HttpException Refusal(HandshakeVerdict verdict) => verdict switch
    {
        HandshakeVerdict.NotAnUpgrade or HandshakeVerdict.WrongVersion =>
            new HttpException(426, "This route speaks the WebSocket protocol, version 13.")
            {
                Headers = { ["Upgrade"] = "websocket", ["Connection"] = "Upgrade", ["Sec-WebSocket-Version"] = "13" },
            },
        HandshakeVerdict.ForeignOrigin => new HttpException(403, "Pages of this origin may not connect."),
        HandshakeVerdict.Http10 => new HttpException(400, "A WebSocket needs HTTP/1.1."),
        HandshakeVerdict.ConnectionDoesNotUpgrade => new HttpException(400, "'Connection' does not list 'Upgrade'."),
        HandshakeVerdict.HasBody => new HttpException(400, "A WebSocket handshake has no body."),
        _ => new HttpException(400, "'Sec-WebSocket-Key' is missing, repeated, or not 16 bytes in base64."),
    };
}
