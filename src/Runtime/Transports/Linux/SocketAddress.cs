using System.Buffers.Binary;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;
using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux;

/// <summary><c>struct sockaddr_in</c>, <c>sockaddr_in6</c> and <c>sockaddr_un</c>, written and read byte by byte.</summary>
internal static unsafe class SocketAddress
{
    public const int MaxSize = 128;

    /// <summary>The size of an address with a port: <c>sockaddr_in6</c>.</summary>
    public const int MaxEndPointSize = 28;

    private const int MaxUnixPath = 107;        // sun_path has 108 bytes, the last is NUL

    /// <summary>Writes an address; the length used, or −1 when a unix path is too long.</summary>
    public static int Write(ListenAddress address, Span<byte> to)
    {
        to.Clear();

        if (address.UnixPath is { } path)
        {
            if (Encoding.UTF8.GetByteCount(path) > MaxUnixPath) return -1;

            BitConverter.TryWriteBytes(to, (ushort)AF_UNIX);
            int length = Encoding.UTF8.GetBytes(path, to[2..]);
            return 2 + length + (address.IsAbstract ? 0 : 1);          // an abstract name has no terminator, its length counts
        }

        IPEndPoint endPoint = address.EndPoint!;
        BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)endPoint.Port);

        if (endPoint.AddressFamily is System.Net.Sockets.AddressFamily.InterNetwork)
        {
            BitConverter.TryWriteBytes(to, (ushort)AF_INET);
            endPoint.Address.TryWriteBytes(to[4..], out _);
            return 16;
        }

        BitConverter.TryWriteBytes(to, (ushort)AF_INET6);
        endPoint.Address.TryWriteBytes(to[8..], out _);
        BitConverter.TryWriteBytes(to[24..], (uint)endPoint.Address.ScopeId);
        return 28;
    }

    /// <summary>The end point in a kernel-written address; null for unix sockets. IPv4 seen through IPv6 is given as IPv4.</summary>
    public static IPEndPoint? Read(ReadOnlySpan<byte> from)
    {
        int family = BitConverter.ToUInt16(from);
        int port = BinaryPrimitives.ReadUInt16BigEndian(from[2..]);

        if (family == AF_INET) return new IPEndPoint(new IPAddress(from.Slice(4, 4)), port);
        if (family != AF_INET6) return null;

        var address = new IPAddress(from.Slice(8, 16), BitConverter.ToUInt32(from[24..]));
        return new IPEndPoint(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address, port);
    }

    public static int PortOf(int descriptor)
    {
        byte* bytes = stackalloc byte[MaxSize];
        uint length = MaxSize;
        return getsockname(descriptor, bytes, &length) == 0 ? BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(bytes + 2, 2)) : 0;
    }
}

/// <summary>
/// A peer's address as the kernel gave it when the connection was accepted. Asked for later, by the number of the descriptor, it could be
/// that of another client, who has been given the number since.
/// </summary>
[InlineArray(SocketAddress.MaxEndPointSize)]
internal struct PeerAddress
{
    private byte _first;

    /// <summary>The end point, or null for a unix socket.</summary>
    public readonly IPEndPoint? EndPoint => SocketAddress.Read(this);
}
