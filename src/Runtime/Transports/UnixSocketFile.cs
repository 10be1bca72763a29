using System.Globalization;
using System.Runtime.InteropServices;

namespace Prebake.Transports;

/// <summary>What lies at the path of a unix socket.</summary>
internal static unsafe partial class UnixSocketFile
{
    private const uint KeepOwner = uint.MaxValue;

    /// <summary>
    /// Gives a socket's file the group and the permissions that were asked for. Between bind and listen: nobody can connect before, and whoever may can connect
    /// from the first moment.
    /// </summary>
    /// <exception cref="IOException">The group does not exist, or this user may not choose it.</exception>
    public static void Grant(ListenAddress address)
    {
        if (OperatingSystem.IsWindows() || address.UnixPath is not { } path || address.IsAbstract) return;

        // The group first: a mode that is wider for the group is not to be seen with the wrong one
        if (address.UnixGroup is { } group && lchown(path, KeepOwner, IdOf(group, address)) != 0)
            throw ListenError.For(ListenFailure.GroupDenied, address, "");

        if (address.UnixMode is { } mode) File.SetUnixFileMode(path, mode);
    }

    // As chgrp has it: a group of that name, else the number
    private static uint IdOf(string group, ListenAddress address)
    {
        // struct group, alike on Linux and macOS: two pointers in front of the number
        byte* entry = getgrnam(group);
        if (entry is not null) return *(uint*)(entry + 2 * sizeof(nint));

        return uint.TryParse(group, NumberStyles.None, CultureInfo.InvariantCulture, out uint id) && id != KeepOwner
            ? id
            : throw ListenError.For(ListenFailure.NoSuchGroup, address, "");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)] private static partial byte* getgrnam(string name);
    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int lchown(string path, uint owner, uint group);

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
