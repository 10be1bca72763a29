using System.Runtime.InteropServices;
using Prebake.Logging;

namespace Prebake.Lifetime;

/// <summary>SIGTERM and SIGINT: the first drains, with a deadline; the second is left to the system, which ends the process.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly TimeSpan _deadline, _delay;
    private readonly PosixSignalRegistration _terminate, _interrupt;
    private Server? _server;
    private int _received;

    /// <summary>Registered before the server listens: whoever gets an answer may send the signal at once.</summary>
    public ShutdownSignals(ServeOptions options)
    {
        (_deadline, _delay) = (options.ShutdownTimeout, options.ShutdownDelay);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
    }

    /// <summary>The server to be shut down; also if the signal has come already.</summary>
    public void Attach(Server server)
    {
        Interlocked.Exchange(ref _server, server);
        if (Volatile.Read(ref _received) == 1) _ = ShutdownAsync(server);
    }

    public void Shutdown()
    {
        if (Interlocked.Exchange(ref _received, 1) == 0 && Volatile.Read(ref _server) is { } server) _ = ShutdownAsync(server);
    }

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Volatile.Read(ref _received) == 1) return;         // not cancelled, so the default action follows

        context.Cancel = true;
        Shutdown();
    }

    private async Task ShutdownAsync(Server server)
    {
        Log.Stopping(server.Logger, server.PendingRequests, _deadline);
        Systemd.Notify("STOPPING=1");
        if (_delay > TimeSpan.Zero)
        {
            server.BecomeUnready();
            await Task.Delay(_delay).ConfigureAwait(false);
        }

        Task drained = server.StopAsync();
        try
        {
            await drained.WaitAsync(_deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.DeadlinePassed(server.Logger, server.PendingRequests);
            await server.StopAsync(closeActiveConnections: true).ConfigureAwait(false);
        }
    }
}
