using Prebake.Transports.Linux.Epoll;
using Prebake.Transports.Linux.Uring;

namespace Prebake.Transports.Linux;

/// <summary>The Linux transport: one loop per core, over io_uring or epoll, all of them accepting from the same listening sockets.</summary>
internal sealed class LinuxTransport : Transport
{
    private readonly List<LinuxListener> _listeners = [];
    private volatile LinuxLoop[] _loops = [];         // a new array for each that joins: others look at it meanwhile
    private readonly int _loopCount;
    private readonly Action<Connection> _accept;
    private readonly bool? _ioUring;
    private readonly TaskCompletionSource _unlistened = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _background;
    private int _stillListening;

    /// <summary>
    /// Opens the sockets and makes the first loop, which does not run yet: over io_uring or not, or, for null, if the kernel lets it. Throws what
    /// <see cref="ListenError"/> says.
    /// </summary>
    public LinuxTransport(IReadOnlyList<ListenAddress> addresses, int loopCount, Action<Connection> accept, bool? ioUring)
    {
        (_loopCount, _accept, _ioUring) = (loopCount, accept, ioUring);
        try
        {
            foreach (ListenAddress address in addresses)
                _listeners.Add(LinuxListener.Open(_listeners.Count > 0 ? address.WithPort(_listeners[0].Bound.Port) : address));

            _loops = [MakeLoop(0)];
        }
        catch
        {
            foreach (LinuxListener listener in _listeners) listener.Close();
            throw;
        }
    }

    /// <summary>What the loops wait with.</summary>
    public string Kind => _loops[0] is UringLoop ? "io_uring" : "epoll";

    public override IReadOnlyList<BoundAddress> Bound => _listeners.ConvertAll(listener => listener.Bound);

    public override IReadOnlyList<Loop> Loops => _loops;

    // One thread is enough to hold the process
    public override void Start() => _loops[0].Start(_background);

    public override void StartOthers()
    {
        for (int i = 1; i < _loopCount; i++)
        {
            LinuxLoop? loop = null;
            try
            {
                loop = MakeLoop(i);
                (loop.Exhausted, loop.Faulted) = (_loops[0].Exhausted, _loops[0].Faulted);
                loop.Start(background: true);
            }
            catch (Exception e) when (e is IOException or OutOfMemoryException or ThreadStartException)
            {
                // Descriptors, memory or threads are short, which is said; with fewer loops everything works
                loop?.Abandon();
                _loops[0].Exhausted?.Invoke();
                return;
            }

            _loops = [.. _loops, loop];
        }
    }

    public override void Abandon()
    {
        foreach (LinuxListener listener in _listeners) listener.Close();
        foreach (LinuxLoop loop in _loops) loop.Abandon();
    }

    public override void StopListening()
    {
        // Refused from here on. The descriptors stay until no loop can accept from them, since their numbers may be given out again.
        foreach (LinuxListener listener in _listeners) listener.Refuse();

        LinuxLoop[] loops = _loops;
        _stillListening = loops.Length;
        foreach (LinuxLoop loop in loops)
        {
            bool accepted = loop.Post(static state =>
            {
                var (transport, loop) = ((LinuxTransport, LinuxLoop))state!;
                loop.StopListening();
                transport.OneLessListens();
            }, (this, loop));
            if (!accepted) OneLessListens();
        }
    }

    private void OneLessListens()
    {
        if (Interlocked.Decrement(ref _stillListening) > 0) return;

        foreach (LinuxListener listener in _listeners) listener.Close();
        _unlistened.TrySetResult();
    }

    public override Task Unlistened => _unlistened.Task;

    public override async Task StopAsync()
    {
        foreach (LinuxLoop loop in _loops) loop.Post(static state => ((LinuxLoop)state!).Stop(), loop);
        foreach (LinuxLoop loop in _loops) await loop.Ended.ConfigureAwait(false);
    }

    public override void SetBackground(bool background)
    {
        _background = background;
        _loops[0].IsBackground = background;
    }

    private LinuxLoop MakeLoop(int index)
    {
        if (_ioUring == false) return new EpollLoop(index, _listeners, _accept);
        if (UringLoop.TryCreate(index, _listeners, _accept, out int error) is { } loop) return loop;
        if (_ioUring == true)
            throw new IOException(
                $"Failed to start server. {WhyNot(error)} Leave \"ServeOptions.IoUring\" (or PREBAKE_IO_URING) out to "
                    + "use epoll instead.");

        return new EpollLoop(index, _listeners, _accept);
    }

    private static string WhyNot(int error) => error switch
    {
        LibC.EPERM or LibC.EACCES =>
            "This process may not use io_uring: the sysctl kernel.io_uring_disabled or the container's seccomp "
                + "profile forbids it.",
        LibC.EMFILE or LibC.ENFILE or LibC.ENOMEM => $"The kernel has no resources for an io_uring (errno {error}).",
        _ => $"This kernel has no io_uring that can be used (errno {error}): Linux 6.1 or later is needed.",
    };
}
