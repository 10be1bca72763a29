using System.Net;
using System.Net.Sockets;

namespace Prebake.Transports.Sockets;

/// <summary>One listening socket of the portable transport.</summary>
internal sealed class SocketListener
{
    private const int Backlog = 4096;

    private SocketListener(Socket socket, BoundAddress bound)
    {
        Socket = socket;
        Bound = bound;
    }

    public Socket Socket { get; }
    public BoundAddress Bound { get; }

    /// <summary>Listens, or throws an <see cref="IOException"/> that says what is in the way.</summary>
    public static SocketListener Open(ListenAddress address)
    {
        if (address.Descriptor is { } passed)
            return new SocketListener(new Socket(new SafeSocketHandle(passed, ownsHandle: true)), new BoundAddress(address, address.EndPoint?.Port));

        EndPoint endPoint;
        try
        {
            endPoint = address.UnixPath is { } name ? new UnixDomainSocketEndPoint(name) : address.EndPoint!;
        }
        catch (ArgumentOutOfRangeException)
        {
            throw ListenError.For(ListenFailure.NameTooLong, address, "");
        }

        Socket? socket = null;
        bool isBound = false;
        try
        {
            socket = Make(address, endPoint);
            try
            {
                socket.Bind(endPoint);
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.AddressAlreadyInUse && address.UnixPath is not null && !address.IsAbstract)
            {
                RemoveStale(address, endPoint);
                socket.Dispose();
                socket = Make(address, endPoint);
                socket.Bind(endPoint);
            }

            isBound = true;
            UnixSocketFile.Grant(address);
            socket.Listen(Backlog);
        }
        catch (Exception e)
        {
            socket?.Dispose();
            if (isBound && address is { UnixPath: { } path, IsAbstract: false }) File.Delete(path);
            if (e is SocketException failure) throw ListenError.For(FailureOf(failure, address), address, failure.Message);
            throw;
        }

        int? port = (socket.LocalEndPoint as IPEndPoint)?.Port;
        return new SocketListener(address.UnixPath is null ? socket : WithoutFile(socket), new BoundAddress(address, port));
    }

    // The base library removes the file of a socket that it has bound, whose ever it is by then. One that has only been handed over it leaves alone
    private static Socket WithoutFile(Socket bound)
    {
        var handle = new SafeSocketHandle(bound.SafeHandle.DangerousGetHandle(), ownsHandle: true);
        bound.SafeHandle.SetHandleAsInvalid();
        GC.SuppressFinalize(bound);
        return new Socket(handle);
    }

    public void Close()
    {
        Bound.RemoveFile();
        Socket.Dispose();
    }

    private static Socket Make(ListenAddress address, EndPoint endPoint)
    {
        if (address.UnixPath is not null) return new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);

        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        if (endPoint.AddressFamily is AddressFamily.InterNetworkV6) socket.DualMode = !address.IPv6Only;
        if (OperatingSystem.IsWindows()) socket.ExclusiveAddressUse = true;        // else another process could take over the port
        if (address.ReusePort) SetReusePort(socket);
        return socket;
    }

    // SO_REUSEPORT has no name in the base library, and a number of its own on each system
    private static void SetReusePort(Socket socket)
    {
        Span<byte> on = [1, 0, 0, 0];
        if (OperatingSystem.IsLinux()) socket.SetRawSocketOption(1, 15, on);
        else if (OperatingSystem.IsMacOS()) socket.SetRawSocketOption(0xffff, 0x200, on);
        else
            throw new PlatformNotSupportedException(
                "\"ServeOptions.ReusePort\" exists on Linux and macOS only: leave it out.");
    }

    private static void RemoveStale(ListenAddress address, EndPoint endPoint)
    {
        using var probe = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(endPoint);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionRefused)
        {
            if (!UnixSocketFile.IsSocket(address.UnixPath!)) throw ListenError.For(ListenFailure.NotASocket, address, "");
            File.Delete(address.UnixPath!);
            return;
        }
        catch (SocketException)
        {
        }

        throw ListenError.For(ListenFailure.InUse, address, "");
    }

    private static ListenFailure FailureOf(SocketException e, ListenAddress address) => e.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => ListenFailure.InUse,
        SocketError.AddressNotAvailable when address.UnixPath is not null => ListenFailure.NoSuchDirectory,
        SocketError.AddressNotAvailable => ListenFailure.NotAvailable,
        SocketError.AccessDenied => ListenFailure.PermissionDenied,
        SocketError.AddressFamilyNotSupported => ListenFailure.FamilyNotSupported,
        _ when address.UnixPath is { } path && !address.IsAbstract && !Directory.Exists(Path.GetDirectoryName(Path.GetFullPath(path))) => ListenFailure.NoSuchDirectory,
        _ => ListenFailure.Other,
    };
}
