using System.Reflection.Metadata;
using Prebake.Lifetime;
using Prebake.Logging;

[assembly: MetadataUpdateHandler(typeof(HotReload))]

namespace Prebake.Lifetime;

/// <summary>
/// What <c>dotnet watch</c> and debuggers call when they have changed the code of the running process. The generator has run again by then, so a new table
/// has the new routes: each server in development takes one, as <see cref="Server.ReloadAsync()"/> does. Where code cannot change, nothing of this is kept.
/// </summary>
internal static class HotReload
{
    // Servers that have been dropped without being stopped are not held
    private static readonly List<WeakReference<Server>> s_servers = [];

    /// <summary>From now on the server follows changes of the code, until it stops.</summary>
    public static void Watch(Server server)
    {
        lock (s_servers)
        {
            s_servers.RemoveAll(known => !known.TryGetTarget(out Server? other) || other.Stopped.IsCompleted);
            s_servers.Add(new(server));
        }
    }

    /// <summary>Called by the runtime, by name, after each change.</summary>
    public static void UpdateApplication(Type[]? changed)
    {
        Server[] servers;
        lock (s_servers) servers = s_servers.Select(known => known.TryGetTarget(out Server? server) ? server : null).OfType<Server>().ToArray();

        foreach (Server server in servers) _ = ReloadAsync(server);
    }

    // An edit that makes a start-up response throw must not end the watch: the next edit may mend it, and the old table serves on
    private static async Task ReloadAsync(Server server)
    {
        try
        {
            await server.ReloadAsync().ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // Stopped meanwhile
        }
        catch (Exception e)
        {
            StandardStreams.WriteErrorLine($"The routes could not be reloaded, so the old ones stay in use: {e}");
        }
    }
}
