namespace Prebake.Transports.Epoll;

/// <summary>The Linux transport: one epoll loop per core, all of them accepting from the same listening sockets.</summary>
internal sealed class EpollTransport : Transport
{
    private readonly List<EpollListener> _listeners = [];
    private readonly EpollLoop[] _loops;
    private readonly TaskCompletionSource _unlistened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _background;
    private int _stillListening;

    /// <summary>Opens the sockets and makes the loops, which do not run yet. Throws what <see cref="ListenError"/> says.</summary>
    public EpollTransport(IReadOnlyList<ListenAddress> addresses, int loopCount, Action<Connection> accept)
    {
        try
        {
            foreach (ListenAddress address in addresses)
                _listeners.Add(EpollListener.Open(_listeners.Count > 0 ? address.WithPort(_listeners[0].Bound.Port) : address));
        }
        catch
        {
            foreach (EpollListener listener in _listeners) listener.Close();
            throw;
        }

        _loops = new EpollLoop[loopCount];
        for (int i = 0; i < loopCount; i++) _loops[i] = new EpollLoop(i, _listeners, accept);
        _stillListening = loopCount;
    }

    public override IReadOnlyList<BoundAddress> Bound => _listeners.ConvertAll(listener => listener.Bound);

    public override IReadOnlyList<Loop> Loops => _loops;

    // One thread is enough to hold the process (row A97)
    public override void Start() => _loops[0].Start(_background);

    public override void StartOthers()
    {
        for (int i = 1; i < _loops.Length; i++) _loops[i].Start(background: true);
    }

    public override void StopListening()
    {
        // Refused from here on. The descriptors stay until no loop can accept from them, since their numbers may be given out again.
        foreach (EpollListener listener in _listeners) listener.Refuse();

        foreach (EpollLoop loop in _loops)
        {
            loop.Post(static state =>
            {
                var (transport, loop) = ((EpollTransport, EpollLoop))state!;
                loop.StopListening();
                if (Interlocked.Decrement(ref transport._stillListening) > 0) return;

                foreach (EpollListener listener in transport._listeners) listener.Close();
                transport._unlistened.TrySetResult();
            }, (this, loop));
        }
    }

    public override Task Unlistened => _unlistened.Task;

    public override async Task StopAsync()
    {
        foreach (EpollLoop loop in _loops) loop.Post(static state => ((EpollLoop)state!).Stop(), loop);
        foreach (EpollLoop loop in _loops) await loop.Ended.ConfigureAwait(false);
    }

    public override void SetBackground(bool background)
    {
        _background = background;
        _loops[0].IsBackground = background;
    }
}
