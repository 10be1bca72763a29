using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>What emitted tables with parts are written against.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class MountedTable
{
    /// <summary>The table of a part, which finds its own path behind the mount's prefix.</summary>
    /// <param name="part">The object.</param>
    /// <param name="member">Where it was found: <c>App._users</c>.</param>
    /// <param name="start">How many bytes of a path the prefix is.</param>
    /// <exception cref="InvalidOperationException">There is no object.</exception>
    public static RouteTable Of<T>(T? part, string member, int start) where T : class, IApp<T>
    {
        if (part is null)
            throw new InvalidOperationException(
                $"'{member}' is null, so there is nothing to mount; give it an object before the app is served.");

        RouteTable table = T.CreateTable(part);
        table.MoveTo(start);
        return table;
    }

    /// <summary>What a route of a part is behind steps, guards or providers: its body is waited for there.</summary>
    public static RouteTraits Behind(RouteTraits traits) => (traits & RouteTraits.BuffersBody) == 0
        ? traits
        : traits & ~RouteTraits.BuffersBody | RouteTraits.WaitsForBody;
}
