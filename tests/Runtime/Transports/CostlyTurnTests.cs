using System.Net.Sockets;
using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake.Tests.Transports;

/// <summary>What takes long comes behind what others have asked for in the same round.</summary>
public sealed class CostlyTurnTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task An_answer_of_the_same_round_has_left_before_a_costly_turn_begins(Over over)
    {
        Socket? client = null;
        var hadAnswer = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = new Silent(connection);
            if (connection is MemoryConnection)
            {
                // It holds the loop, so nothing leaves meanwhile that has not left before
                connection.UseSession(new Costly(() => hadAnswer.SetResult(client!.Poll(5_000_000, SelectMode.SelectRead))));
            }
        });
        client = server.Connect();
        await Eventually.Until(() => server.Connections.Count == 1);
        Connection answered = server.Connections.Single();

        // Both in one round, the costly one first
        using var held = new HeldLoop(server.Loop);
        _ = MemoryConnection.ExchangeAsync(server.Loop, "hello"u8.ToArray(), default);
        Assert.True(server.Loop.Post(_ => server.Loop.RunInTurn(answered, Answer, answered), null));
        held.Release();

        // Read behind the look: who has read it already would have it look in vain
        Assert.True(await hadAnswer.Task.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal("."u8.ToArray(), client.ReadExactly(1));
        Assert.Empty(server.Faults);
        client.Dispose();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_connection_that_ends_while_it_waits_for_its_turn_never_has_it_and_is_closed_once(Over over)
    {
        int opened = 0;
        var sessions = new List<Costly>();
        await using var server = TransportUnderTest.Start(over, connection =>
        {
            connection.Protocol = new Silent(connection);
            sessions.Add(new Costly(() => opened++));
            connection.UseSession(sessions[^1]);
        });
        using var held = new HeldLoop(server.Loop);
        Task<ReadOnlyMemory<byte>> exchange = MemoryConnection.ExchangeAsync(server.Loop, "hello"u8.ToArray(), default);
        Assert.True(server.Loop.ForEachConnection(static connection => connection.Abort()));
        held.Release();

        await Assert.ThrowsAsync<IOException>(() => exchange.WaitAsync(TimeSpan.FromMinutes(1)));
        Assert.Equal(0, await server.OnLoop(() => opened));
        Assert.Equal(1, await server.OnLoop(() => Assert.Single(sessions).ClosedCount));
        Assert.Empty(server.Faults);
    }

    private static void Answer(Connection connection) => connection.Loop.Output.Write("."u8);

    private sealed class Silent(Connection connection) : TestProtocol(connection);

    private sealed class Costly(Action open) : Session
    {
        private bool _isOpened;

        public int ClosedCount { get; private set; }

        public override int Room => 1_000;

        public override bool IsCostly(ReadOnlySpan<byte> wire) => !_isOpened;

        public override SessionStatus Open(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written)
        {
            if (!_isOpened) open();
            _isOpened = true;
            (used, written) = (wire.Length, 0);
            return SessionStatus.Going;
        }

        public override SessionStatus Seal(ReadOnlySpan<byte> plain, Span<byte> wire, out int used, out int written)
        {
            used = written = Math.Min(plain.Length, wire.Length);
            plain[..used].CopyTo(wire);
            return SessionStatus.Going;
        }

        public override int Speak(Span<byte> wire) => 0;

        public override void SayFarewell() { }

        public override void Closed() => ClosedCount++;
    }
}
