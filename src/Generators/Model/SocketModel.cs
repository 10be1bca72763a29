namespace Prebake.Generators.Model;

/// <summary>Of <c>[WebSocket]</c>.</summary>
/// <param name="Options">Only what differs from the defaults, in the order of the attribute's properties.</param>
/// <param name="Callbacks">Which methods the handler overrides; all, if that cannot be seen.</param>
internal sealed record SocketModel(EquatableArray<SocketOption> Options, SocketCallbacks Callbacks);

/// <summary>A property of the attribute with its value as C#.</summary>
internal sealed record SocketOption(string Name, string Value);

/// <summary>The runtime's <c>WebSocketCallbacks</c>: a test compares the two.</summary>
[Flags]
internal enum SocketCallbacks
{
    None = 0,
    Text = 1,
    Binary = 2,
    Span = 4,
    Ping = 8,
    Pong = 16,
    Drain = 32,
    All = Text | Binary | Span | Ping | Pong | Drain,
}
