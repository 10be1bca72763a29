using System.Runtime.InteropServices;

namespace Prebake.Hosting;

/// <summary>SIGTERM and SIGINT: the first drains, with a deadline; the second is left to the system, which ends the process.</summary>
internal sealed class ShutdownSignals : IDisposable
{
    private readonly Server _server;
    private readonly TimeSpan _deadline;
    private readonly PosixSignalRegistration _terminate, _interrupt;
    private int _received;

    public ShutdownSignals(Server server, TimeSpan deadline)
    {
        _server = server;
        _deadline = deadline;
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle);
    }

    public void Shutdown()
    {
        if (Interlocked.Exchange(ref _received, 1) == 0) _ = ShutdownAsync();
    }

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
    }

    private void Handle(PosixSignalContext context)
    {
        if (Interlocked.Exchange(ref _received, 1) == 1) return;         // not cancelled, so the default action follows

        context.Cancel = true;
        _ = ShutdownAsync();
    }

    private async Task ShutdownAsync()
    {
        Task drained = _server.StopAsync();
        try
        {
            await drained.WaitAsync(_deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            await _server.StopAsync(closeActiveConnections: true).ConfigureAwait(false);
        }
    }
}
