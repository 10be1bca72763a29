namespace Prebake;

/// <summary>
/// The headers in which trusted proxies say who the client is. Name only those that your proxy sets on each request:
/// one that it merely passes on is the client's own word.
/// </summary>
[Flags]
public enum ForwardedHeaders
{
    /// <summary>None: only the PROXY protocol counts.</summary>
    None = 0,

    /// <summary><c>X-Forwarded-For</c>: the addresses of the client and of the proxies behind it.</summary>
    XForwardedFor = 1,

    /// <summary><c>X-Forwarded-Proto</c>: http or https.</summary>
    XForwardedProto = 2,

    /// <summary><c>X-Forwarded-Host</c>: the host that the client asked for.</summary>
    XForwardedHost = 4,

    /// <summary><c>Forwarded</c> (RFC 7239), which has all three. Not together with the others.</summary>
    Forwarded = 8,
}
