using System.Buffers;
using Microsoft.Win32.SafeHandles;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux;

/// <summary>
/// What the two Linux loops have in common: the thread, the accepting, and which connection has which descriptor. How they wait, and how they are told of what
/// came, is <see cref="Epoll.EpollLoop"/>'s and <see cref="Uring.UringLoop"/>'s.
/// </summary>
internal abstract unsafe class LinuxLoop : Loop
{
    // Few at a time, so that the other loops get their share of a burst of connections, and nobody's answer waits for all of it
    private const int AcceptsPerWake = 4;

    // Those who wait already are more than can be served
    private const int AcceptsBesideCostly = 1;

    // While descriptors are short, listening sleeps instead of spinning
    private const int AcceptPause = 50;

    // Handlers run on it, and what users write recurses. Memory only as far as it is used
    internal const int StackSize = 1 << 20;

    // A round that fails once may fail for ever (the kernel has taken the descriptor of the ring); it must not do so at full speed
    private const int FailurePause = 10;

    // Closed with the last reference to the loop and no sooner: a handler may post to it when its thread has long ended, and the number might be another file's by then
    private readonly SafeFileHandle _wake;

    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LinuxConnection?[] _byDescriptor = new LinuxConnection?[64];
    private uint _generation;
    private long _acceptAgainAt;
    private bool _stopping;

    protected LinuxLoop(int index, IReadOnlyList<LinuxListener> listeners, Action<Connection> accept) : base(index, accept)
    {
        Listeners = listeners;
        WakeDescriptor = Check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        _wake = new SafeFileHandle(WakeDescriptor, ownsHandle: true);
        _thread = new Thread(Run, StackSize) { Name = $"Prebake loop {index}", IsBackground = true };
    }

    /// <summary>Room for the pins of one gathered send.</summary>
    public MemoryHandle[] Pins { get; } = new MemoryHandle[OutputBuffer.MaxSegments];

    public Task Ended => _ended.Task;

    public bool IsBackground { set { if (_thread.IsAlive) _thread.IsBackground = value; } }

    protected IReadOnlyList<LinuxListener> Listeners { get; }

    /// <summary>Written to by other threads, and never read: each write is one event.</summary>
    protected int WakeDescriptor { get; }

    /// <summary>New connections are wanted, now or as soon as there are descriptors again.</summary>
    protected bool IsListening { get; private set; } = true;

    /// <summary>They are wanted now.</summary>
    protected bool IsAccepting => IsListening && _acceptAgainAt == 0;

    public void Start(bool background)
    {
        _thread.IsBackground = background;
        _thread.Start();
    }

    /// <summary>Gives back what it has of the kernel: its thread has never run.</summary>
    public void Abandon()
    {
        Free();
        _wake.Dispose();
    }

    /// <summary>No more connections. On the loop.</summary>
    public void StopListening()
    {
        if (!IsListening) return;
        if (IsAccepting) Listen(false);
        IsListening = false;
        _acceptAgainAt = 0;
    }

    /// <summary>Ends the thread, cutting what is still connected. On the loop.</summary>
    public void Stop() => _stopping = true;

    /// <summary>A connection's descriptor is about to be closed.</summary>
    public void Forget(int descriptor) => _byDescriptor[descriptor] = null;

    protected override void Wake()
    {
        ulong one = 1;
        write(WakeDescriptor, &one, sizeof(ulong));
        GC.KeepAlive(_wake);
    }

    /// <summary>The connection, if it still has the descriptor: that may have been closed, and given to another, since the event was asked for.</summary>
    protected LinuxConnection? Find(int descriptor, uint generation) =>
        (uint)descriptor < (uint)_byDescriptor.Length && _byDescriptor[descriptor] is { } connection && connection.Generation == generation ? connection : null;

