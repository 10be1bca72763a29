namespace Prebake.Lifetime;

/// <summary>Where a server is in its life. It goes from one state to a later one and never back.</summary>
internal enum ServerState
{
    /// <summary>It listens, perhaps with its first loop only.</summary>
    Starting,

    /// <summary>All loops run.</summary>
    Running,

    /// <summary>A signal has come: connections are still taken, but readiness is off, so that load balancers look elsewhere.</summary>
    Unready,

    /// <summary>The port is closed; requests in flight finish.</summary>
    Draining,

    /// <summary>The loops have ended.</summary>
    Stopped,
}

/// <summary>The state of one server, and the only place where it changes. From any thread.</summary>
/// <param name="leaveStarting">Whichever state follows the first one, this comes before: a loop that never ran could not end.</param>
internal sealed class ServerLife(Action leaveStarting)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile ServerState _state;
    private bool _hasLeft;                  // leaveStarting was called: once, even if it failed

    public ServerState State => _state;

    /// <summary>It has been told to stop, or stopped.</summary>
    public bool IsStopping => _state >= ServerState.Unready;

    /// <summary>It takes neither connections nor requests of its own program any more.</summary>
    public bool IsOver => _state >= ServerState.Draining;

    /// <summary>Completes with <see cref="ServerState.Stopped"/>.</summary>
    public Task Stopped => _stopped.Task;

    /// <summary>
    /// Goes on to a later state and does what belongs to it, before any other transition begins. False, with nothing done, when the server is there
    /// already or beyond. If what comes before every other state throws, the state stays as it was, and can still be left.
    /// </summary>
    public bool TryAdvance(ServerState to, Action? entering = null)
    {
        lock (_lock)
        {
            if (_state >= to) return false;
            if (!_hasLeft)
            {
                _hasLeft = true;
                leaveStarting();
            }

            _state = to;
            entering?.Invoke();
        }

        if (to is ServerState.Stopped) _stopped.TrySetResult();
        return true;
    }
}
