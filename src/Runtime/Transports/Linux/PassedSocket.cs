using System.Net;
using System.Text;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux;

/// <summary>System calls for sockets that a supervisor passes to the process, and for datagrams to it. Linux only.</summary>
internal static unsafe class PassedSocket
{
    /// <summary>The address of a listening socket, which from here on no child inherits.</summary>
    /// <exception cref="IOException">The descriptor is not a socket that listens.</exception>
    public static ListenAddress AddressOf(int descriptor)
    {
        int listening = 0;
        uint size = sizeof(int);
        if (getsockopt(descriptor, SOL_SOCKET, SO_ACCEPTCONN, &listening, &size) != 0 || listening == 0)
            throw new IOException(
                $"Failed to start server. Descriptor {descriptor}, passed as LISTEN_FDS says, is not a listening "
                    + "socket: check the .socket unit (ListenStream=, Accept=no).");

        fcntl(descriptor, F_SETFD, FD_CLOEXEC);
        fcntl(descriptor, F_SETFL, fcntl(descriptor, F_GETFL, 0) | O_NONBLOCK);

        byte* bytes = stackalloc byte[SocketAddress.MaxSize];
        uint length = SocketAddress.MaxSize;
        getsockname(descriptor, bytes, &length);
        var address = new ReadOnlySpan<byte>(bytes, (int)length);

        // As for a socket that is opened here: what is accepted inherits it. systemd sets it only where the unit says NoDelay=yes
        int on = 1;
        if (*(ushort*)bytes is AF_INET or AF_INET6) setsockopt(descriptor, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(int));

        return (SocketAddress.Read(new ReadOnlySpan<byte>(bytes, SocketAddress.MaxSize)) is { } endPoint ? new ListenAddress(endPoint) : new ListenAddress(UnixPathOf(address)))
            with { Descriptor = descriptor };
    }

    /// <summary>Sends one datagram to a unix socket; a leading NUL is an abstract name. False when nobody takes it.</summary>
    public static bool Send(string path, string message)
    {
        byte* address = stackalloc byte[SocketAddress.MaxSize];
        int length = SocketAddress.Write(new ListenAddress(path), new Span<byte>(address, SocketAddress.MaxSize));
        int descriptor = length < 0 ? -1 : socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        if (descriptor < 0) return false;

        byte[] bytes = Encoding.UTF8.GetBytes(message);
        nint sent;
        fixed (byte* start = bytes) sent = sendto(descriptor, start, (nuint)bytes.Length, MSG_NOSIGNAL, address, (uint)length);
        close(descriptor);
        return sent == bytes.Length;
    }

    private static string UnixPathOf(ReadOnlySpan<byte> address)
    {
        ReadOnlySpan<byte> path = address.Length > 2 ? address[2..] : default;
        if (path is [0, ..]) return Encoding.UTF8.GetString(path);

        int end = path.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? path : path[..end]);
    }
}
