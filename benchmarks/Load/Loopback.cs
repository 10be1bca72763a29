using System.Buffers.Binary;
using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load;

/// <summary>Ports of 127.0.0.1: finding a free one, and waiting until somebody listens.</summary>
internal static partial class Loopback
{
    public static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));

        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    /// <summary>Tries to connect until it works. The refused attempts are direct system calls: as exceptions they would take
    /// longer than a server takes to start, and without the pause they would take the processor from it.</summary>
    public static bool WaitForListener(int port, TimeSpan limit)
    {
        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < limit)
        {
            if (TryConnect(port)) return true;
            Pause(microseconds: 50);
        }

        return false;
    }

    private static unsafe bool TryConnect(int port)
    {
        // struct sockaddr_in: family in host order, port and address in network order
        Span<byte> address = stackalloc byte[16];
        address.Clear();
        MemoryMarshal.Write(address, (ushort)AddressFamily.InterNetwork);
        BinaryPrimitives.WriteUInt16BigEndian(address[2..], (ushort)port);
        IPAddress.Loopback.TryWriteBytes(address[4..], out _);

        var socket = OpenSocket((int)AddressFamily.InterNetwork, type: 1, protocol: 0);
        fixed (byte* pointer = address)
        {
            var connected = Connect(socket, pointer, address.Length) == 0;
            _ = Close(socket);
            return connected;
        }
    }

    [LibraryImport("libc", EntryPoint = "socket")]
    private static partial int OpenSocket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    private static unsafe partial int Connect(int socket, byte* address, int length);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int file);

    [LibraryImport("libc", EntryPoint = "usleep")]
    private static partial int Pause(uint microseconds);
}
