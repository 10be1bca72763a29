using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>Which methods of a <see cref="WebSocketHandler"/> do something: the others are not called at all.</summary>
[Flags, EditorBrowsable(EditorBrowsableState.Never)]
public enum WebSocketCallbacks
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary><c>Message(string)</c>.</summary>
    Text = 1,

    /// <summary><c>Message(ReadOnlyMemory&lt;byte&gt;)</c>.</summary>
    Binary = 2,

    /// <summary><c>Message(ReadOnlySpan&lt;byte&gt;, MessageKind)</c>, which gets both kinds.</summary>
    Span = 4,

    /// <summary><c>Ping</c>.</summary>
    Ping = 8,

    /// <summary><c>Pong</c>.</summary>
    Pong = 16,

    /// <summary><c>Drain</c>.</summary>
    Drain = 32,

    /// <summary>All of them, or not known.</summary>
    All = Text | Binary | Span | Ping | Pong | Drain,
}
