using static Prebake.Transports.Linux.LibC;
using static Prebake.Transports.Linux.Uring.UringAbi;

namespace Prebake.Transports.Linux.Uring;

/// <summary>What a completion is of: the upper bits of its data, above the connection's generation and its descriptor.</summary>
internal enum RequestTag : uint { Send, Receive, Readable, PeerGone, Writable, Listener, Wake, Cancel }

/// <summary>What an io_uring can be asked for here, each as the entry that asks. The entries are empty before.</summary>
internal static class Requests
{
    /// <summary>The data by which a request is known: its completion brings it back, and a cancellation names it.</summary>
    public static ulong Data(RequestTag tag, uint generation, int descriptor) =>
        ((ulong)tag << 60) | ((ulong)generation << 32) | (uint)descriptor;

    public static (RequestTag Tag, uint Generation, int Descriptor) Read(ulong data) =>
        ((RequestTag)(data >> 60), (uint)(data >> 32) & 0xFFFFFFF, (int)(uint)data);

    /// <summary>Bytes, now or not at all; a completion only when not all of them were taken.</summary>
    public static void Send(ref Submission entry, int descriptor, nint address, int length, ulong data)
    {
        entry.Operation = IORING_OP_SEND;
        entry.Flags = IOSQE_CQE_SKIP_SUCCESS;
        entry.Descriptor = descriptor;
        entry.Address = (ulong)address;
        entry.Length = (uint)length;
        // WAITALL makes a send that is not whole a failure, which is what tells
        entry.OperationFlags = MSG_DONTWAIT | MSG_WAITALL | MSG_NOSIGNAL;
        entry.Data = data;
    }

    /// <summary>Whatever comes, in buffers of the loop's, until it is canceled.</summary>
    public static void Receive(ref Submission entry, int descriptor, ulong data)
    {
        entry.Operation = IORING_OP_RECV;
        entry.Flags = IOSQE_BUFFER_SELECT;
        entry.Priority = IORING_RECV_MULTISHOT;
        entry.Descriptor = descriptor;
        entry.Data = data;
    }

    /// <summary>Word of events: once, or at each edge.</summary>
    public static void Poll(ref Submission entry, int descriptor, uint events, bool multiple, ulong data)
    {
        entry.Operation = IORING_OP_POLL_ADD;
        entry.Descriptor = descriptor;
        entry.OperationFlags = BitConverter.IsLittleEndian ? events : (events << 16) | (events >> 16);
        if (multiple) entry.Length = IORING_POLL_ADD_MULTI;
        entry.Data = data;
    }

    /// <summary>The end of all requests with these data.</summary>
    public static void Cancel(ref Submission entry, ulong canceled)
    {
        entry.Operation = IORING_OP_ASYNC_CANCEL;
        entry.Flags = IOSQE_CQE_SKIP_SUCCESS;
        entry.OperationFlags = IORING_ASYNC_CANCEL_ALL;
        entry.Descriptor = -1;
        entry.Address = canceled;
        entry.Data = Data(RequestTag.Cancel, 0, 0);
    }
}
