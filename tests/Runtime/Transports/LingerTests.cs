using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>Who is still sending gets to read the response all the same.</summary>
public sealed class LingerTests
{
    private const string Response = "HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";

    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    public static TheoryData<Over, int> TransportsAndSizes => TransportUnderTest.EachWith(300_000, 1_500_000, 5_000_000, 50_000_000);

    [Theory, MemberData(nameof(TransportsAndSizes))]
    public async Task Who_reads_only_when_everything_has_been_sent_reads_the_response(Over over, int size)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();
        client.SendAll(new byte[size]);
        client.Shutdown(SocketShutdown.Send);

        Assert.Equal(Response, Encoding.ASCII.GetString(client.ReadToEnd()));
        await Eventually.Until(() => server.Connections.Single().IsClosed);
        Assert.True(server.Connections.Single().OwnsNothing);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Even_if_the_response_is_larger_than_the_sockets_hold(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection, body: 20 << 20));
        using Socket client = server.Connect();
        client.SendAll(new byte[5_000_000]);

        Assert.Equal(Response.Length + (20 << 20), client.ReadToEnd().Length);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_pauses_and_goes_on_is_waited_for(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();

        // The former two seconds would have been over
        for (int i = 0; i < 6; i++)
        {
            client.SendAll(new byte[100_000]);
            await Task.Delay(600);
        }

        client.Shutdown(SocketShutdown.Send);
        Assert.Equal(Response, Encoding.ASCII.GetString(client.ReadToEnd()));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_sends_for_ever_is_cut(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();
        byte[] piece = new byte[1 << 20];
        long sent = 0;

        // Without a time-out of its own, a send fails only when the connection has been cut
        Assert.Throws<SocketException>(() =>
        {
            while (sent < 4 * Lingering.Bytes)
            {
                client.SendAll(piece);
                sent += piece.Length;
            }
        });
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_says_nothing_more_is_not_waited_for_long(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();
        client.SendAll(new byte[100_000]);
        Assert.Equal(Response, Encoding.ASCII.GetString(client.ReadToEnd()));

        var clock = Stopwatch.StartNew();
        await Eventually.Until(() => server.Connections.Single().IsClosed);
        Assert.InRange(clock.ElapsedMilliseconds, 0, Lingering.Time - 5_000);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stop_with_an_abort_ends_it_at_once(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();
        client.SendAll(new byte[100_000]);
        Assert.Equal(Response, Encoding.ASCII.GetString(client.ReadToEnd()));
        Assert.False(server.Connections.Single().IsClosed);

        server.Loop.ForEachConnection(static connection => connection.Abort());
        Assert.True(await server.OnLoop(() => server.Connections.Single().IsClosed));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_gentle_stop_shortens_it(Over over)
    {
        await using var server = TransportUnderTest.Start(over, connection => new Refuses(connection));
        using Socket client = server.Connect();
        client.SendAll(new byte[100_000]);
        client.ReadToEnd();

        long due = await server.OnLoop(() => server.Connections.Single().Deadline - server.Loop.Now);
        Assert.InRange(due, Lingering.TimeWhenStopping + 1, Lingering.Silence);
        server.Loop.Drain();
        due = await server.OnLoop(() => server.Connections.Single().Deadline - server.Loop.Now);
        Assert.InRange(due, 0, Lingering.TimeWhenStopping);
    }

    [Fact]
    public void Its_bounds_are_time_first_and_bytes_that_no_honest_client_sends()
    {
        var lingering = new Lingering(now: 1_000);
        Assert.Equal(1_000 + Lingering.Silence, lingering.Deadline(1_000));
        Assert.Equal(1_000 + Lingering.Time, lingering.Deadline(1_000 + Lingering.Time - 1));

        Assert.True(lingering.TryTake(128 << 20));
        Assert.True(lingering.TryTake((int)(Lingering.Bytes - (128 << 20))));
        Assert.False(lingering.TryTake(1));

        lingering.Shorten(1_500);
        Assert.Equal(1_500 + Lingering.TimeWhenStopping, lingering.Deadline(1_500));
    }

    private sealed class Refuses(Connection connection, int body = 0) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            Output.Write(Encoding.ASCII.GetBytes(Response));
            if (body > 0) Output.WriteReference(new byte[body]);
            Connection.InputPaused = true;
            Connection.CloseAfterFlush(linger: true);
            return 10;
        }

        public override void EndOfInput() { }
    }
}
