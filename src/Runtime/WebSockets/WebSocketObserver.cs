namespace Prebake.WebSockets;

/// <summary>Hears of every socket and message, while somebody wants to know. On the socket's loop; must not throw.</summary>
internal abstract class WebSocketObserver
{
    public abstract void Opened(WebSocketProtocol socket);

    /// <summary>With the code that the handler's <c>Close</c> is given.</summary>
    public abstract void Closed(WebSocketProtocol socket, int code);

    /// <summary>A message has come; its bytes after decompression.</summary>
    public abstract void Received(WebSocketProtocol socket, MessageKind kind, int bytes);

    /// <summary>A message has been accepted; the bytes of its payload as they leave. From the thread that sends.</summary>
    public abstract void Sent(WebSocketProtocol socket, MessageKind kind, int bytes);
}
