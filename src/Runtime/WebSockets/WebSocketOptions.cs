using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>The options of one <c>[WebSocket]</c> route, as emitted code gives them; one object for each
/// route.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class WebSocketOptions
{
    /// <inheritdoc cref="WebSocketAttribute.MaxPayloadLength"/>
    public int MaxPayloadLength { get; init; } = 16 << 20;

    /// <inheritdoc cref="WebSocketAttribute.BackpressureLimit"/>
    public int BackpressureLimit { get; init; } = 16 << 20;

    /// <inheritdoc cref="WebSocketAttribute.CloseOnBackpressureLimit"/>
    public bool CloseOnBackpressureLimit { get; init; }

    /// <inheritdoc cref="WebSocketAttribute.Compress"/>
    public Deflate Compress { get; init; }

    /// <inheritdoc cref="WebSocketAttribute.Decompress"/>
    public Deflate Decompress { get; init; }

    /// <inheritdoc cref="WebSocketAttribute.SendPings"/>
    public bool SendPings { get; init; } = true;

    /// <inheritdoc cref="WebSocketAttribute.PublishToSelf"/>
    public bool PublishToSelf { get; init; }

    /// <inheritdoc cref="WebSocketAttribute.IdleTimeout"/>
    public int IdleTimeout { get; init; } = 120;

    /// <inheritdoc cref="WebSocketAttribute.MaxLifetime"/>
    public int MaxLifetime { get; init; }

    /// <inheritdoc cref="WebSocketAttribute.Origins"/>
    public string[] Origins { get; init; } = [];

    /// <inheritdoc cref="WebSocketAttribute.Protocols"/>
    public string[] Protocols { get; init; } = [];

    /// <summary>Which callbacks the handler's type overrides, if the generator could see it; else all.</summary>
    public WebSocketCallbacks Callbacks { get; init; } = WebSocketCallbacks.All;

    /// <summary>After so much silence, in milliseconds, something is done: a ping, or the end.</summary>
    internal int Patience => SendPings ? IdleTimeout * 500 : IdleTimeout * 1000;
}
