using System.Runtime.InteropServices;

namespace Prebake.Files;

/// <summary>
/// A folder below which files are served and which no path leaves, neither by <c>..</c> nor by a symbolic link. On
/// Linux the kernel resolves
/// paths as if the folder were the root of the file system; elsewhere, and on kernels before 5.6, paths with symbolic links are refused.
/// </summary>
/// <remarks>
/// Only its path is kept. A deployment may remove the folder and make it anew, or let a link lead to another: then that
/// one is served.
/// </remarks>
internal sealed class FolderRoot
{
    private readonly string _folder;
    private bool _kernelResolves = OperatingSystem.IsLinux();

    /// <exception cref="DirectoryNotFoundException">It does not exist, or it is not a folder.</exception>
    public FolderRoot(string folder)
    {
        _folder = Path.GetFullPath(folder);
        if (!Directory.Exists(_folder))
        {
            throw new DirectoryNotFoundException($"The folder '{folder}' of a [Directory] does not exist; "
                + $"create it at '{_folder}', or start the server where it is.");
        }
    }

    /// <summary>
    /// Opens the folder that is there now. All files of one answer come from one opening, so that they belong together.
    /// </summary>
    /// <param name="wait">False on a loop: names that are not in memory are errno EAGAIN.</param>
    public OpenFolder Open(bool wait)
    {
        // Without the kernel's help names are looked up one by one, for which a loop has no time
        if (!_kernelResolves) return new OpenFolder(this, OpenFolder.None, wait ? 0 : LinuxCalls.EAGAIN);

        const int Flags = LinuxCalls.O_PATH | LinuxCalls.O_CLOEXEC;
        int descriptor = wait
            ? LinuxCalls.open(_folder, Flags)
            : LinuxCalls.OpenAt(LinuxCalls.WorkingFolder, _folder, Flags, LinuxCalls.Cached);
        return new OpenFolder(this, descriptor, descriptor < 0 ? LinuxCalls.Errno : 0);
    }

    /// <summary>
    /// From now on names are looked up one by one: an old kernel, or a sandbox that does not know the call.
    /// </summary>
    public void DoWithoutKernel() => _kernelResolves = false;

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

/// <summary>The folder as it was when an answer began.</summary>
internal readonly struct OpenFolder : IDisposable
{
    /// <summary>There is no descriptor: it failed, or names are looked up one by one.</summary>
    public const int None = -1;

    private readonly FolderRoot _root;
    private readonly int _descriptor, _error;

    public OpenFolder(FolderRoot root, int descriptor, int error)
    {
        _root = root;
        _descriptor = descriptor;
        _error = error;
    }

    /// <inheritdoc cref="FolderRoot.Resolve"/>
    public string? Resolve(string relative) => _root.Resolve(relative);

    /// <summary>
    /// Linux: a descriptor, or −1 and errno; without <paramref name="wait"/> EAGAIN for names that are not in memory.
    /// </summary>
    public int OpenFile(string relative, int flags, bool wait)
    {
        if (_error != 0) return Fail(_error);
        if (_descriptor == None) return OpenResolved(relative, flags);
        if (!wait) return LinuxCalls.OpenAt(_descriptor, relative, flags, LinuxCalls.InRoot | LinuxCalls.Cached);

        for (int attempt = 0; ; attempt++)
        {
            int file = LinuxCalls.OpenAt(_descriptor, relative, flags, LinuxCalls.InRoot);
            if (file >= 0) return file;

            // EAGAIN: something was renamed on the way, and the kernel cannot be sure that the path stayed inside
            int error = LinuxCalls.Errno;
            if (error is LinuxCalls.EAGAIN or LinuxCalls.EINTR && attempt < 8) continue;
            if (error is not (LinuxCalls.ENOSYS or LinuxCalls.EPERM or LinuxCalls.EINVAL)) return Fail(error);

            _root.DoWithoutKernel();
            return OpenResolved(relative, flags);
        }
    }

    private int OpenResolved(string relative, int flags) =>
        _root.Resolve(relative) is { } path ? LinuxCalls.open(path, flags) : Fail(LinuxCalls.ENOENT);

    private static int Fail(int error)
    {
        Marshal.SetLastPInvokeError(error);
        return -1;
    }

    public void Dispose()
    {
        if (_descriptor != None) LinuxCalls.close(_descriptor);
    }
}
