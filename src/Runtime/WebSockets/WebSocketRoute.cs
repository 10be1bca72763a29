using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>The upgrade, as emitted code does it: first <see cref="Accepts"/>, then the user's method, then a reply.</summary>
/// <remarks>
/// Not methods of <see cref="Exchange"/>, so that an app without a <c>[WebSocket]</c> carries nothing of all this.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class WebSocketRoute
{
    /// <summary>
    /// Looks at the handshake (RFC 6455 section 4.2.1) before the user's method is called. If it is not one, or comes from
    /// a page of an origin that is not let in, replies (426, 400, 403) and returns false.
    /// </summary>
    public static bool Accepts(Exchange exchange, WebSocketOptions options) => throw new NotImplementedException();

    /// <summary>101, and <paramref name="handler"/> has the connection; null is 403.</summary>
    public static void Reply(Exchange exchange, WebSocketHandler? handler, WebSocketOptions options) =>
        throw new NotImplementedException();

    /// <inheritdoc cref="Reply"/>
    public static void ReplyWhenDone<T>(Exchange exchange, Task<T> pending, WebSocketOptions options)
        where T : WebSocketHandler? => throw new NotImplementedException();

    /// <inheritdoc cref="Reply"/>
    public static void ReplyWhenDone<T>(Exchange exchange, ValueTask<T> pending, WebSocketOptions options)
        where T : WebSocketHandler? => throw new NotImplementedException();
}
