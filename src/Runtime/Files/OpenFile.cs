using Microsoft.Win32.SafeHandles;

namespace Prebake.Files;

/// <summary>What came of opening a file.</summary>
internal enum OpenResult : byte
{
    Opened,

    /// <summary>There is none, or it is a pipe, a socket or a device: 404.</summary>
    Missing,

    /// <summary>It is a folder.</summary>
    Folder,

    /// <summary>The process may not read it: 403.</summary>
    Forbidden,

    /// <summary>The process or the machine has no descriptors left: 503.</summary>
    Exhausted,

    /// <summary>Only the thread pool may ask: it could take a while.</summary>
    Slow,
}

/// <summary>A regular file that is open for reading, with the length that it had then.</summary>
internal sealed class OpenFile : IDisposable
{
    private OpenFile(SafeFileHandle handle, long length, DateTime modified)
    {
        Handle = handle;
        Length = length;
        Modified = modified;
    }

    public SafeFileHandle Handle { get; }

    public long Length { get; }

    /// <summary>When it was last written, in UTC.</summary>
    public DateTime Modified { get; }

    // Cleared by a kernel before 5.12, or a sandbox
    private static bool s_knowsCached = OperatingSystem.IsLinux();

    /// <summary>Opens a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="folder">The folder that it is below, or null.</param>
    /// <param name="wait">False on a loop: names that are not in memory are <see cref="OpenResult.Slow"/>, since a disk or a network may be.</param>
    /// <param name="file">The file, if it was opened.</param>
    public static OpenResult TryOpen(string path, OpenFolder? folder, bool wait, out OpenFile? file)
    {
        file = null;
        if (!wait && !s_knowsCached) return OpenResult.Slow;

        try
        {
            if (path.Contains('\0')) return OpenResult.Missing;

            if (OperatingSystem.IsLinux())
            {
                // Without O_NONBLOCK the opening of a pipe would wait for somebody to write into it
                const int Flags = LinuxCalls.O_RDONLY | LinuxCalls.O_NONBLOCK | LinuxCalls.O_CLOEXEC | LinuxCalls.O_NOCTTY;
                int descriptor = folder is { } below ? below.OpenFile(path, Flags, wait)
                    : wait ? LinuxCalls.open(path, Flags)
                    : LinuxCalls.OpenAt(LinuxCalls.WorkingFolder, path, Flags, LinuxCalls.Cached);
                if (descriptor < 0) return wait ? ResultOf(LinuxCalls.Errno) : QuickResultOf(LinuxCalls.Errno);

                return CheckQuickly(new SafeFileHandle(descriptor, ownsHandle: true), out file);
            }

            string? resolved = folder is { } root ? root.Resolve(path) : path;
            if (resolved is null) return OpenResult.Missing;
            if (Directory.Exists(resolved)) return OpenResult.Folder;

            return Check(File.OpenHandle(resolved, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), out file);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or PathTooLongException or NotSupportedException or ArgumentException)
        {
            return OpenResult.Missing;
        }
        catch (UnauthorizedAccessException)
        {
            return OpenResult.Forbidden;
        }
    }

    private static OpenResult CheckQuickly(SafeFileHandle handle, out OpenFile? file)
    {
        file = null;
        if (LinuxCalls.Describe((int)handle.DangerousGetHandle()) is not { } found) return Check(handle, out file);

        if (found.Kind is LinuxCalls.Kind.File)
        {
            file = new OpenFile(handle, found.Length, found.Modified);
            return OpenResult.Opened;
        }

        handle.Dispose();
        return found.Kind is LinuxCalls.Kind.Folder ? OpenResult.Folder : OpenResult.Missing;
    }

    private static OpenResult Check(SafeFileHandle handle, out OpenFile? file)
    {
        file = null;
        bool kept = false;
        try
        {
            FileAttributes attributes = File.GetAttributes(handle);
            if ((attributes & FileAttributes.Directory) != 0) return OpenResult.Folder;
            if ((attributes & FileAttributes.Device) != 0) return OpenResult.Missing;

            // Pipes, sockets and terminals have no length: NotSupportedException. A device has one of 0, and gives nothing.
            file = new OpenFile(handle, RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
            kept = true;
            return OpenResult.Opened;
        }
        finally
        {
            if (!kept) handle.Dispose();
        }
    }

    private static OpenResult QuickResultOf(int error)
    {
        if (error is LinuxCalls.ENOSYS or LinuxCalls.EINVAL or LinuxCalls.EPERM) s_knowsCached = false;
        // What is certain is certain here too; everything else is asked again where there is time
        return error is LinuxCalls.ENOENT ? OpenResult.Missing : OpenResult.Slow;
    }

    private static OpenResult ResultOf(int error) => error switch
    {
        LinuxCalls.EACCES or LinuxCalls.EPERM => OpenResult.Forbidden,
        LinuxCalls.EMFILE or LinuxCalls.ENFILE => OpenResult.Exhausted,
        _ => OpenResult.Missing,
    };

    /// <summary>
    /// Whether a part of the file can be read without waiting for a disk, as far as samples tell. A loop reads only then; otherwise the thread pool reads
    /// first.
    /// </summary>
    public unsafe bool IsCached(long offset, long length)
    {
        if (!OperatingSystem.IsLinux()) return false;

        const long Step = 512 << 10;                            // four of the kernel's read-ahead windows
        byte sample;
        var vector = new LinuxCalls.Vector { Start = &sample, Length = 1 };
        int descriptor = (int)Handle.DangerousGetHandle();
        for (long at = offset; ; at = Math.Min(at + Step, offset + length - 1))
        {
            if (LinuxCalls.preadv2(descriptor, &vector, 1, at, LinuxCalls.RWF_NOWAIT) < 0) return false;
            if (at >= offset + length - 1) return true;
        }
    }

    /// <summary>Reads what is in the page cache, without waiting: how much, or −1.</summary>
    public unsafe int ReadCached(Span<byte> to, long offset)
    {
        if (!OperatingSystem.IsLinux()) return -1;

        fixed (byte* start = to)
        {
            var vector = new LinuxCalls.Vector { Start = start, Length = (nuint)to.Length };
            return (int)LinuxCalls.preadv2((int)Handle.DangerousGetHandle(), &vector, 1, offset, LinuxCalls.RWF_NOWAIT);
        }
    }

    public void Dispose() => Handle.Dispose();
}
