using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Prebake.Files;

/// <summary>
/// A folder below which files are served and which no path leaves, neither by <c>..</c> nor by a symbolic link (rows B62, B63). On Linux the kernel resolves
/// paths as if the folder were the root of the file system; elsewhere, and on kernels before 5.6, paths with symbolic links are refused.
/// </summary>
internal sealed class FolderRoot
{
    private readonly string _folder;
    private readonly SafeFileHandle? _handle;
    private bool _kernelResolves = true;

    /// <summary>Opens the folder.</summary>
    /// <exception cref="DirectoryNotFoundException">It does not exist, or it is no folder.</exception>
    public FolderRoot(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (!Directory.Exists(_folder)) throw new DirectoryNotFoundException($"The folder '{folder}' of a [Directory] does not exist; it would be at '{_folder}'.");
        if (!OperatingSystem.IsLinux()) return;

        int descriptor = LinuxCalls.open(_folder, LinuxCalls.O_PATH | LinuxCalls.O_CLOEXEC);
        if (descriptor >= 0) _handle = new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Linux: a descriptor, or −1 and errno; without <paramref name="wait"/> EAGAIN for names that are not in memory.</summary>
    public int Open(string relative, int flags, bool wait)
    {
        if (!wait)
        {
            if (_handle is not null && _kernelResolves) return LinuxCalls.OpenAt((int)_handle.DangerousGetHandle(), relative, flags, LinuxCalls.InRoot | LinuxCalls.Cached);
            Marshal.SetLastPInvokeError(LinuxCalls.EAGAIN);
            return -1;
        }

        if (_handle is not null && _kernelResolves)
        {
            for (int attempt = 0; ; attempt++)
            {
                int descriptor = LinuxCalls.OpenAt((int)_handle.DangerousGetHandle(), relative, flags, LinuxCalls.InRoot);
                // EAGAIN: something was renamed on the way, and the kernel cannot be sure that the path stayed inside
                if (descriptor >= 0 || LinuxCalls.Errno is not (LinuxCalls.EAGAIN or LinuxCalls.EINTR) || attempt == 8)
                {
                    if (descriptor >= 0 || LinuxCalls.Errno is not (LinuxCalls.ENOSYS or LinuxCalls.EPERM or LinuxCalls.EINVAL)) return descriptor;
                    break;
                }
            }

            // An old kernel, or a sandbox that does not know the call
            _kernelResolves = false;
        }

        if (Resolve(relative) is { } path) return LinuxCalls.open(path, flags);

        Marshal.SetLastPInvokeError(LinuxCalls.ENOENT);
        return -1;
    }

    /// <summary>The path of a file below the folder, or null when a link or a <c>..</c> is on the way.</summary>
    public string? Resolve(string relative)
    {
        string path = _folder;
        foreach (string part in relative.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part is "." or ".." || part.Contains('\\') || part.Contains(Path.DirectorySeparatorChar) || part.Contains(':')) return null;

            path = Path.Combine(path, part);
            var info = new FileInfo(path);
            if (info.LinkTarget is not null) return null;
        }

        return path;
    }
}
