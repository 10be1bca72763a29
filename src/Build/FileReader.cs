using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Prebake.Files;

namespace Prebake.Build;

/// <summary>Reads a file as it was at one time.</summary>
internal static class FileReader
{
    private const int Attempts = 3;

    /// <exception cref="BakeException">It cannot be read, or not at rest.</exception>
    public static byte[] Read(SourceFile file)
    {
        try
        {
            for (int attempt = 0; attempt < Attempts; attempt++)
            {
                using SafeFileHandle handle = Open(file);
                if (TryRead(file, handle) is { } bytes) return bytes;
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw new BakeException(file.Request, $"The file '{file.Name}' cannot be read: {e.Message}", e);
        }

        throw new BakeException(file.Request,
            $"The file '{file.Name}' changes while it is read; build again when whatever writes it has finished");
    }

    private static byte[]? TryRead(SourceFile file, SafeFileHandle handle)
    {
        long length = RandomAccess.GetLength(handle);
        DateTime written = File.GetLastWriteTimeUtc(handle);
        if (length > Array.MaxLength)
        {
            throw new BakeException(file.Request,
                $"The file '{file.Name}' has {length >> 20} MiB, and an assembly holds 2 GiB; "
                + "serve it from disk, with [File] or [Directory]");
        }

        byte[] bytes = new byte[length];
        int filled = 0;
        while (filled < bytes.Length)
        {
            int read = RandomAccess.Read(handle, bytes.AsSpan(filled), filled);
            if (read == 0) return null;
            filled += read;
        }

        return RandomAccess.GetLength(handle) == length && File.GetLastWriteTimeUtc(handle) == written ? bytes : null;
    }

    private static SafeFileHandle Open(SourceFile file)
    {
        if (!OperatingSystem.IsLinux())
            return File.OpenHandle(file.FullPath, share: FileShare.ReadWrite | FileShare.Delete);

        // Without O_NONBLOCK the build would wait for somebody to write into a pipe
        const int Flags = LinuxCalls.O_RDONLY | LinuxCalls.O_NONBLOCK | LinuxCalls.O_CLOEXEC | LinuxCalls.O_NOCTTY;
        int descriptor = LinuxCalls.open(file.FullPath, Flags);
        if (descriptor < 0) throw new IOException(Marshal.GetPInvokeErrorMessage(LinuxCalls.Errno));

        var handle = new SafeFileHandle(descriptor, ownsHandle: true);
        if (LinuxCalls.Describe(descriptor) is null or { Kind: LinuxCalls.Kind.File }) return handle;

        handle.Dispose();
        throw new BakeException(file.Request,
            $"'{file.Name}' is not a file but a pipe, a socket or a device; remove it from the folder");
    }
}
