using Prebake.Telemetry;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// What all connections of one server share: the route table, the settings, and one worker for each loop.
/// </summary>
internal abstract class Service(Server server, RouteTable table, ServingSettings settings)
{
    private readonly Lock _making = new();
    private RouteTable _table = table;
    private volatile bool _draining, _leaving;
    private Worker?[] _workers = [];

    public Server Server => server;
    public ServingSettings Settings => settings;

    /// <summary>Swapped by one reference write; a request in flight keeps the table that it was found in.</summary>
    public RouteTable Table
    {
        get => Volatile.Read(ref _table);
        set => Volatile.Write(ref _table, value);
    }

    /// <summary>Times requests, while somebody wants to know; null until the server has started.</summary>
    public RequestObserver? Observer { get; set; }

    /// <summary>The server is about to stop, or is stopping: every response says that its connection closes.</summary>
    public bool IsLeaving
    {
        get => _leaving;
        set => _leaving = value;
    }

    /// <summary>The server is stopping: connections that are idle are closed.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = _leaving = value;
    }

    /// <summary>Requests that have been taken up and not been answered, over all loops. A moment's figure.</summary>
    public int PendingRequests
    {
        get
        {
            int sum = 0;
            foreach (Worker? worker in Volatile.Read(ref _workers)) sum += worker?.PendingRequests ?? 0;
            return sum;
        }
    }

    /// <summary>What the protocol to which connections are switched shares on all loops; its own business. Set once, by whoever is first.</summary>
    public object? Switched;

    /// <summary>Connections that speak that protocol now, over all loops. A moment's figure.</summary>
    public int SwitchedConnections
    {
        get
        {
            int sum = 0;
            foreach (Worker? worker in Volatile.Read(ref _workers)) sum += worker?.SwitchedConnections ?? 0;
            return sum;
        }
    }

    /// <summary>On the loop, which makes it when first asked.</summary>
    protected Worker WorkerOf(Loop loop)
    {
        Worker?[] workers = Volatile.Read(ref _workers);
        if (loop.Index < workers.Length && workers[loop.Index] is { } worker) return worker;

        lock (_making)
        {
            // A new array, as others read the old one at this moment
            workers = _workers;
            if (loop.Index >= workers.Length) Array.Resize(ref workers, loop.Index + 1);
            else workers = (Worker?[])workers.Clone();
            Worker made = workers[loop.Index] ??= MakeWorker(loop);
            Volatile.Write(ref _workers, workers);
            return made;
        }
    }

    protected abstract Worker MakeWorker(Loop loop);
}
