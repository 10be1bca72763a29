using System.Buffers;
using static Prebake.Transports.Epoll.LibC;

namespace Prebake.Transports.Epoll;

/// <summary>The Linux loop: waits on epoll and does every system call itself, nothing between.</summary>
internal sealed unsafe class EpollLoop : Loop
{
    // Generation 0 marks descriptors that are the loop's own
    private const uint OwnGeneration = 0;

    // 256: what one wake-up brings under the heaviest load measured; more only wait one turn
    private const int EventCapacity = 256;

    // Few at a time, so that the other loops get their share of a burst of connections
    private const int AcceptsPerWake = 16;

    // While descriptors are short, listening sleeps instead of spinning (RELIABILITY finding 6)
    private const int AcceptPause = 50;

    private readonly int _epoll;
    private readonly int _wake;
    private readonly EpollEvents _events = new(EventCapacity);
    private readonly IReadOnlyList<EpollListener> _listeners;
    private readonly Thread _thread;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private EpollConnection?[] _byDescriptor = new EpollConnection?[64];
    private uint _generation;
    private long _acceptAgainAt;
    private bool _listening = true;
    private bool _stopping;

    public EpollLoop(int index, IReadOnlyList<EpollListener> listeners, Action<Connection> accept) : base(index, accept)
    {
        _listeners = listeners;
        _epoll = Check(epoll_create1(EPOLL_CLOEXEC));
        _wake = Check(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
        // Edge-triggered and never read: each write is one event, and a read could swallow the wake-up of what is posted meanwhile
        Control(EPOLL_CTL_ADD, _wake, EPOLLIN | EPOLLET, OwnGeneration);
        Listen(EPOLL_CTL_ADD);

        _thread = new Thread(Run, maxStackSize: 256 << 10) { Name = $"Prebake loop {index}", IsBackground = true };
    }

    /// <summary>Room for the pins of one gathered send.</summary>
    public MemoryHandle[] Pins { get; } = new MemoryHandle[64];

    public Task Ended => _ended.Task;

    public bool IsBackground { set { if (_thread.IsAlive) _thread.IsBackground = value; } }

    public void Start(bool background)
    {
        _thread.IsBackground = background;
        _thread.Start();
    }

    /// <summary>No more connections. On the loop.</summary>
    public void StopListening()
    {
        if (!_listening) return;
        _listening = false;
        if (_acceptAgainAt == 0) Listen(EPOLL_CTL_DEL);
        _acceptAgainAt = 0;
    }

    /// <summary>Ends the thread, cutting what is still connected. On the loop.</summary>
    public void Stop() => _stopping = true;

    public void Control(int operation, int descriptor, uint flags, uint generation)
    {
        byte* change = stackalloc byte[16];
        EpollEvents.Write(change, flags, ((ulong)generation << 32) | (uint)descriptor);
        epoll_ctl(_epoll, operation, descriptor, change);
    }

    /// <summary>A connection's descriptor is about to be closed.</summary>
    public void Forget(int descriptor) => _byDescriptor[descriptor] = null;

    protected override void Wake()
    {
        ulong one = 1;
        write(_wake, &one, sizeof(ulong));
    }

    private void Run()
    {
        Enter();

        try
        {
            while (!_stopping)
            {
                int timeout = RunTimers();
                if (_acceptAgainAt != 0) timeout = ResumeAccepting(timeout);

                int count = epoll_wait(_epoll, _events.Start, EventCapacity, timeout);
                RunPosted();

                for (int i = 0; i < count; i++)
                {
                    try
                    {
                        Handle(_events.FlagsAt(i), _events.DataAt(i));
                    }
                    catch (Exception e)
                    {
                        Survive(e);
                    }
                }
            }

            AbortAll();
        }
        finally
        {
            close(_epoll);
            close(_wake);
            _events.Free();
            _ended.TrySetResult();
        }
    }

    private void Handle(uint flags, ulong data)
    {
        int descriptor = (int)(uint)data;
        uint generation = (uint)(data >> 32);

        if (generation != OwnGeneration)
        {
            // The descriptor may have been closed, and given to another connection, earlier in this very batch
            if (_byDescriptor[descriptor] is { } connection && connection.Generation == generation) connection.Handle(flags);
        }
        else if (descriptor != _wake) Accept(descriptor);
    }

    private void Accept(int listener)
    {
        if (!_listening) return;

        for (int i = 0; i < AcceptsPerWake; i++)
        {
            int descriptor = accept4(listener, null, null, SOCK_NONBLOCK | SOCK_CLOEXEC);

            if (descriptor < 0)
            {
                if (Errno is EMFILE or ENFILE or ENOBUFS or ENOMEM) PauseAccepting();
                return;
            }

            Register(descriptor);
        }
    }

    private void Register(int descriptor)
    {
        if (descriptor >= _byDescriptor.Length) Array.Resize(ref _byDescriptor, Math.Max(descriptor + 1, _byDescriptor.Length * 2));
        if (++_generation == OwnGeneration) _generation++;

        var connection = new EpollConnection(this, descriptor, _generation);
        _byDescriptor[descriptor] = connection;
        Control(EPOLL_CTL_ADD, descriptor, EPOLLIN | EPOLLRDHUP, _generation);
        Adopt(connection);
    }

    // An exhausted descriptor table must neither spin nor end the accepting: the queue waits, connections that exist are served.
    private void PauseAccepting()
    {
        if (_acceptAgainAt != 0) return;
        Listen(EPOLL_CTL_DEL);
        _acceptAgainAt = Now + AcceptPause;
        Exhausted?.Invoke();
    }

    private int ResumeAccepting(int timeout)
    {
        long left = _acceptAgainAt - Environment.TickCount64;
        if (left > 0) return timeout < 0 ? (int)left : Math.Min(timeout, (int)left);

        _acceptAgainAt = 0;
        Listen(EPOLL_CTL_ADD);
        return timeout;
    }

    private void Listen(int operation)
    {
        foreach (EpollListener listener in _listeners)
            Control(operation, listener.Descriptor, EPOLLIN | EPOLLEXCLUSIVE, OwnGeneration);
    }

    private static int Check(int result) =>
        result >= 0 ? result : throw new IOException($"Failed to start server. The kernel refused an event loop (errno {Errno}).");
}
