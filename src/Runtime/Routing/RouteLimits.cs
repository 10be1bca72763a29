using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>Limits of one route that differ from the server's: <c>[MaxBody]</c>, <c>[IdleTimeout]</c>, <c>[Deadline]</c>.</summary>
/// <param name="MaxRequestBodySize">The most bytes of body, or null for the server's limit.</param>
/// <param name="IdleTimeout">The longest silence while the request is read or answered, or null for the server's.</param>
/// <param name="Deadline">How long the handler may take; null or zero for no limit.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly record struct RouteLimits(long? MaxRequestBodySize, TimeSpan? IdleTimeout, TimeSpan? Deadline = null);
