using System.Runtime.InteropServices;

namespace Prebake.Files;

/// <summary>What the base library does not offer for files on Linux. Each returns −1 and sets errno on failure.</summary>
internal static unsafe partial class LinuxCalls
{
    // The same on x86-64 and Arm64, which O_DIRECTORY and O_NOFOLLOW are not
    public const int O_RDONLY = 0, O_NOCTTY = 0x100, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, O_PATH = 0x200000;
    public const int ENOENT = 2, ENXIO = 6, EACCES = 13, ENOTDIR = 20, EMFILE = 24, ENFILE = 23, ENAMETOOLONG = 36, ENOSYS = 38, ELOOP = 40, EPERM = 1, EAGAIN = 11, EINVAL = 22, EXDEV = 18, EINTR = 4;

    /// <summary><c>RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT</c></summary>
    public const ulong InRoot = 0x02 | 0x10;

    /// <summary><c>RWF_NOWAIT</c>: only what is in the page cache.</summary>
    public const int RWF_NOWAIT = 8;

    // Younger than the common table, so it has one number everywhere
    private const long SYS_openat2 = 437;

    [LibraryImport("libc", SetLastError = true)] public static partial int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [LibraryImport("libc", SetLastError = true)] private static partial long syscall(long number, int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true)] public static partial nint preadv2(int fd, Vector* vectors, int count, long offset, int flags);

    public static int Errno => Marshal.GetLastPInvokeError();

    public static int OpenInRoot(int folder, string path, int flags)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = InRoot };
        return (int)syscall(SYS_openat2, folder, path, &how, (nuint)sizeof(OpenHow));
    }

    /// <summary><c>struct iovec</c></summary>
    public struct Vector
    {
        public byte* Start;
        public nuint Length;
    }

    private struct OpenHow
    {
        public ulong Flags;
        public ulong Mode;
        public ulong Resolve;
    }
}
