using System.Collections.Concurrent;
using System.Net.Sockets;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>In which order a round of a Linux loop deals with what has come: who waits for an answer is first.</summary>
public sealed class RoundOrderTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds.Where(kind => kind is not Over.Sockets));

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_asks_is_answered_before_others_of_the_same_round_go_or_come(Over over)
    {
        var order = new ConcurrentQueue<string>();
        await using var server = Start(over, order);
        Socket[] leaving = [.. Enumerable.Range(0, 4).Select(_ => server.Connect())];
        using Socket asking = server.Connect();
        await Eventually.Until(() => order.Count == 5);
        order.Clear();

        using var held = new HeldLoop(server.Loop);
        Leave(leaving);
        using Socket coming = server.Connect();
        asking.Send("?"u8);
        held.Release();

        Assert.Equal("!"u8.ToArray(), asking.ReadExactly(1));
        await Eventually.Until(() => order.Count == 6);
        Assert.Equal("asked", order.First());
        Assert.Equal(4, order.Count(what => what == "went"));
        Assert.Contains("came", order);
        Assert.Empty(server.Faults);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task However_many_go_at_once_all_are_told_of_and_who_asks_behind_them_is_answered(Over over)
    {
        var order = new ConcurrentQueue<string>();
        await using var server = Start(over, order);
        Socket[] leaving = [.. Enumerable.Range(0, 600).Select(_ => server.Connect())];
        using Socket asking = server.Connect();
        await Eventually.Until(() => order.Count == 601);

        using var held = new HeldLoop(server.Loop);
        Leave(leaving);
        asking.Send("?"u8);
        held.Release();

        Assert.Equal("!"u8.ToArray(), asking.ReadExactly(1));
        await Eventually.Until(() => order.Count(what => what == "went") == 600);
        Assert.Equal(1, await server.OnLoop(() => server.Loop.Connections.Count));
        Assert.Empty(server.Faults);
    }

    private static TransportUnderTest Start(Over over, ConcurrentQueue<string> order) =>
        TransportUnderTest.Start(over, connection =>
        {
            order.Enqueue("came");
            return new Recording(connection, order);
        });

    // Half of them say goodbye, and half are cut
    private static void Leave(Socket[] sockets)
    {
        for (int i = 0; i < sockets.Length; i++)
        {
            if (i % 2 == 0) sockets[i].LingerState = new LingerOption(true, 0);
            sockets[i].Dispose();
        }
    }

    private sealed class Recording(Connection connection, ConcurrentQueue<string> order) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            order.Enqueue("asked");
            Output.Write("!"u8);
            return length;
        }

        public override void Closed() => order.Enqueue("went");
    }
}
