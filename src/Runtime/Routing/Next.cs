using System.ComponentModel;
using Prebake.Routing;

namespace Prebake;

/// <summary>What an <c>[Around]</c> method encloses: everything that is declared behind it, and the handler.</summary>
/// <remarks>It belongs to one call of the method: it must not be kept, and no two threads may use it at once.</remarks>
public readonly struct Next
{
    private readonly Exchange _exchange;
    private readonly RouteTable _table;
    private readonly int _route, _place;

    /// <summary>Called by emitted code.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public Next(Exchange exchange, RouteTable table, int route, int place)
    {
        // Somebody may hold on to it
        exchange.HandOut();
        _exchange = exchange;
        _table = table;
        _route = route;
        _place = place;
        Depth = exchange.Depth;
    }

    /// <summary>How many saw the response on its way out when the method was called; what it goes on to comes on top.</summary>
    internal int Depth { get; }

    /// <summary>Goes on, and returns the response. Only in a method that returns no task.</summary>
    /// <exception cref="InvalidOperationException">Something inside waits: use <see cref="RunAsync"/>.</exception>
    public Response Run() => _exchange.RunInside(_table, _route, _place);

    /// <summary>Goes on, and returns the response when it is there. Only in a method that returns a task.</summary>
    public ValueTask<Response> RunAsync() => _exchange.RunInsideAsync(_table, _route, _place);
}
