using Prebake.Development;
using Prebake.Routing;
using Prebake.Telemetry;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>What all HTTP/1.1 connections of one server share: the route table, the limits, and one worker for each loop.</summary>
internal sealed class Http1Service(Server server, RouteTable table, Http1Settings settings)
{
    private RouteTable _table = table;
    private volatile bool _draining;
    private Http1Worker?[] _workers = [];

    public Server Server => server;
    public Http1Settings Settings => settings;

    /// <summary>Swapped by one reference write; a request in flight keeps the table that it was found in (row A47).</summary>
    public RouteTable Table
    {
        get => Volatile.Read(ref _table);
        set => Volatile.Write(ref _table, value);
    }

    /// <summary>Times requests, while somebody wants to know; null until the server has started.</summary>
    public RequestObserver? Observer { get; set; }

    /// <summary>The server is stopping: every answer from now on closes its connection.</summary>
    public bool IsDraining
    {
        get => _draining;
        set => _draining = value;
    }

    /// <summary>Requests that have been taken up and not been answered, over all loops. A moment's figure.</summary>
    public int PendingRequests
    {
        get
        {
            int sum = 0;
            foreach (Http1Worker? worker in Volatile.Read(ref _workers)) sum += worker?.PendingRequests ?? 0;
            return sum;
        }
    }

    /// <summary>Makes a new connection speak HTTP/1.1. On its loop.</summary>
    public void Accept(Connection connection) => connection.Protocol = new Http1Connection(connection, WorkerOf(connection.Loop));

    private Http1Worker WorkerOf(Loop loop)
    {
        Http1Worker?[] workers = Volatile.Read(ref _workers);
        if (loop.Index < workers.Length && workers[loop.Index] is { } worker) return worker;

        lock (this)
        {
            if (loop.Index >= _workers.Length) Array.Resize(ref _workers, loop.Index + 1);
            return _workers[loop.Index] ??= new Http1Worker(this, loop);
        }
    }
}

/// <summary>What the HTTP/1.1 room needs of the server's options.</summary>
internal sealed record Http1Settings
{
    public Http1Limits Limits { get; init; } = Http1Limits.Default;
    public string Scheme { get; init; } = "http";
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);
    public long MaxRequestBodySize { get; init; } = 128 << 20;

    /// <summary>In bytes a second; 0 for none.</summary>
    public int MinRequestBodyRate { get; init; } = 240;
    public int MinResponseRate { get; init; } = 240;
    public bool Development { get; init; }

    /// <summary>In development: names handlers that hold their loop, or null.</summary>
    public LoopWatch? Watch { get; init; }

    /// <summary>Told of every exception that no <c>[Error]</c> handler answered (row A81).</summary>
    public Action<Exception, string> LogError { get; init; } = static (_, _) => { };

    public long IdleMilliseconds => Milliseconds(IdleTimeout);
    public long HeartbeatMilliseconds => Milliseconds(HeartbeatInterval);
    public long HeadMilliseconds => Milliseconds(HeadTimeout);

    /// <summary>A time-out in the loop's unit; infinite is far beyond any uptime, yet can be added to a clock.</summary>
    public static long Milliseconds(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? long.MaxValue / 4 : (long)timeout.TotalMilliseconds;
}
