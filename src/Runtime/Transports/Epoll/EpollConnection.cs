using System.Buffers;
using System.Net;
using static Prebake.Transports.Epoll.LibC;

namespace Prebake.Transports.Epoll;

/// <summary>One accepted socket on an epoll loop.</summary>
internal sealed unsafe class EpollConnection(EpollLoop loop, int fd, uint generation) : Connection(loop)
{
    private uint _interest = EPOLLIN | EPOLLRDHUP;
    private IPEndPoint? _remote;
    private bool _remoteKnown;

    public int Descriptor { get; private set; } = fd;
    public uint Generation => generation;

    // Asked for by few handlers, so asked of the kernel only then
    public override IPEndPoint? RemoteEndPoint
    {
        get
        {
            if (_remoteKnown || Descriptor < 0) return _remote;
            _remoteKnown = true;
            return _remote = SocketAddress.PeerOf(Descriptor);
        }
    }

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
            count = recv(Descriptor, start, (nuint)target.Count, 0);

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

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;

        fixed (byte* start = bytes)
        {
            nint sent = send(Descriptor, start, (nuint)bytes.Length, MSG_NOSIGNAL);
            return sent >= 0 ? sent : Errno is EAGAIN or EINTR or ENOBUFS or ENOMEM ? 0 : -1;
        }
    }

    protected override long TrySendSegments(OutputBuffer output)
    {
        const int MaxVectors = 32;
        IoVector* vectors = stackalloc IoVector[MaxVectors];
        MemoryHandle[] pins = loop.Pins;
        int count = 0;

        for (int i = 0; i < output.SegmentCount && count < MaxVectors; i++)
        {
            pins[count] = output.PinAt(i, out int length);
            vectors[count] = new IoVector { Start = (byte*)pins[count].Pointer, Length = (nuint)length };
            if (length > 0) count++;
        }

        var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        nint sent = sendmsg(Descriptor, &message, MSG_NOSIGNAL);
        int error = sent < 0 ? Errno : 0;

        for (int i = 0; i < count; i++) pins[i].Dispose();
        return sent >= 0 ? sent : error is EAGAIN or EINTR or ENOBUFS or ENOMEM ? 0 : -1;
    }

    public override bool CanSendFile => true;

    protected override long TrySendFile(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count, out bool full)
    {
        // The caller holds the file open for as long as it sends
        nint sent = sendfile(Descriptor, (int)file.DangerousGetHandle(), &offset, (nuint)count);
        full = sent < 0 && Errno is (EAGAIN or EINTR or ENOBUFS or ENOMEM);
        return sent >= 0 ? sent : full ? 0 : -1;
    }

    protected override void AwaitWritable() => SetInterest(_interest | EPOLLOUT);

    protected override void StartReading() => SetInterest(_interest | EPOLLIN);

    protected override void ShutdownSend() => shutdown(Descriptor, SHUT_WR);

    protected override void Release(bool reset)
    {
        if (reset)
        {
            // Linger of zero: close sends RST, so that the peer cannot take a cut answer for a whole one
            int* linger = stackalloc int[2] { 1, 0 };
            setsockopt(Descriptor, SOL_SOCKET, SO_LINGER, linger, 8);
        }

        int descriptor = Descriptor;
        Descriptor = -1;
        loop.Forget(descriptor);
        close(descriptor);             // takes it out of the epoll set, too
    }

    private void SetInterest(uint interest)
    {
        if (interest == _interest || Descriptor < 0) return;
        _interest = interest;
        loop.Control(EPOLL_CTL_MOD, Descriptor, interest, Generation);
    }
}
