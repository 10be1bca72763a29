using System.Diagnostics;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux.Epoll;

/// <summary>Waits on epoll and does every system call itself, nothing between. Where the kernel has no io_uring, or must not use it.</summary>
internal sealed unsafe class EpollLoop : LinuxLoop
{
    // 256: what one wake-up brings under the heaviest load measured; more only wait one turn
    private const int EventCapacity = 256;

    // Generation 0 marks descriptors that are the loop's own
    private const uint OwnGeneration = 0;

    private readonly int _epoll;
    private readonly EpollEvents _events;

    public EpollLoop(int index, IReadOnlyList<LinuxListener> listeners, Action<Connection> accept) : base(index, listeners, accept)
    {
        int epoll = epoll_create1(EPOLL_CLOEXEC);
        if (epoll < 0) CloseWake();
        _epoll = Check(epoll);
        _events = new EpollEvents(EventCapacity);
        // Edge-triggered and never read: each write is one event, and a read could swallow the wake-up of what is posted meanwhile
        Control(EPOLL_CTL_ADD, WakeDescriptor, EPOLLIN | EPOLLET, OwnGeneration);
        Listen(true);
    }

    public void Control(int operation, int descriptor, uint flags, uint generation)
    {
        byte* change = stackalloc byte[16];
        EpollEvents.Write(change, flags, ((ulong)generation << 32) | (uint)descriptor);
        epoll_ctl(_epoll, operation, descriptor, change);
    }

    protected override void Round(int timeout)
    {
        int count = epoll_wait(_epoll, _events.Start, EventCapacity, timeout);
        if (count <= 1)
        {
            RunPosted();
            if (count == 1) HandleOne(_events.FlagsAt(0), _events.DataAt(0));      // nobody waits for what is alone
            return;
        }

        long begun = Stopwatch.GetTimestamp();
        RunPosted();

        int departures = 0, listeners = 0;
        for (int i = 0; i < count; i++)
        {
            (uint flags, ulong data) = (_events.FlagsAt(i), _events.DataAt(i));
            if (IsListener(data)) listeners++;
            else if (IsDeparture(flags)) departures++;
            else HandleOne(flags, data);
        }

        if (departures > 0) HandleDepartures(count, begun);
        if (listeners > 0) HandleListeners(count);
    }

    private bool IsListener(ulong data) => (uint)(data >> 32) == OwnGeneration && (int)(uint)data != WakeDescriptor;

    // One has gone, or has said that nothing more will come: perhaps behind a request, but that is not known before it is read
    private static bool IsDeparture(uint flags) => (flags & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0;

    // Behind those who wait for an answer. Many who go at once take as long as the round took before them, or a short time, if that is longer: epoll tells of the
    // rest again, in the same order
    private void HandleDepartures(int count, long roundBegun)
    {
        var slice = TimeSlice.BeginAfter(roundBegun);
        for (int i = 0; i < count; i++)
        {
            (uint flags, ulong data) = (_events.FlagsAt(i), _events.DataAt(i));
            if (IsListener(data) || !IsDeparture(flags)) continue;
            HandleOne(flags, data);
            if (slice.IsOver) return;
        }
    }

    // A few connections from each listener
    private void HandleListeners(int count)
    {
        for (int i = 0; i < count; i++)
            if (IsListener(_events.DataAt(i)))
                HandleOne(_events.FlagsAt(i), _events.DataAt(i));
    }

    private void HandleOne(uint flags, ulong data)
    {
        try
        {
            Handle(flags, data);
        }
        catch (Exception e)
        {
            Survive(e);
        }
    }

    private void Handle(uint flags, ulong data)
    {
        int descriptor = (int)(uint)data;
        uint generation = (uint)(data >> 32);

        if (generation != OwnGeneration) ((EpollConnection?)Find(descriptor, generation))?.Handle(flags);
        else if (descriptor != WakeDescriptor) Accept(descriptor);
    }

    protected override LinuxConnection Make(int descriptor, uint generation, in PeerAddress peer) =>
        new EpollConnection(this, descriptor, generation, peer);

    protected override void Watch(LinuxConnection connection) => Control(EPOLL_CTL_ADD, connection.Descriptor, EpollConnection.FirstInterest, connection.Generation);

    protected override void Listen(bool on)
    {
        foreach (LinuxListener listener in Listeners)
            Control(on ? EPOLL_CTL_ADD : EPOLL_CTL_DEL, listener.Descriptor, EPOLLIN | EPOLLEXCLUSIVE, OwnGeneration);
    }

    protected override void Free()
    {
        close(_epoll);
        _events.Free();
    }
}
