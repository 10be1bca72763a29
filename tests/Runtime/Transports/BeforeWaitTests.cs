using System.Net.Sockets;
using Prebake.Transports;

namespace Prebake.Tests.Transports;

/// <summary>What runs before a loop waits runs in the same round, whoever asks for it.</summary>
public sealed class BeforeWaitTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_deadline_and_what_runs_last_may_ask_for_it_and_the_loop_does_not_sleep_over_it(Over over)
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = TransportUnderTest.Start(over, connection => new AsksLate(connection, ran));
        using Socket client = server.Connect();
        client.SendAll("x"u8);

        // Nothing else wakes the loop
        await ran.Task.WaitAsync(TimeSpan.FromMinutes(1));
        Assert.Empty(server.Faults);
    }

    private sealed class AsksLate(Connection connection, TaskCompletionSource ran) : TestProtocol(connection)
    {
        private Loop Loop => Connection.Loop;

        public override int Receive(byte[] buffer, int offset, int length)
        {
            Loop.SetDeadline(Connection, Loop.Now + 20);
            return length;
        }

        public override void TimedOut()
        {
            Connection.Deadline = long.MaxValue;
            Loop.RunBeforeWait(static state => ((AsksLate)state!).AskAgain(), this);
        }

        private void AskAgain() => Loop.RunBeforeWait(static state => ((TaskCompletionSource)state!).SetResult(), ran);
    }
}
