namespace Prebake.WebSockets;

/// <summary>What a request for a WebSocket is.</summary>
internal enum HandshakeVerdict : byte
{
    /// <summary>A handshake that may go on.</summary>
    Accepted,

    /// <summary>A request for something else: 426.</summary>
    NotAnUpgrade,

    /// <summary>Not version 13 (RFC 6455 section 4.4): 426.</summary>
    WrongVersion,

    /// <summary>HTTP/1.0 has no upgrade: 400.</summary>
    Http10,

    /// <summary><c>Connection</c> does not list <c>Upgrade</c>: 400.</summary>
    ConnectionDoesNotUpgrade,

    /// <summary>A handshake has no body, and one could be taken for frames: 400.</summary>
    HasBody,

    /// <summary>The key is missing, repeated, or not 16 bytes in base64: 400.</summary>
    BadKey,

    /// <summary>A page of another origin wants it: 403.</summary>
    ForeignOrigin,
}
