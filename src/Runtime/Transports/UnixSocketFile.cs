namespace Prebake.Transports;

/// <summary>What lies at the path of a unix socket.</summary>
internal static class UnixSocketFile
{
    /// <summary>
    /// Whether the file is a socket, as far as the base library tells: neither directory, link nor regular file. (.NET has no call for it;
    /// a regular file is the one with a length that can be opened.)
    /// </summary>
    public static bool IsSocket(string path)
    {
        var file = new FileInfo(path);
        if (!file.Exists || (file.Attributes & (FileAttributes.Directory | FileAttributes.ReparsePoint)) != 0) return false;

        try
        {
            using FileStream _ = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
            return false;
        }
        catch (IOException)
        {
            return true;        // ENXIO: sockets cannot be opened
        }
        catch (UnauthorizedAccessException)
        {
            return false;
        }
    }
}
