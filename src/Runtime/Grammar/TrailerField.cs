namespace Prebake.Grammar;

/// <summary>Which fields may stand behind a body: none that says how to read it or what to do with it (RFC 9110 section 6.5.1).</summary>
internal static class TrailerField
{
    public static bool IsForbidden(string name) => name.ToLowerInvariant() is
        "content-length" or "transfer-encoding" or "host" or "trailer" or "te" or "connection" or "upgrade" or "keep-alive" or
        "content-type" or "content-encoding" or "content-range" or "cache-control" or "expect" or "max-forwards" or "pragma" or "range" or
        "authorization" or "proxy-authorization" or "proxy-authenticate" or "www-authenticate" or "cookie" or "set-cookie" or "age" or "date" or
        "expires" or "location" or "retry-after" or "vary" or "warning" or "if-match" or "if-none-match" or "if-modified-since" or
        "if-unmodified-since" or "if-range";
}
