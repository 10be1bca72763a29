using System.ComponentModel;
using System.Net;
using Prebake.Routing;
using Prebake.WebSockets;

namespace Prebake;

/// <summary>
/// One WebSocket connection: a class of yours derives from it, and a <c>[WebSocket]</c> method returns a new one for
/// each
/// client. What belongs to the connection stands in its fields.
/// </summary>
/// <remarks>
/// The callbacks are called on the event loop, one after another: the next message waits until the task of the one
/// before
/// has completed, and only pings and pongs are answered meanwhile. What a callback sends leaves in one write. The other
/// members may be used from any thread, also when the connection is gone; they then do nothing and say so.
/// </remarks>
public abstract partial class WebSocketHandler
{
    /// <summary>The connection is open: the first thing that is called. What it throws closes with 1011.</summary>
    protected virtual void Open() { }

    /// <summary>A text message.</summary>
    protected virtual ValueTask Message(string text) => default;

    /// <summary>A binary message. The memory is yours as long as you hold it.</summary>
    protected virtual ValueTask Message(ReadOnlyMemory<byte> data) => default;

    /// <summary>
    /// A message of either kind, where it lies in the buffer of the event loop: valid until the method returns.
    /// Overridden,
    /// it gets all messages; the default hands them to the two others.
    /// </summary>
    protected virtual void Message(ReadOnlySpan<byte> data, MessageKind kind) =>
        Forward(data, kind, WebSocketCallbacks.All);

    /// <summary>
    /// The connection is gone: called once, last. The code and the reason are the client's, or the server's own; 1005
    /// if
    /// the client gave none, 1006 if the connection was lost (RFC 6455 section 7.1.5). A task of <c>Message</c> may not
    /// have completed yet.
    /// </summary>
    protected virtual void Close(int code, string reason) { }

    /// <summary>A slow client has taken everything that waited for it.</summary>
    protected virtual void Drain() { }

    /// <summary>A ping came; the pong has been sent already.</summary>
    protected virtual void Ping(ReadOnlySpan<byte> data) { }

    /// <summary>A pong came.</summary>
    protected virtual void Pong(ReadOnlySpan<byte> data) { }

    /// <summary>A callback threw, or the task of one failed. Then the connection closes with 1011. The default logs
    /// it.</summary>
    protected virtual void Error(Exception error) => _socket?.Report(error);

    /// <summary>Sends a text message.</summary>
    /// <param name="text">The message; a lone surrogate becomes U+FFFD.</param>
    /// <param name="compress">Whether it is compressed, if that was agreed upon.</param>
    public SendStatus Send(string text, bool compress = false)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Socket?.Send(text, compress) ?? SendStatus.Gone;
    }

    /// <summary>Sends a binary message. The bytes are copied.</summary>
    /// <param name="data">The message.</param>
    /// <param name="compress">Whether it is compressed, if that was agreed upon.</param>
    public SendStatus Send(ReadOnlySpan<byte> data, bool compress = false) => Send(data, MessageKind.Binary, compress);

    /// <summary>Sends a message of either kind. The bytes are copied.</summary>
    /// <param name="data">The message; UTF-8 if it is text, which is not checked.</param>
    /// <param name="kind">What the bytes are.</param>
    /// <param name="compress">Whether it is compressed, if that was agreed upon.</param>
    /// <exception cref="ArgumentOutOfRangeException">The kind is neither text nor binary.</exception>
    public SendStatus Send(ReadOnlySpan<byte> data, MessageKind kind, bool compress = false)
    {
        if (kind is not (MessageKind.Text or MessageKind.Binary)) throw new ArgumentOutOfRangeException(nameof(kind));
        return Socket?.Send(data, kind, compress) ?? SendStatus.Gone;
    }

    /// <summary>Sends a finished frame: for emitted code, which makes one of each constant message.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SendStatus SendFrame(ReadOnlySpan<byte> frame) => Socket?.SendFrame(frame) ?? SendStatus.Gone;

    /// <summary>Asks the client whether it is there (RFC 6455 section 5.5.2); the answer comes to
    /// <see cref="Pong"/>.</summary>
    /// <param name="data">125 bytes at most.</param>
    /// <exception cref="ArgumentException">More than 125 bytes.</exception>
    public SendStatus SendPing(ReadOnlySpan<byte> data = default) => SendControl(Opcode.Ping, data);

    /// <summary>Sends an unasked-for pong (RFC 6455 section 5.5.3).</summary>
    /// <inheritdoc cref="SendPing"/>
    public SendStatus SendPong(ReadOnlySpan<byte> data = default) => SendControl(Opcode.Pong, data);

    /// <summary>Begins the closing handshake (RFC 6455 section 7): what was sent before still arrives.</summary>
    /// <param name="code">1000 to 1014 without 1004 to 1006, or 3000 to 4999.</param>
    /// <param name="reason">Cut to 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent.</exception>
    public void CloseSocket(int code = 1000, string reason = "")
    {
        ArgumentNullException.ThrowIfNull(reason);
        if (!CloseCode.IsSendable(code))
            throw new ArgumentOutOfRangeException(
                nameof(code), code,
                    "The close code cannot be sent; use 1000 to 1014 without 1004 to 1006, or 3000 to 4999.");
        Socket?.CloseSocket(code, reason);
    }

    /// <summary>Cuts the connection without a closing handshake; the client sees 1006.</summary>
    public void Terminate() => Socket?.Terminate();

    /// <summary>Stops reading messages until <see cref="Resume"/>. The idle timeout does not run meanwhile.</summary>
    public void Pause() => Socket?.Pause();

    /// <summary>Reads on after <see cref="Pause"/>.</summary>
    public void Resume() => Socket?.Resume();

    /// <summary>Whether messages are not read at the moment.</summary>
    public bool IsPaused => Socket is { IsPaused: true };

    /// <summary>Whether messages can still be sent: not closing, not closed.</summary>
    public bool IsOpen => Socket is { IsOpen: true };

    /// <summary>Bytes that wait for the client.</summary>
    public long BufferedAmount => Socket?.BufferedAmount ?? 0;

    /// <summary>The subprotocol that was agreed upon, or null.</summary>
    public string? Protocol => Socket?.Subprotocol;

    /// <summary>Where the client is; null on unix sockets. Still readable when it is gone.</summary>
    public IPEndPoint? RemoteEndPoint => Socket?.RemoteEndPoint;

    private SendStatus SendControl(Opcode opcode, ReadOnlySpan<byte> data)
    {
        if (data.Length > 125)
            throw new ArgumentException(
                $"A ping or pong holds 125 bytes at most, and not {data.Length}; send a message.", nameof(data));
        return Socket?.SendControl(opcode, data) ?? SendStatus.Gone;
    }
}
