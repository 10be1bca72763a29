namespace Prebake;

/// <summary>What the bytes of a WebSocket message are (RFC 6455 section 5.6).</summary>
public enum MessageKind : byte
{
    /// <summary>Valid UTF-8.</summary>
    Text = 1,

    /// <summary>Anything.</summary>
    Binary = 2,
}
