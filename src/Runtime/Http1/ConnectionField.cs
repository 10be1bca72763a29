namespace Prebake.Http1;

/// <summary>
/// What an answer says because of its connection: of its future (RFC 9112 section 9.3), and that it is to be secure.
/// </summary>
[Flags]
internal enum ConnectionField : byte
{
    /// <summary>Nothing: HTTP/1.1 goes on by itself.</summary>
    None = 0,

    /// <summary><c>Connection: close</c></summary>
    Close = 1,

    /// <summary><c>Connection: keep-alive</c>, for HTTP/1.0 clients that asked for it.</summary>
    KeepAlive = 2,

    /// <summary><c>Connection: Upgrade</c>, with a 101 (RFC 9110 section 7.8).</summary>
    Upgrade = 4,

    /// <summary>One of the three, or none.</summary>
    Future = Close | KeepAlive | Upgrade,

    /// <summary>
    /// <c>Strict-Transport-Security</c>, over TLS and with <c>[Hsts]</c> only (RFC 6797 section 7.2).
    /// </summary>
    StrictTransport = 8,
}
