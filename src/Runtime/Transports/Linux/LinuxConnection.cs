using System.Buffers;
using System.Net;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux;

/// <summary>One accepted socket of a Linux loop: the system calls that do not wait. How it is told of events is the derived class's.</summary>
internal abstract unsafe class LinuxConnection(LinuxLoop loop, int fd, uint generation, in PeerAddress peer) : Connection(loop)
{
    private readonly PeerAddress _peer = peer;

    public int Descriptor { get; private set; } = fd;

    /// <summary>Tells it from others that have had the same descriptor.</summary>
    public uint Generation => generation;

    // Few ask, so it is an object only then. The address was taken when the connection was, so any thread may ask at any time
    public override IPEndPoint? RemoteEndPoint => field ??= _peer.EndPoint;

    protected override bool HasSendFile => true;

    /// <summary>For a read: bytes that nobody wants are not even copied, where the kernel can do without (TCP).</summary>
    protected int ReceiveFlags => IsClosing && DiscardsInput ? MSG_TRUNC : 0;

    protected override long TrySend(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return 0;

        fixed (byte* start = bytes)
        {
            nint sent = send(Descriptor, start, (nuint)bytes.Length, MSG_NOSIGNAL);
            return sent >= 0 ? sent : IsFull(Errno) ? 0 : -1;
        }
    }

    protected override long TrySendSegments(OutputBuffer output)
    {
        const int MaxVectors = OutputBuffer.MaxSegments;
        IoVector* vectors = stackalloc IoVector[MaxVectors];
        MemoryHandle[] pins = loop.Pins;
        int count = 0;

        for (int i = 0; i < output.SegmentCount; i++)
        {
            pins[count] = output.PinAt(i, out int length);
            vectors[count] = new IoVector { Start = (byte*)pins[count].Pointer, Length = (nuint)length };
            if (length > 0) count++;
        }

        var message = new MessageHeader { Vectors = vectors, VectorCount = (nuint)count };
        nint sent = sendmsg(Descriptor, &message, MSG_NOSIGNAL);
        int error = sent < 0 ? Errno : 0;

        for (int i = 0; i < count; i++) pins[i].Dispose();
        return sent >= 0 ? sent : IsFull(error) ? 0 : -1;
    }

    protected override long TrySendFile(Microsoft.Win32.SafeHandles.SafeFileHandle file, long offset, long count, out bool full)
    {
        // The caller holds the file open for as long as it sends
        nint sent = sendfile(Descriptor, (int)file.DangerousGetHandle(), &offset, (nuint)count);
        full = sent < 0 && IsFull(Errno);
        return sent >= 0 ? sent : full ? 0 : -1;
    }

    // No such question on a unix socket: what was sent lies with the peer already, and a close does not destroy it
    protected override bool HasBytesOnTheWay
    {
        get
        {
            byte* info = stackalloc byte[TcpInfo.Size];
            uint length = TcpInfo.Size;
            return getsockopt(Descriptor, TcpInfo.Level, TcpInfo.Option, info, &length) == 0
                && TcpInfo.HasBytesOnTheWay(new ReadOnlySpan<byte>(info, (int)length));
        }
    }

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
        close(descriptor);
    }

    /// <summary>The socket, or the kernel's memory for it, takes nothing at the moment; any other error breaks the connection.</summary>
    protected static bool IsFull(int error) => error is EAGAIN or EINTR or ENOBUFS or ENOMEM;
}
