namespace Prebake;

/// <summary>
/// What makes a class servable. The generator implements it for every partial class that has at least one route attribute;
/// it is never written by hand. <c>Serve.Run&lt;App&gt;()</c> compiles only if there is something to serve.
/// </summary>
/// <typeparam name="TSelf">The class itself.</typeparam>
public interface IApp<TSelf> where TSelf : IApp<TSelf>
{
    /// <summary>Makes the route table that calls <paramref name="app"/>'s handlers.</summary>
    /// <param name="app">The object whose members are the routes.</param>
    static abstract RouteTable CreateTable(TSelf app);
}
