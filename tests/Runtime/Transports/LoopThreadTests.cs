using System.Net;
using System.Net.Sockets;
using System.Text;
using Prebake.Transports;
using Prebake.Transports.Linux;

namespace Prebake.Tests.Transports;

/// <summary>What runs on a loop's thread, and with what it was given.</summary>
public sealed class LoopThreadTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handler_may_recurse_as_deep_as_a_mebibyte_allows(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Recurses(connection));
        using Socket client = server.Connect();
        client.SendAll("go"u8);
        Assert.Equal("700", Encoding.ASCII.GetString(client.ReadExactly(3)));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_idle_connection_owns_no_memory_after_it_had_to_wait_for_a_slow_reader(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Floods(connection));
        using Socket client = server.Connect(receiveBuffer: 8 << 10);
        client.SendAll("go"u8);
        await Eventually.Until(() => server.Connections.SingleOrDefault() is { IsBlocked: true }, "the socket took everything");
        client.ReadExactly(Floods.Size);

        await Eventually.Until(() => !server.Connections.Single().IsBlocked);
        await Eventually.Until(() => server.OnLoop(() => server.Connections.Single().OwnsNothing).Result, "something is kept for an idle connection");
    }

    [Fact]
    public void A_socket_that_is_passed_to_the_process_sends_without_delay()
    {
        if (!OperatingSystem.IsLinux()) return;         // sockets are passed on Linux only

        using var passed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        passed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        passed.Listen();
        Assert.Equal(0, passed.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay));

        PassedSocket.AddressOf((int)passed.SafeHandle.DangerousGetHandle());
        Assert.NotEqual(0, passed.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.NoDelay));
    }

    private sealed class Recurses(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            Output.Write(Encoding.ASCII.GetBytes($"{Depth(700)}"));
            return length;
        }

        // 700 KiB of stack, which a thread with 256 has not
        private static int Depth(int left)
        {
            Span<byte> room = stackalloc byte[1 << 10];
            room[left % room.Length] = 1;
            return left == 0 ? 0 : Depth(left - 1) + room[left % room.Length];
        }
    }

    private sealed class Floods(Connection connection) : TestProtocol(connection)
    {
        public const int Size = 16 << 20;

        public override int Receive(byte[] buffer, int offset, int length)
        {
            for (int sent = 0; sent < Size; sent += 32 << 10) Output.Write(new byte[32 << 10]);
            return length;
        }
    }
}
