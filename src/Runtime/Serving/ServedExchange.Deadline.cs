using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

// What a route says of itself: how long its body may be silent, and how long its handler may take.
internal abstract partial class ServedExchange
{
    private enum DeadlineState : byte
    {
        /// <summary>The route has none.</summary>
        None,

        /// <summary>The clock runs: it cancels the token of the request.</summary>
        Running,

        /// <summary>The reply has been given, or the request is over.</summary>
        Stopped,
    }

    // Set together with _mustNotReturn, as the token belongs to this request alone
    private DeadlineState _deadline;
    private Timer? _clock;

    // In the place of what a route has said that was tried before and has declined
    private void Limit(in RouteLimits limits)
    {
        _routeIdleMilliseconds = IdleOf(limits);
        StopDeadline();
        _deadline = DeadlineState.None;
        if (limits.Deadline is not { } most || most <= TimeSpan.Zero) return;

        // Not CancelAfter: a callback of the user's that throws would end the process
        _deadline = DeadlineState.Running;
        _clock = new Timer(static source => Cancel((CancellationTokenSource)source!),
            Volatile.Read(ref _aborted) ?? MakeAborted(), most, Timeout.InfiniteTimeSpan);
    }

    private static long IdleOf(in RouteLimits limits) =>
        limits.IdleTimeout is { } silence ? ServingSettings.Milliseconds(silence) : 0;

    // What is sent from here on may take as long as its client reads
    private void StopDeadline()
    {
        if (_deadline is not DeadlineState.Running) return;

        _deadline = DeadlineState.Stopped;
        _clock!.Dispose();
    }

    /// <summary>The handler has ended because its time was up: nobody's fault, and the client may try again.</summary>
    private Exception InTime(Exception error) =>
        _deadline is DeadlineState.Running && error is OperationCanceledException && !_peerHasLeft && _aborted!.IsCancellationRequested
            ? new HttpException(503, "This took too long: try again later.")
            : error;
}
