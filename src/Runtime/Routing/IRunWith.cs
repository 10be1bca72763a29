using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// The table of a part some of whose routes need what a class above the part provides. Written by the generator.
/// </summary>
/// <typeparam name="T">What they need: one type, or a tuple of several in the order of their names.</typeparam>
[EditorBrowsable(EditorBrowsableState.Never)]
public interface IRunWith<T>
{
    /// <summary><see cref="RouteTable.Run"/> for a route that needs it.</summary>
    /// <param name="exchange">The request and its response.</param>
    /// <param name="given">What the providers of the classes above have given.</param>
    /// <param name="route">In the part's own table.</param>
    bool Run(Exchange exchange, T given, int route);
}
