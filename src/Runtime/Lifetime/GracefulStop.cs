using Prebake.Logging;

namespace Prebake.Lifetime;

/// <summary>How a server ends on a signal: unready for a while, then drained, and cut when the time is over.</summary>
internal sealed class GracefulStop(Server server, TimeSpan delay, TimeSpan deadline, bool isRedirect)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _begun;

    /// <summary>Once, however often it is asked for. Completes when the server has stopped.</summary>
    public Task Begin()
    {
        if (!Interlocked.Exchange(ref _begun, true)) _ = RunAsync();
        return _done.Task;
    }

    private async Task RunAsync()
    {
        try
        {
            await StopAsync().ConfigureAwait(false);
            _done.SetResult();
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    private async Task StopAsync()
    {
        // The port that sends plain http to https is no second server to who reads the log
        if (!isRedirect) Log.Stopping(server.Logger, server.PendingRequests, deadline);
        if (!RunningServers.AreOthersThan(server)) Systemd.Notify("STOPPING=1");

        if (delay > TimeSpan.Zero)
        {
            server.BecomeUnready();
            await Task.WhenAny(Task.Delay(delay), server.Stopped).ConfigureAwait(false);
        }

        try
        {
            await server.StopAsync().WaitAsync(deadline).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Log.DeadlinePassed(server.Logger, server.PendingRequests);
            await server.StopAsync(closeActiveConnections: true).ConfigureAwait(false);
        }
    }
}
