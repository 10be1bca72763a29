using System.ComponentModel;
using System.Net;
using Prebake.Routing;
using Prebake.Transports;
using Prebake.Transports.Memory;
using Prebake.WebSockets;

namespace Prebake;

// WebSockets of a server. Nothing else in Server names what is here, so that an app without sockets carries none of it
public sealed partial class Server
{
    private Topics? _topics;
    private int _nextClient;

    /// <summary>WebSockets that are open at the moment.</summary>
    public int PendingWebSockets => _http1.SwitchedConnections;

    /// <summary>
    /// Sends a text message to all WebSockets that have subscribed to a topic, on all event loops, and on all
    /// instances if there is a <see cref="ServeOptions.Backplane"/>. The messages of one publisher arrive in their
    /// order.
    /// </summary>
    /// <param name="topic">The topic; nobody can have subscribed to an empty one.</param>
    /// <param name="text">The message; a lone surrogate becomes U+FFFD.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default: true.</param>
    /// <returns>
    /// The bytes of one copy of the payload, however many get it. Dropped: nobody has subscribed, or too much waits
    /// already (64 MiB for an event loop). Backpressure: a subscriber was slow when the topic's last message reached
    /// it, or more than 1 MiB waits for an event loop; better publish less.
    /// </returns>
    public SendStatus Publish(string topic, string text, bool compress = true) =>
        Topics.Publish(topic, new MessageSource(text, compress), except: null);

    /// <summary>The same with a binary message.</summary>
    /// <inheritdoc cref="Publish(string, string, bool)"/>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The message. The bytes are copied, once for all subscribers.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default: true.</param>
    public SendStatus Publish(string topic, ReadOnlySpan<byte> data, bool compress = true) =>
        Publish(topic, data, MessageKind.Binary, compress);

    /// <summary>The same with a message of either kind.</summary>
    /// <inheritdoc cref="Publish(string, string, bool)"/>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The message; UTF-8 if it is text.</param>
    /// <param name="kind">What the bytes are.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default: true.</param>
    /// <exception cref="ArgumentException">Text that is not UTF-8: every subscriber would have to fail the
    /// connection (RFC 6455 section 8.1).</exception>
    public SendStatus Publish(string topic, ReadOnlySpan<byte> data, MessageKind kind, bool compress = true) =>
        Topics.Publish(topic, new MessageSource(data, kind, compress), except: null);

    /// <summary>The same with a value as JSON text.</summary>
    /// <inheritdoc cref="Publish(string, string, bool)"/>
    /// <typeparam name="T">Its type; it must be in a <c>JsonSerializerContext</c> of the app.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="value">The value. It is written once for all subscribers.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default: true.</param>
    /// <exception cref="InvalidOperationException">No context of the app knows the type.</exception>
    public SendStatus PublishJson<T>(string topic, T value, bool compress = true)
    {
        using JsonMessage json = JsonMessage.Of(value);
        return Publish(topic, json.Text, MessageKind.Text, compress);
    }

    /// <summary>Publishes a finished message: for emitted code, which makes one of each constant.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SendStatus PublishConstant(string topic, ConstantMessage message) =>
        Topics.Publish(topic, new MessageSource(message.Message), except: null);

    /// <summary>
    /// How many WebSockets of this server have subscribed to a topic; those of other instances are not counted.
    /// </summary>
    public int SubscriberCount(string topic) => Topics.Count(topic);

    /// <summary>
    /// Opens a WebSocket in memory, without a port: for tests of your handlers. It goes through the whole pipeline,
    /// from the parser to the <c>[WebSocket]</c> method, and onto one of the event loops in turn.
    /// </summary>
    /// <param name="url">A path such as <c>/chat?room=5</c>, or a whole http URL.</param>
    /// <param name="protocols">The subprotocols that the client speaks, best first; null for none.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <exception cref="WebSocketRefusedException">The server answered with something else than 101.</exception>
    /// <exception cref="IOException">The connection was cut before an answer came.</exception>
    /// <exception cref="ObjectDisposedException">The server is draining or has stopped.</exception>
    public ValueTask<WebSocketClient> ConnectAsync(
        string url, string[]? protocols = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(new Request(url), protocols, cancellationToken);

    /// <summary>
    /// The same with headers of your own, such as <c>Origin</c>, <c>Cookie</c> or <c>Authorization</c>.
    /// </summary>
    /// <inheritdoc cref="ConnectAsync(string, string[], CancellationToken)"/>
    /// <param name="request">A GET request, made with one of its constructors.</param>
    /// <param name="protocols">The subprotocols that the client speaks, best first; null for none.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <exception cref="ArgumentException">The request was received from a client, or is not a GET without a
    /// body.</exception>
    public ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(request, protocols, remote: null, cancellationToken);

    /// <summary>The same from an address.</summary>
    internal async ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols, IPEndPoint? remote, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Outgoing is not { Method: "GET", Content.IsEmpty: true } outgoing)
            throw new ArgumentException("ConnectAsync needs a GET request made with new Request(…).", nameof(request));
        if (protocols is { Length: > 0 }) request.Headers["Sec-WebSocket-Protocol"] = string.Join(", ", protocols);

        // Counted, so that the loops do not end under it; from then on the connection counts itself
        ObjectDisposedException.ThrowIf(_life.IsOver || !_fetches.TryOpen(), this);
        try
        {
            MemorySocket socket = MemorySocket.Open(NextLoop(), remote, isPlain: true);
            return await WebSocketClient.ConnectAsync(socket.Client, outgoing, request.Headers, cancellationToken)
                .ConfigureAwait(false);
        }
        finally
        {
            _fetches.Ended();
        }
    }

    /// <summary>Opens a connection in memory, on one of the event loops in turn; it speaks TLS if the server does.</summary>
    /// <exception cref="ObjectDisposedException">The server is draining or has stopped.</exception>
    internal MemorySocket OpenSocket(IPEndPoint remote)
    {
        ObjectDisposedException.ThrowIf(_life.IsOver || !_fetches.TryOpen(), this);
        try
        {
            return MemorySocket.Open(NextLoop(), remote, isPlain: false);
        }
        finally
        {
            _fetches.Ended();
        }
    }

    private Loop NextLoop()
    {
        IReadOnlyList<Loop> loops = _transport.Loops;
        return loops[(int)((uint)Interlocked.Increment(ref _nextClient) % (uint)loops.Count)];
    }

    internal Topics Topics
    {
        get
        {
            if (Volatile.Read(ref _topics) is { } topics) return topics;

            var made = new Topics(_options.Backplane);
            return Interlocked.CompareExchange(ref _topics, made, null) ?? made;
        }
    }
}
