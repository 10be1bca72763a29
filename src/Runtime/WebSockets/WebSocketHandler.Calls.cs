using System.Text;
using Prebake.Routing;
using Prebake.WebSockets;

namespace Prebake;

// The way from the connection to what a user overrides
public abstract partial class WebSocketHandler
{
    private WebSocketProtocol? _socket;
    private bool _isClaimed;

    /// <summary>The connection, once it has opened; it stays when that is gone.</summary>
    internal WebSocketProtocol? Socket => Volatile.Read(ref _socket);

    /// <summary>A handler serves one connection. False: another has it.</summary>
    internal bool TryClaim() => !Interlocked.Exchange(ref _isClaimed, true);

    internal void Attach(WebSocketProtocol socket) => Volatile.Write(ref _socket, socket);

    internal void CallOpen() => Open();

    internal void CallMessage(ReadOnlySpan<byte> data, MessageKind kind, WebSocketCallbacks callbacks)
    {
        if ((callbacks & WebSocketCallbacks.Span) != 0) Message(data, kind);
        else Forward(data, kind, callbacks);
    }

    internal void CallPing(ReadOnlySpan<byte> data) => Ping(data);

    internal void CallPong(ReadOnlySpan<byte> data) => Pong(data);

    internal void CallDrain() => Drain();

    internal void CallClose(int code, string reason) => Close(code, reason);

    internal void CallError(Exception error) => Error(error);

    /// <summary>In a callback: the next message waits for this task.</summary>
    private protected void Pend(ValueTask task) => _socket!.Pend(task);

    private void Forward(ReadOnlySpan<byte> data, MessageKind kind, WebSocketCallbacks callbacks)
    {
        if (kind is MessageKind.Text)
        {
            if ((callbacks & WebSocketCallbacks.Text) != 0) Pend(Message(Encoding.UTF8.GetString(data)));
        }
        else if ((callbacks & WebSocketCallbacks.Binary) != 0) Pend(Message(data.ToArray().AsMemory()));
    }
}
