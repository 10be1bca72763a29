using System.Runtime.InteropServices;

namespace Prebake.Transports.Linux;

/// <summary>The system calls of the Linux loops, as they are. Every one returns −1 and sets errno on failure.</summary>
internal static unsafe partial class LibC
{
    public const int AF_UNIX = 1, AF_INET = 2, AF_INET6 = 10;
    public const int SOCK_STREAM = 1, SOCK_DGRAM = 2, SOCK_NONBLOCK = 0x800, SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1, SO_REUSEADDR = 2, SO_LINGER = 13, SO_REUSEPORT = 15, SO_ACCEPTCONN = 30;
    public const int F_SETFD = 2, F_GETFL = 3, F_SETFL = 4, FD_CLOEXEC = 1, O_NONBLOCK = 0x800;
    public const int IPPROTO_TCP = 6, TCP_NODELAY = 1, IPPROTO_IPV6 = 41, IPV6_V6ONLY = 26;
    public const int SHUT_WR = 1, SHUT_RDWR = 2;
    public const int MSG_TRUNC = 0x20, MSG_NOSIGNAL = 0x4000, MSG_MORE = 0x8000;

    public const int EPOLL_CLOEXEC = 0x80000, EFD_NONBLOCK = 0x800, EFD_CLOEXEC = 0x80000;
    public const int EPOLL_CTL_ADD = 1, EPOLL_CTL_DEL = 2, EPOLL_CTL_MOD = 3;
    public const uint EPOLLIN = 1, EPOLLOUT = 4, EPOLLERR = 8, EPOLLHUP = 0x10, EPOLLRDHUP = 0x2000, EPOLLEXCLUSIVE = 1u << 28, EPOLLET = 1u << 31;

    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EBADF = 9, EAGAIN = 11, ENOMEM = 12, EACCES = 13, ENOTDIR = 20, EINVAL = 22, ENFILE = 23, EMFILE = 24,
        ENOTSOCK = 88, EOPNOTSUPP = 95, ENAMETOOLONG = 36, EAFNOSUPPORT = 97, EADDRINUSE = 98, EADDRNOTAVAIL = 99, ENOBUFS = 105, ECONNRESET = 104, ECONNREFUSED = 111;

    public const int CLOCK_THREAD_CPUTIME_ID = 3, RUSAGE_THREAD = 1;

    private const string Name = "libc";

    [LibraryImport(Name, SetLastError = true)] public static partial int socket(int domain, int type, int protocol);
    [LibraryImport(Name, SetLastError = true)] public static partial int setsockopt(int fd, int level, int name, void* value, uint length);
    [LibraryImport(Name, SetLastError = true)] public static partial int getsockopt(int fd, int level, int name, void* value, uint* length);
    [LibraryImport(Name, SetLastError = true)] public static partial int fcntl(int fd, int command, int value);
    [LibraryImport(Name, SetLastError = true)] public static partial nint sendto(int fd, byte* bytes, nuint length, int flags, byte* address, uint addressLength);
    [LibraryImport(Name, SetLastError = true)] public static partial int bind(int fd, byte* address, uint length);
    [LibraryImport(Name, SetLastError = true)] public static partial int connect(int fd, byte* address, uint length);
    [LibraryImport(Name, SetLastError = true)] public static partial int listen(int fd, int backlog);
    [LibraryImport(Name, SetLastError = true)] public static partial int getsockname(int fd, byte* address, uint* length);
    [LibraryImport(Name, SetLastError = true)] public static partial int getpeername(int fd, byte* address, uint* length);
    [LibraryImport(Name, SetLastError = true)] public static partial int accept4(int fd, byte* address, uint* length, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial nint recv(int fd, byte* buffer, nuint length, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial nint send(int fd, byte* buffer, nuint length, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial nint sendmsg(int fd, MessageHeader* message, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial nint sendfile(int to, int from, long* offset, nuint count);
    [LibraryImport(Name, SetLastError = true)] public static partial nint read(int fd, void* buffer, nuint length);
    [LibraryImport(Name, SetLastError = true)] public static partial nint write(int fd, void* buffer, nuint length);
    [LibraryImport(Name, SetLastError = true)] public static partial int shutdown(int fd, int how);
    [LibraryImport(Name, SetLastError = true)] public static partial int close(int fd);
    [LibraryImport(Name, SetLastError = true)] public static partial int epoll_create1(int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial int epoll_ctl(int epoll, int operation, int fd, byte* change);
    [LibraryImport(Name, SetLastError = true)] public static partial int epoll_wait(int epoll, byte* events, int capacity, int timeout);
    [LibraryImport(Name, SetLastError = true)] public static partial int eventfd(uint value, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);
    [LibraryImport(Name, SetLastError = true)] public static partial int unlink(byte* path);

    [LibraryImport(Name)] public static partial int clock_gettime(int clock, TimeSpec* time);
    [LibraryImport(Name)] public static partial int getrusage(int whose, nint* use);

    public static int Errno => Marshal.GetLastPInvokeError();

    /// <summary><c>struct timespec</c></summary>
    public struct TimeSpec
    {
        public nint Seconds, Nanoseconds;
    }

    /// <summary><c>struct iovec</c></summary>
    public struct IoVector
    {
        public byte* Start;
        public nuint Length;
    }

    /// <summary><c>struct msghdr</c></summary>
    public struct MessageHeader
    {
        public byte* Name;
        public uint NameLength;
        public IoVector* Vectors;
        public nuint VectorCount;
        public void* Control;
        public nuint ControlLength;
        public int Flags;
    }
}
