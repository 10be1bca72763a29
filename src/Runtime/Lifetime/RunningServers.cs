namespace Prebake.Lifetime;

/// <summary>The servers of this process that have not stopped: for signals, the watchdog and hot reload, which concern all of them.</summary>
internal static class RunningServers
{
    private static readonly List<Server> s_servers = [];

    /// <summary>A moment's copy.</summary>
    public static Server[] All
    {
        get
        {
            lock (s_servers) return [.. s_servers];
        }
    }

    /// <summary>From before it listens until it has stopped.</summary>
    public static void Add(Server server)
    {
        lock (s_servers)
        {
            s_servers.Add(server);
            if (s_servers.Count == 1) UnhandledExceptions.Watch();
        }
    }

    public static void Remove(Server server)
    {
        lock (s_servers)
        {
            if (s_servers.Remove(server) && s_servers.Count == 0) UnhandledExceptions.Unwatch();
        }
    }

    /// <summary>Another one goes on, which has not been told to stop.</summary>
    public static bool AreOthersThan(Server server) => All.Any(other => other != server && !other.IsStopping);
}
