namespace Prebake;

/// <summary>What happens when a path differs from a route's only by a slash at its end.</summary>
public enum TrailingSlash
{
    /// <summary>It is another path, so it is found only if it has a route of its own. The default.</summary>
    Strict,

    /// <summary>
    /// A path without a route is answered 308 (RFC 9110 section 15.4.9) with the address of the one that has a route:
    /// <c>/users/</c> is sent to <c>/users</c>, or the other way round; the query is kept. A route that has the path
    /// always comes first, <c>[Fetch]</c> comes after.
    /// </summary>
    Redirect,
}
