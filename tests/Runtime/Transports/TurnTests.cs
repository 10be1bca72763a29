using System.Buffers;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>Turns do not nest, and nothing goes back to a pool while somebody is at work on it.</summary>
public sealed class TurnTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_turn_inside_a_turn_is_an_error_and_neither_client_gets_the_bytes_of_the_other(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Intruder(connection));
        using Socket idle = server.Connect();
        idle.SendAll("hello\n"u8);
        Assert.Equal("own", Encoding.ASCII.GetString(idle.ReadExactly(3)));

        using Socket asking = server.Connect();
        asking.SendAll("nest\n"u8);
        string answer = Encoding.ASCII.GetString(asking.ReadExactly(3 + nameof(NestedTurnException).Length));
        Assert.Equal("own" + nameof(NestedTurnException), answer);

        Assert.Equal(0, idle.Available);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_done_for_each_connection_from_inside_a_turn_waits_for_its_end(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new ForEach(connection));
        using Socket other = server.Connect();
        other.SendAll("hello\n"u8);
        Assert.Equal("A", Encoding.ASCII.GetString(other.ReadExactly(1)));

        using Socket asking = server.Connect();
        asking.SendAll("all\n"u8);
        Assert.Equal("Anow2E", Encoding.ASCII.GetString(asking.ReadExactly(6)));
        Assert.Equal("E", Encoding.ASCII.GetString(other.ReadExactly(1)));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Input_is_not_given_back_while_the_protocol_that_aborts_still_reads_it(Over over)
    {
        var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TransportUnderTest.Start(over, connection => new AbortsInside(connection, seen));
        using Socket client = server.Connect();

        // The head comes in two pieces, so that it lies in a rented buffer
        client.SendAll("first half "u8);
        await Eventually.Until(() => server.Connections.Any(connection => !connection.HasNoPendingInput));
        client.SendAll("second half\n"u8);

        Assert.Equal("first half second half\n", await seen.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_protocol_that_throws_loses_its_connection_and_no_other(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Thrower(connection));
        using Socket good = server.Connect();
        for (int i = 0; i < 5; i++)
        {
            using Socket bad = server.Connect();
            bad.SendAll("throw\n"u8);
            try { Assert.Empty(bad.ReadToEnd()); }
            catch (SocketException) { }
        }

        good.SendAll("hello\n"u8);
        Assert.Equal("ok", Encoding.ASCII.GetString(good.ReadExactly(2)));
        await Eventually.Until(() => server.Faults.Count >= 5);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_loop_survives_a_protocol_that_throws_when_it_is_told_that_all_is_over(Over over)
    {
        var server = TransportUnderTest.Start(over, connection => new ThrowsAtTheEnd(connection));
        using Socket first = server.Connect(), second = server.Connect();
        first.SendAll("hello\n"u8);
        second.SendAll("hello\n"u8);
        Assert.Equal("ok", Encoding.ASCII.GetString(first.ReadExactly(2)));
        Assert.Equal("ok", Encoding.ASCII.GetString(second.ReadExactly(2)));

        await server.DisposeAsync();
        Assert.Equal(2, server.Faults.Count);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_connection_knows_its_peer_after_its_descriptor_has_been_given_to_another(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Thrower(connection));
        IPEndPoint first;
        using (Socket client = server.Connect())
        {
            first = (IPEndPoint)client.LocalEndPoint!;
            client.SendAll("hello\n"u8);
            client.ReadExactly(2);
        }

        await Eventually.Until(() => server.Connections.Single().IsClosed);
        using Socket next = server.Connect();
        next.SendAll("hello\n"u8);
        next.ReadExactly(2);

        Connection[] connections = [.. server.Connections];
        Assert.Equal([first, (IPEndPoint)next.LocalEndPoint!], connections.OrderBy(connection => !connection.IsClosed).Select(connection => connection.RemoteEndPoint));
    }

    private sealed class Intruder(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            Output.Write("own"u8);
            if (buffer[offset] == 'n')
            {
                Connection other = Connection.Loop.Connections.First(connection => connection != Connection);
                try { Connection.Loop.BeginTurn(other); }
                catch (NestedTurnException e) { Output.Write(Encoding.ASCII.GetBytes(e.GetType().Name)); }
            }

            return length;
        }
    }

    private sealed class ForEach(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            Output.Write("A"u8);
            if (buffer[offset] != 'a') return length;

            Output.Write("now"u8);
            int chosen = Connection.Loop.ForEachConnection(static _ => true, static connection => connection.Loop.Output.Write("E"u8));
            Output.Write(Encoding.ASCII.GetBytes($"{chosen}"));
            return length;
        }
    }

    private sealed class AbortsInside(Connection connection, TaskCompletionSource<string> seen) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            if (buffer[offset + length - 1] != '\n') return 0;

            Connection.Abort();

            // Whoever rents the next buffers must not be given this one
            byte[][] rented = [.. Enumerable.Range(0, 64).Select(_ => ArrayPool<byte>.Shared.Rent(buffer.Length))];
            foreach (byte[] other in rented) other.AsSpan().Fill((byte)'#');
            seen.SetResult(Encoding.ASCII.GetString(buffer, offset, length));
            foreach (byte[] other in rented) ArrayPool<byte>.Shared.Return(other);
            return length;
        }
    }

    private class Thrower(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            if (buffer[offset] == 't') throw new InvalidOperationException("as asked");
            Output.Write("ok"u8);
            return length;
        }
    }

    private sealed class ThrowsAtTheEnd(Connection connection) : Thrower(connection)
    {
        public override void Closed() => throw new InvalidOperationException("as always");
    }
}
