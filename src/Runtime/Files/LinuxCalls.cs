using System.Runtime.InteropServices;

namespace Prebake.Files;

/// <summary>What the base library does not offer for files on Linux. Each returns −1 and sets errno on failure.</summary>
internal static unsafe partial class LinuxCalls
{
    // The same on x86-64 and Arm64, which O_DIRECTORY and O_NOFOLLOW are not
    public const int O_RDONLY = 0, O_NOCTTY = 0x100, O_NONBLOCK = 0x800, O_CLOEXEC = 0x80000, O_PATH = 0x200000;
    public const int EPERM = 1, ENOENT = 2, EINTR = 4, EAGAIN = 11, EACCES = 13, EINVAL = 22, ENFILE = 23, EMFILE = 24, ENOSYS = 38;

    /// <summary><c>RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT</c></summary>
    public const ulong InRoot = 0x02 | 0x10;

    /// <summary><c>RESOLVE_CACHED</c>: only names that the kernel has in memory; else EAGAIN.</summary>
    public const ulong Cached = 0x20;

    /// <summary><c>AT_FDCWD</c></summary>
    public const int WorkingFolder = -100;

    /// <summary><c>RWF_NOWAIT</c>: only what is in the page cache.</summary>
    public const int RWF_NOWAIT = 8;

    // Younger than the common table, so it has one number everywhere
    private const long SYS_openat2 = 437;

    [LibraryImport("libc", SetLastError = true)] public static partial int open([MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags);

    [LibraryImport("libc")] public static partial int close(int fd);

    [LibraryImport("libc", SetLastError = true)] private static partial long syscall(long number, int folder, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, OpenHow* how, nuint size);

    [LibraryImport("libc", SetLastError = true)] public static partial nint preadv2(int fd, Vector* vectors, int count, long offset, int flags);

    [LibraryImport("libc", SetLastError = true)] private static partial int statx(int folder, byte* path, int flags, uint mask, byte* result);

    /// <summary>Kind, length and time of the last write of an open file, in one call; null when the kernel does not say.</summary>
    public static (Kind Kind, long Length, DateTime Modified)? Describe(int descriptor)
    {
        const int EmptyPath = 0x1000;
        const uint TypeSizeModified = 0x1 | 0x40 | 0x200;
        byte* result = stackalloc byte[256];
        byte empty = 0;
        if (statx(descriptor, &empty, EmptyPath, TypeSizeModified, result) < 0) return null;

        // struct statx is the same on every architecture: mode at 28, size at 40, time at 112
        Kind kind = (*(ushort*)(result + 28) & 0xF000) switch { 0x8000 => Kind.File, 0x4000 => Kind.Folder, _ => Kind.Other };
        long seconds = *(long*)(result + 112);
        uint nanoseconds = *(uint*)(result + 120);
        return (kind, *(long*)(result + 40), DateTime.UnixEpoch.AddSeconds(Math.Clamp(seconds, 0, 253_402_300_799)).AddTicks(nanoseconds / 100));
    }

    public enum Kind : byte { File, Folder, Other }

    public static int Errno => Marshal.GetLastPInvokeError();

    public static int OpenAt(int folder, string path, int flags, ulong resolve)
    {
        var how = new OpenHow { Flags = (ulong)flags, Resolve = resolve };
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
