using System.Runtime.InteropServices;
using System.Text;

namespace Prebake.Logging;

/// <summary>
/// Standard output and error, without <see cref="Console"/> where the system has descriptors: that reads the terminal's description and brings encodings along, a
/// hundred types that a native binary sets up before its first line. A closed stream is no reason to fail.
/// </summary>
internal static unsafe partial class StandardStreams
{
    public const int Output = 1, Error = 2;

    private const int EINTR = 4;
    private const short POLLOUT = 4;

    public static void WriteLine(string text) => TryWrite(Output, text);

    public static void WriteErrorLine(string text) => TryWrite(Error, text);

    /// <summary>Waits until the stream has taken everything.</summary>
    /// <exception cref="IOException">Nobody reads it, the disk is full, or it has been closed.</exception>
    public static void Write(int descriptor, ReadOnlySpan<byte> bytes)
    {
        if (OperatingSystem.IsWindows())
        {
            using Stream stream = descriptor == Output ? Console.OpenStandardOutput() : Console.OpenStandardError();
            stream.Write(bytes);
            return;
        }

        fixed (byte* start = bytes)
        {
            for (nint done = 0; done < bytes.Length;)
            {
                nint written = write(descriptor, start + done, bytes.Length - done);
                if (written >= 0) done += written;
                else Wait(descriptor, Marshal.GetLastPInvokeError());
            }
        }
    }

    private static void TryWrite(int descriptor, string text)
    {
        try
        {
            Write(descriptor, Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (IOException)
        {
            // Nobody reads it
        }
    }

    // A stream is shared with whoever started the process, who may have made it non-blocking
    private static void Wait(int descriptor, int error)
    {
        if (error == EINTR) return;
        if (error != (OperatingSystem.IsLinux() ? 11 : 35))
            throw new IOException($"A standard stream refused a line (errno {error}).");

        var room = new PollDescriptor { Descriptor = descriptor, Events = POLLOUT };
        poll(&room, 1, -1);
    }

    /// <summary><c>struct pollfd</c></summary>
    private struct PollDescriptor
    {
        public int Descriptor;
        public short Events, Returned;
    }

    [LibraryImport("libc", SetLastError = true)] private static partial nint write(int fd, byte* bytes, nint length);
    [LibraryImport("libc", SetLastError = true)] private static partial int poll(PollDescriptor* descriptors, nuint count, int timeout);
}
