using System.Runtime.InteropServices;

namespace Prebake.Lifetime;

/// <summary>
/// SIGTERM and SIGINT, for as long as some <c>Serve.Run</c> is at work: the first one drains every server of the process, however it was started; the second
/// is left to the system, which ends the process.
/// </summary>
internal sealed class ShutdownSignals : IDisposable
{
    private static readonly Lock s_lock = new();
    private static PosixSignalRegistration? s_terminate, s_interrupt;
    private static int s_holders;
    private static bool s_received;

    private ShutdownSignals() { }

    /// <summary>Takes the signals until it is disposed. Before a server listens: whoever gets an answer may send the signal at once.</summary>
    public static ShutdownSignals Hold()
    {
        lock (s_lock)
        {
            if (s_holders++ == 0)
            {
                s_terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
                s_interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
            }
        }

        return new ShutdownSignals();
    }

    /// <summary>A server has begun to listen. If the signal has come already, the server is meant, too.</summary>
    public static void Started(Server server)
    {
        if (IsReceived) _ = server.StopGracefully();
    }

    /// <summary>Completes when what a signal has asked for is done; at once if none has come.</summary>
    public static Task Obeyed() => IsReceived ? StopAll() : Task.CompletedTask;

    public void Dispose()
    {
        lock (s_lock)
        {
            if (--s_holders > 0) return;

            s_terminate!.Dispose();
            s_interrupt!.Dispose();
            s_received = false;
        }
    }

    private static bool IsReceived
    {
        get
        {
            lock (s_lock) return s_received;
        }
    }

    private static void Handle(PosixSignalContext context)
    {
        lock (s_lock)
        {
            if (s_received) return;         // not cancelled, so the system's own action follows
            context.Cancel = s_received = true;
        }

        _ = StopAll();
    }

    private static Task StopAll() => Task.WhenAll(RunningServers.All.Select(server => server.StopGracefully()));
}
