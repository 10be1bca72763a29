using System.Globalization;
using Prebake.Transports;
using Prebake.Transports.Linux;

namespace Prebake.Lifetime;

/// <summary>
/// What a service of systemd is given and is asked for: sockets that are listening already (<c>LISTEN_FDS</c>), and a place to say that it is ready,
/// stopping and alive (<c>NOTIFY_SOCKET</c>, <c>WATCHDOG_USEC</c>). On Linux, and nothing where the variables are not set.
/// </summary>
internal static class Systemd
{
    // SD_LISTEN_FDS_START of sd-daemon.h
    private const int FirstDescriptor = 3;

    /// <summary>The sockets that were passed to this very process, once: a child must not take them for its own.</summary>
    public static IReadOnlyList<ListenAddress> TakeSockets()
    {
        if (!OperatingSystem.IsLinux() || Number("LISTEN_PID") != Environment.ProcessId || Number("LISTEN_FDS") is not (> 0 and < 1000 and long count)) return [];

        foreach (string name in (string[])["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"]) Environment.SetEnvironmentVariable(name, null);
        var sockets = new List<ListenAddress>();
        for (int i = 0; i < count; i++) sockets.Add(PassedSocket.AddressOf(FirstDescriptor + i));
        return sockets;
    }

    /// <summary>Says that the server is ready; the timer keeps a watchdog quiet while every loop of the process goes round.</summary>
    public static Timer? Started(Server server)
    {
        if (!Notify($"READY=1\nSTATUS=Listening on {server.UrlText}")) return null;
        if (Number("WATCHDOG_USEC") is not (> 0 and long microseconds) || Number("WATCHDOG_PID") is long watched && watched != Environment.ProcessId) return null;

        TimeSpan half = TimeSpan.FromMicroseconds(microseconds / 2.0);
        return new Timer(static _ => AskLoops(), null, half, half);
    }

    // Every loop of every server of the process: a supervisor that looks at the process must not be told that one half of it is well
    private static void AskLoops()
    {
        Loop[] loops = [.. RunningServers.All.SelectMany(server => server.Transport.Loops)];
        if (loops.Length == 0) return;

        var answered = new CountdownEvent(loops.Length);
        foreach (Loop loop in loops)
            if (!loop.Post(static answered => Answer(answered!), answered)) Answer(answered);       // one that has ended holds nobody up
    }

    private static void Answer(object answered)
    {
        if (((CountdownEvent)answered).Signal()) Notify("WATCHDOG=1");
    }

    /// <summary>One datagram to whoever supervises the process; false when nobody does.</summary>
    public static bool Notify(string message) =>
        OperatingSystem.IsLinux() && Environment.GetEnvironmentVariable("NOTIFY_SOCKET") is { Length: > 1 } path && PassedSocket.Send(path[0] == '@' ? "\0" + path[1..] : path, message);

    // A watchdog of an hour is more microseconds than an int has
    private static long? Number(string name) =>
        long.TryParse(Environment.GetEnvironmentVariable(name), NumberStyles.None, CultureInfo.InvariantCulture, out long value) ? value : null;
}
