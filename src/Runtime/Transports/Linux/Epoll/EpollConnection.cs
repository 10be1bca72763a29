using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux.Epoll;

/// <summary>One accepted socket on an epoll loop: level-triggered, one receive for each wake-up.</summary>
internal sealed unsafe class EpollConnection(EpollLoop loop, int fd, uint generation, in PeerAddress peer)
    : LinuxConnection(loop, fd, generation, peer)
{
    public const uint FirstInterest = EPOLLIN | EPOLLRDHUP;

    private uint _interest = FirstInterest;

    /// <summary>The events of one wake-up.</summary>
    public void Handle(uint events)
    {
        Loop.BeginTurn(this);

        if ((events & EPOLLOUT) != 0)
        {
            SetInterest(_interest & ~EPOLLOUT);
            Writable();
        }

        if ((events & (EPOLLIN | EPOLLERR | EPOLLHUP)) != 0 && !IsClosed) Read(events);
        else if ((events & EPOLLRDHUP) != 0 && !IsClosed) PeerIsDone();

        EndTurn();
    }

    private void Read(uint events)
    {
        if (InputPaused)
        {
            // Level-triggered: without this the loop would be told again and again. Read when the protocol goes on.
            if ((events & (EPOLLERR | EPOLLHUP)) != 0) { Broken(); return; }
            SetInterest(_interest & ~EPOLLIN);
            if ((events & EPOLLRDHUP) != 0) PeerIsDone();
            return;
        }

        ArraySegment<byte> target = ReceiveTarget();
        nint count;
        fixed (byte* start = &target.Array![target.Offset])
            count = recv(Descriptor, start, (nuint)target.Count, ReceiveFlags);

        if (count > 0) Received(target, (int)count);
        else if (count == 0)
        {
            SetInterest(_interest & ~(EPOLLIN | EPOLLRDHUP));
            ReceivedEnd();
        }
        else if (Errno is not (EAGAIN or EINTR)) Broken();
    }

    // FIN seen while unread input may lie in front of it: the handler's token fires, the input is read when its turn comes.
    private void PeerIsDone()
    {
        SetInterest(_interest & ~EPOLLRDHUP);
        Protocol.PeerLeft();
    }

    protected override void AwaitWritable() => SetInterest(_interest | EPOLLOUT);

    protected override void StartReading() => SetInterest(_interest | EPOLLIN);

    private void SetInterest(uint interest)
    {
        if (interest == _interest || Descriptor < 0) return;
        _interest = interest;
        loop.Control(EPOLL_CTL_MOD, Descriptor, interest, Generation);
    }
}
