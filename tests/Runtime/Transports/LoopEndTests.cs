using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake.Tests.Transports;

/// <summary>A loop that has ended says so: nothing that it has taken is forgotten, and it takes nothing more.</summary>
public sealed class LoopEndTests
{
    public static TheoryData<Over> Transports => new(TransportUnderTest.Kinds);

    [Theory, MemberData(nameof(Transports))]
    public async Task What_a_loop_has_taken_it_runs_even_if_it_ends_at_that_moment(Over over)
    {
        for (int round = 0; round < 20; round++)
        {
            TransportUnderTest server = TransportUnderTest.Start(over, connection => new Answers(connection));
            Loop loop = server.Loop;
            int accepted = 0, run = 0;
            using var go = new Barrier(4);

            Task[] posters = [.. Enumerable.Range(0, 3).Select(_ => Task.Run(() =>
            {
                go.SignalAndWait();
                while (loop.Post(_ => Volatile.Write(ref run, run + 1), null))
                {
                    // Three threads post faster than one runs: no queue of millions on a busy machine
                    int ahead = Interlocked.Increment(ref accepted) - Volatile.Read(ref run);
                    while (ahead > 1000 && !loop.HasEnded && Volatile.Read(ref accepted) - Volatile.Read(ref run) > 500) Thread.Sleep(0);
                }
            }))];
            go.SignalAndWait();
            await server.DisposeAsync();
            await Task.WhenAll(posters).WaitAsync(TimeSpan.FromMinutes(1));

            Assert.False(loop.Post(_ => run++, null));
            Assert.False(loop.ForEachConnection(_ => { }));
            Assert.Equal(accepted, run);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_without_a_socket_beside_a_stop_completes_or_says_that_the_server_has_stopped(Over over)
    {
        for (int round = 0; round < 60; round++)
        {
            TransportUnderTest server = TransportUnderTest.Start(over, connection => new Answers(connection));
            Loop loop = server.Loop;
            Task<ReadOnlyMemory<byte>>[] asked = [];
            Task asking = Task.Run(() => asked = [.. Enumerable.Range(0, 40).Select(_ => MemoryConnection.ExchangeAsync(loop, "ask"u8.ToArray(), default))]);
            await server.DisposeAsync();
            await asking;

            foreach (Task<ReadOnlyMemory<byte>> one in asked)
            {
                try { Assert.Equal("answer"u8.ToArray(), (await one.WaitAsync(TimeSpan.FromMinutes(1))).ToArray()); }
                catch (Exception e) when (e is ObjectDisposedException or IOException) { }
            }

            await Assert.ThrowsAsync<ObjectDisposedException>(() => MemoryConnection.ExchangeAsync(loop, "ask"u8.ToArray(), default));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_token_that_outlives_the_call_does_not_keep_the_connection(Over over)
    {
        using var stop = new CancellationTokenSource();
        WeakReference response;
        await using (var server = TransportUnderTest.Start(over, connection => new Answers(connection)))
        {
            response = await Ask(server.Loop, stop.Token);
        }

        await Eventually.Until(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !response.IsAlive;
        }, "the token keeps the response");
        GC.KeepAlive(stop);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stop_before_the_other_loops_run_is_a_stop(Over over)
    {
        var address = new ListenAddress(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        Transport transport = over is Over.Sockets
            ? new Prebake.Transports.Sockets.SocketTransport([address], 3, connection => connection.Protocol = new Answers(connection))
            : new Prebake.Transports.Linux.LinuxTransport([address], 3, connection => connection.Protocol = new Answers(connection), over is Over.IoUring);
        transport.Start();
        transport.StopListening();
        await transport.Unlistened.WaitAsync(TimeSpan.FromMinutes(1));
        await transport.StopAsync().WaitAsync(TimeSpan.FromMinutes(1));
    }

    private static async Task<WeakReference> Ask(Loop loop, CancellationToken token)
    {
        ReadOnlyMemory<byte> response = await MemoryConnection.ExchangeAsync(loop, "ask"u8.ToArray(), token);
        Assert.Equal("answer"u8, response.Span);
        Assert.True(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(response, out ArraySegment<byte> array));
        return new WeakReference(array.Array);
    }

    private sealed class Answers(Connection connection) : TestProtocol(connection)
    {
        public override int Receive(byte[] buffer, int offset, int length)
        {
            Output.Write("answer"u8);
            Connection.CloseAfterFlush(linger: false);
            return length;
        }
    }
}
