using System.Text;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux;

/// <summary>One listening socket, shared by all loops.</summary>
internal sealed unsafe class LinuxListener
{
    // What the kernel caps at net.core.somaxconn anyway
    private const int Backlog = 4096;

    // The kernel takes an io_uring down behind the back of a process that was killed, and until then the ring holds the listening socket. Who starts the server again
    // at once must not fail for that. Milliseconds
    private const int Patience = 300;

    private LinuxListener(int descriptor, BoundAddress bound)
    {
        Descriptor = descriptor;
        Bound = bound;
    }

    public int Descriptor { get; private set; }
    public BoundAddress Bound { get; }

    /// <summary>Listens, or throws an <see cref="IOException"/> that says what is in the way.</summary>
    public static LinuxListener Open(ListenAddress address)
    {
        if (address.Descriptor is { } passed) return new LinuxListener(passed, new BoundAddress(address, address.EndPoint?.Port));

        byte* bytes = stackalloc byte[SocketAddress.MaxSize];
        int length = SocketAddress.Write(address, new Span<byte>(bytes, SocketAddress.MaxSize));
        if (length < 0) throw ListenError.For(ListenFailure.NameTooLong, address, "");

        int family = *(ushort*)bytes;
        int descriptor = socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        if (descriptor < 0) throw Failed(address);

        bool isBound = false;
        try
        {
            if (family != AF_UNIX)
            {
                // SO_REUSEADDR lets a restarted server bind while old connections are in TIME_WAIT; two listeners still collide.
                Set(descriptor, SOL_SOCKET, SO_REUSEADDR, 1);
                if (address.ReusePort) Set(descriptor, SOL_SOCKET, SO_REUSEPORT, 1);
                if (family == AF_INET6) Set(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, address.IPv6Only ? 1 : 0);
                Set(descriptor, IPPROTO_TCP, TCP_NODELAY, 1);       // accepted sockets inherit it: one call less for each
            }

            if (bind(descriptor, bytes, (uint)length) != 0)
            {
                if (Errno != EADDRINUSE) throw Failed(address);
                if (address.UnixPath is not null && !address.IsAbstract) RemoveStale(address, bytes, (uint)length);
                if (!BindsSoon(descriptor, bytes, (uint)length)) throw Failed(address);
            }

            isBound = true;
            UnixSocketFile.Grant(address);
            if (listen(descriptor, Backlog) != 0) throw Failed(address);
        }
        catch
        {
            if (isBound && address is { UnixPath: { } path, IsAbstract: false }) Unlink(path);
            close(descriptor);
            throw;
        }

        int? port = family == AF_UNIX ? null : SocketAddress.PortOf(descriptor);
        return new LinuxListener(descriptor, new BoundAddress(address, port));
    }

    /// <summary>Refuses connections at once, from any thread: Linux takes a listening socket that is shut down out of service.</summary>
    public void Refuse()
    {
        // One that was passed goes on listening, for the next process
        if (Bound.Address.Descriptor is null) shutdown(Descriptor, SHUT_RDWR);
    }

    public void Close()
    {
        if (Descriptor < 0) return;

        Bound.RemoveFile();
        close(Descriptor);
        Descriptor = -1;
    }

    private static bool BindsSoon(int descriptor, byte* address, uint length)
    {
        for (long end = Environment.TickCount64 + Patience; ; Thread.Sleep(5))
        {
            if (bind(descriptor, address, length) == 0) return true;
            if (Errno != EADDRINUSE || Environment.TickCount64 > end) return false;
        }
    }

    // A server that was killed leaves its socket file behind. It is stale when nobody answers on it; any other kind of file is not ours.
    private static void RemoveStale(ListenAddress address, byte* bytes, uint length)
    {
        int error;
        for (long end = Environment.TickCount64 + Patience; ; Thread.Sleep(5))
        {
            int probe = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
            if (probe < 0) throw Failed(address);

            error = connect(probe, bytes, length) == 0 ? 0 : Errno;
            close(probe);
            if (error != 0 || Environment.TickCount64 > end) break;
        }

        // connect to something that is no socket also says "refused"; the kind of file tells them apart
        if (error != ECONNREFUSED) throw ListenError.For(ListenFailure.InUse, address, "");
        if (!UnixSocketFile.IsSocket(address.UnixPath!)) throw ListenError.For(ListenFailure.NotASocket, address, "");

        Unlink(address.UnixPath!);
    }

    private static void Unlink(string path)
    {
        byte[] name = Encoding.UTF8.GetBytes(path + "\0");
        fixed (byte* start = name) unlink(start);
    }

    private static void Set(int descriptor, int level, int name, int value) => setsockopt(descriptor, level, name, &value, sizeof(int));

    private static IOException Failed(ListenAddress address)
    {
        int error = Errno;
        ListenFailure failure = error switch
        {
            EADDRINUSE => ListenFailure.InUse,
            EADDRNOTAVAIL => ListenFailure.NotAvailable,
            EACCES or EPERM => ListenFailure.PermissionDenied,
            ENOENT or ENOTDIR => ListenFailure.NoSuchDirectory,
            ENAMETOOLONG => ListenFailure.NameTooLong,
            EAFNOSUPPORT => ListenFailure.FamilyNotSupported,
            _ => ListenFailure.Other,
        };

        return ListenError.For(
            failure, address, $"errno {error}, {System.Runtime.InteropServices.Marshal.GetPInvokeErrorMessage(error)}");
    }
}
