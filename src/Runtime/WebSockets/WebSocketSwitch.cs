using System.Text;
using Prebake.Http;
using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>A handshake that has been accepted (RFC 6455 section 4.2.2).</summary>
internal sealed class WebSocketSwitch : ProtocolSwitch
{
    private const string ProtocolName = "Sec-WebSocket-Protocol";

    // What the server says by itself, and what a 101 has not
    private static readonly string[] s_own =
        ["Connection", "Upgrade", "Sec-WebSocket-Accept", "Sec-WebSocket-Extensions",
            "Sec-WebSocket-Version", "Content-Length", "Transfer-Encoding"];

    private readonly WebSocketHandler _handler;
    private readonly WebSocketOptions _options;
    private readonly string? _subprotocol;
    private readonly DeflateTerms? _deflate;

    /// <exception cref="InvalidOperationException">The user's headers say what only the server can, or the handler has
    /// a connection already.</exception>
    public WebSocketSwitch(RequestHead head, Headers? userFields, WebSocketHandler handler, WebSocketOptions options)
    {
        _handler = handler;
        _options = options;
        _subprotocol = Handshake.ChooseProtocol(head, options.Protocols);
        _deflate = DeflateTerms.Negotiate(head, options);
        if (userFields is not null) (UserFields, _subprotocol) = Read(userFields, head, _subprotocol);

        if (!handler.TryClaim())
            throw new InvalidOperationException(
                $"This {handler.GetType().Name} serves another connection already; return a new one for each request.");

        var fields = new StringBuilder("Upgrade: websocket\r\nSec-WebSocket-Accept: ", 160);
        fields.Append(AcceptKey.Of(Handshake.KeyOf(head))).Append("\r\n");
        if (_subprotocol is not null) fields.Append(ProtocolName).Append(": ").Append(_subprotocol).Append("\r\n");
        if (_deflate is not null) fields.Append("Sec-WebSocket-Extensions: ").Append(_deflate).Append("\r\n");
        Fields = fields.ToString();
    }

    public override string Fields { get; }

    public override Headers? UserFields { get; }

    /// <summary>What an observer remembers of the handshake, or null.</summary>
    public SocketRecord? Record { get; init; }

    public override void Begin(Connection connection, Worker worker) =>
        new WebSocketProtocol(connection, WebSocketWorker.Of(worker), _handler, _options, _subprotocol, _deflate) { Record = Record, Owned = Owned }.Begin();

    private static (Headers Fields, string? Subprotocol) Read(Headers given, RequestHead head, string? subprotocol)
    {
        Headers fields = given.Snapshot();
        foreach (string name in s_own)
        {
            if (fields.Contains(name))
                throw new InvalidOperationException($"'{name}' is set by the server; remove it from UpgradeHeaders.");
        }

        if (fields[ProtocolName] is { } wanted)
        {
            if (!Handshake.Offers(head, wanted))
                throw new InvalidOperationException(
                    $"The client does not offer the subprotocol '{wanted}'; "
                    + $"set '{ProtocolName}' to one that it offers.");
            subprotocol = wanted;
            fields.Remove(ProtocolName);
        }

        return (fields, subprotocol);
    }
}
