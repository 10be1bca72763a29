using System.Runtime.InteropServices;

namespace Prebake.Transports.Linux.Uring;

/// <summary>What <c>linux/io_uring.h</c> says: the numbers and the layouts that are shared with the kernel, the same on every architecture.</summary>
internal static unsafe partial class UringAbi
{
    public const uint IORING_SETUP_CQSIZE = 1 << 3, IORING_SETUP_R_DISABLED = 1 << 6, IORING_SETUP_SUBMIT_ALL = 1 << 7,
        IORING_SETUP_SINGLE_ISSUER = 1 << 12, IORING_SETUP_DEFER_TASKRUN = 1 << 13;

    public const uint IORING_FEAT_SINGLE_MMAP = 1 << 0, IORING_FEAT_NODROP = 1 << 1, IORING_FEAT_EXT_ARG = 1 << 8, IORING_FEAT_CQE_SKIP = 1 << 11;

    public const uint IORING_ENTER_GETEVENTS = 1 << 0, IORING_ENTER_EXT_ARG = 1 << 3, IORING_ENTER_REGISTERED_RING = 1 << 4;

    public const uint IORING_REGISTER_ENABLE_RINGS = 12, IORING_REGISTER_RING_FDS = 20, IORING_REGISTER_PBUF_RING = 22, IORING_REGISTER_SYNC_CANCEL = 24;

    public const long IORING_OFF_SQ_RING = 0, IORING_OFF_SQES = 0x10000000;

    public const byte IORING_OP_POLL_ADD = 6, IORING_OP_ASYNC_CANCEL = 14, IORING_OP_SEND = 26, IORING_OP_RECV = 27;
    public const byte IOSQE_BUFFER_SELECT = 1 << 5, IOSQE_CQE_SKIP_SUCCESS = 1 << 6;
    public const ushort IORING_RECV_MULTISHOT = 1 << 1;
    public const uint IORING_POLL_ADD_MULTI = 1 << 0;
    public const uint IORING_ASYNC_CANCEL_ALL = 1 << 0, IORING_ASYNC_CANCEL_ANY = 1 << 2;

    public const uint IORING_CQE_F_BUFFER = 1 << 0, IORING_CQE_F_MORE = 1 << 1;
    public const int IORING_CQE_BUFFER_SHIFT = 16;
    public const uint IORING_SQ_CQ_OVERFLOW = 1 << 1;

    public const uint POLLIN = 1, POLLOUT = 4, POLLERR = 8, POLLHUP = 0x10, POLLRDHUP = 0x2000;

    public const int MSG_DONTWAIT = 0x40, MSG_WAITALL = 0x100;
    public const int EBUSY = 16, ENOSYS = 38, EBADR = 53, ETIME = 62, ECANCELED = 125;
    public const int PROT_READ_WRITE = 3, MAP_SHARED = 1, MAP_PRIVATE = 2, MAP_ANONYMOUS = 0x20, MAP_POPULATE = 0x8000;

    private const int SYS_io_uring_setup = 425, SYS_io_uring_enter = 426, SYS_io_uring_register = 427;

    public static int io_uring_setup(uint entries, Parameters* parameters) => (int)Call(SYS_io_uring_setup, (nint)entries, (nint)parameters, 0, 0, 0, 0);

    public static int io_uring_enter(int fd, uint submit, uint wait, uint flags, void* argument, nint size) =>
        (int)Call(SYS_io_uring_enter, fd, (nint)submit, (nint)wait, (nint)flags, (nint)argument, size);

    public static int io_uring_register(int fd, uint operation, void* argument, uint count) =>
        (int)Call(SYS_io_uring_register, fd, (nint)operation, (nint)argument, (nint)count, 0, 0);

    // The C library has no functions for these
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", SetLastError = true)] public static partial byte* mmap(void* address, nuint length, int protection, int flags, int fd, long offset);
    [LibraryImport("libc", SetLastError = true)] public static partial int munmap(void* address, nuint length);

    /// <summary><c>struct io_uring_params</c></summary>
    public struct Parameters
    {
        public uint SubmissionEntries, CompletionEntries, Flags, ThreadProcessor, ThreadIdle, Features, WorkQueue;
        public uint Reserved0, Reserved1, Reserved2;
        public SubmissionOffsets Submission;
        public CompletionOffsets Completion;
    }

    /// <summary><c>struct io_sqring_offsets</c></summary>
    public struct SubmissionOffsets
    {
        public uint Head, Tail, Mask, Entries, Flags, Dropped, Array, Reserved;
        public ulong Address;
    }

    /// <summary><c>struct io_cqring_offsets</c></summary>
    public struct CompletionOffsets
    {
        public uint Head, Tail, Mask, Entries, Overflow, Completions, Flags, Reserved;
        public ulong Address;
    }

    /// <summary><c>struct io_uring_sqe</c></summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct Submission
    {
        [FieldOffset(0)] public byte Operation;
        [FieldOffset(1)] public byte Flags;
        [FieldOffset(2)] public ushort Priority;            // holds the flags of receives
        [FieldOffset(4)] public int Descriptor;
        [FieldOffset(8)] public ulong Offset;
        [FieldOffset(16)] public ulong Address;
        [FieldOffset(24)] public uint Length;
        [FieldOffset(28)] public uint OperationFlags;       // of a message, or the events of a poll
        [FieldOffset(32)] public ulong Data;
        [FieldOffset(40)] public ushort BufferGroup;
    }

    /// <summary><c>struct io_uring_cqe</c></summary>
    public struct Completion
    {
        public ulong Data;
        public int Result;
        public uint Flags;

        public readonly RequestTag Tag => (RequestTag)(Data >> 60);
        public readonly bool More => (Flags & IORING_CQE_F_MORE) != 0;
        public readonly int Buffer => (Flags & IORING_CQE_F_BUFFER) != 0 ? (int)(Flags >> IORING_CQE_BUFFER_SHIFT) : -1;
    }

    /// <summary><c>struct io_uring_getevents_arg</c></summary>
    public struct WaitArgument
    {
        public ulong SignalMask;
        public uint SignalMaskSize, Padding;
        public ulong Timeout;
    }

    /// <summary><c>struct __kernel_timespec</c></summary>
    public struct Timespec
    {
        public long Seconds, Nanoseconds;
    }

    /// <summary><c>struct io_uring_buf_reg</c></summary>
    public struct BufferRing
    {
        public ulong Address;
        public uint Entries;
        public ushort Group, Flags;
        public ulong Reserved0, Reserved1, Reserved2;
    }

    /// <summary><c>struct io_uring_buf</c></summary>
    public struct Buffer
    {
        public ulong Address;
        public uint Length;
        public ushort Id, Tail;                             // the tail is the ring's, in its first entry only
    }

    /// <summary><c>struct io_uring_rsrc_update</c></summary>
    public struct ResourceUpdate
    {
        public uint Offset, Reserved;
        public ulong Data;
    }

    /// <summary><c>struct io_uring_sync_cancel_reg</c></summary>
    [StructLayout(LayoutKind.Explicit, Size = 64)]
    public struct SyncCancel
    {
        [FieldOffset(0)] public ulong Address;
        [FieldOffset(8)] public int Descriptor;
        [FieldOffset(12)] public uint Flags;
        [FieldOffset(16)] public Timespec Timeout;
    }
}
