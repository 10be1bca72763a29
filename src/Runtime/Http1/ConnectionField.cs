namespace Prebake.Http1;

/// <summary>What an answer says about the connection's future (RFC 9112 section 9.3).</summary>
internal enum ConnectionField : byte
{
    /// <summary>Nothing: HTTP/1.1 goes on by itself.</summary>
    None,
    /// <summary><c>Connection: close</c></summary>
    Close,
    /// <summary><c>Connection: keep-alive</c>, for HTTP/1.0 clients that asked for it.</summary>
    KeepAlive,

    /// <summary><c>Connection: Upgrade</c>, with a 101 (RFC 9110 section 7.8).</summary>
    Upgrade,
}
