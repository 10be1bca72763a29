namespace Prebake.Shared;

/// <summary>The responses that end with their head.</summary>
internal static class Bodiless
{
    /// <summary>
    /// Whether a status has no body, whatever is sent to it. It has no Transfer-Encoding then (RFC 9112 section 6.1),
    /// and no Content-Length either: RFC 9110 section 8.6 forbids it in 1xx and 204, and in a 304 it would have to be
    /// that of the 200.
    /// </summary>
    public static bool Is(int status) => status is 204 or 304 or (>= 100 and < 200);
}