    /// <summary>Takes what a listening socket has. True: there may be more.</summary>
    protected bool Accept(int listener)
    {
        int failures = 0;
        int most = HasCostly ? AcceptsBesideCostly : AcceptsPerWake;
        for (int i = 0; i < most && IsAccepting; i++)
        {
            PeerAddress peer = default;
            uint length = SocketAddress.MaxEndPointSize;
            int descriptor = accept4(listener, (byte*)&peer, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);
            int error = descriptor < 0 ? Errno : 0;

            if (descriptor >= 0) Register(descriptor, peer);
            else if (error is EAGAIN or EBADF or EINVAL or ENOTSOCK or EOPNOTSUPP) return false;        // nothing more, or no listener any more
            else if (error is EMFILE or ENFILE or ENOBUFS or ENOMEM)
            {
                Exhausted?.Invoke();
                PauseAccepting();
                return false;
            }

            // Everything else is about one connection, which has gone already or is not wanted (accept(2)): others may wait behind it.
            // But what fails each time must not keep the loop busy
            else if (++failures == AcceptsPerWake) PauseAccepting();
        }

        return true;
    }

    // ---- what a derived class supplies -----------------------------------------------------------------------------

    /// <summary>On the loop's thread, before anything else.</summary>
    protected virtual void Begin() { }

    /// <summary>Waits so many milliseconds at most (−1: for ever), calls <see cref="Loop.RunPosted"/> and handles what came.</summary>
    protected abstract void Round(int timeout);

    /// <summary>Whether to be told of new connections.</summary>
    protected abstract void Listen(bool on);

    /// <summary>Makes the connection of a new socket.</summary>
    protected abstract LinuxConnection Make(int descriptor, uint generation, in PeerAddress peer);

    /// <summary>Asks to be told of its input; it has been adopted.</summary>
    protected abstract void Watch(LinuxConnection connection);

    /// <summary>Gives the kernel's objects back.</summary>
    protected abstract void Free();

    // ----------------------------------------------------------------------------------------------------------------

    protected static int Check(int result) =>
        result >= 0 ? result : throw new IOException(
            $"Failed to start server. The kernel refused an event loop (errno {Errno}).");

    /// <summary>For a constructor that fails behind this class's own: nobody can post yet.</summary>
    protected void CloseWake() => _wake.Dispose();

    private void Run()
    {
        Enter();

        try
        {
            Begin();
            while (!_stopping) RunRounds();
        }
        catch (Exception e)
        {
            Survive(e);         // the loop could not begin; the others have the listeners, too
        }
        finally
        {
            Leave();
            Free();
            _ended.TrySetResult();
        }
    }

    // What goes wrong with one connection has been caught where its turn was. This is for the rest: neither the loop nor the process ends.
    private void RunRounds()
    {
        try
        {
            while (!_stopping)
            {
                int timeout = RunTimers();
                Round(_acceptAgainAt == 0 ? timeout : ResumeAccepting(timeout));
            }
        }
        catch (Exception e)
        {
            Survive(e);
            Thread.Sleep(FailurePause);
        }
    }

    private void Register(int descriptor, in PeerAddress peer)
    {
        LinuxConnection? connection = null;
        try
        {
            if (descriptor >= _byDescriptor.Length) Array.Resize(ref _byDescriptor, Math.Max(descriptor + 1, _byDescriptor.Length * 2));

            // 28 bits, and 0 marks descriptors that are the loop's own
            _generation = (_generation + 1) & 0xFFFFFFF;
            if (_generation == 0) _generation = 1;

            connection = _byDescriptor[descriptor] = Make(descriptor, _generation, peer);
            Watch(connection);
            Adopt(connection);
        }
        catch (Exception e)
        {
            Survive(e);

            // Before its first turn, nobody else closes it
            if (connection is { IndexInLoop: < 0, Descriptor: >= 0 } or null)
            {
                if (connection is not null) _byDescriptor[descriptor] = null;
                close(descriptor);
            }
        }
    }

    // An exhausted descriptor table must neither spin nor end the accepting: the queue waits, connections that exist are served.
    public override void PauseAccepting()
    {
        if (_acceptAgainAt != 0 || !IsListening) return;
        Listen(false);
        _acceptAgainAt = Now + AcceptPause;
    }

    private int ResumeAccepting(int timeout)
    {
        long left = _acceptAgainAt - Environment.TickCount64;
        if (left > 0) return timeout < 0 ? (int)left : Math.Min(timeout, (int)left);

        _acceptAgainAt = 0;
        Listen(true);
        return timeout;
    }
}
