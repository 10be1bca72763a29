using Prebake.Transports;

namespace Prebake.Conformance.WebSockets;

/// <summary>An echoed message allocates nothing: measured on the loop's own thread, through the real socket.</summary>
public sealed class SocketAllocationTests
{
#if DEBUG
    [Theory(Skip = "Allocation is measured in optimized builds")]
#else
    [Theory]
#endif
    [InlineData("/span", 0x81, 32)]
    [InlineData("/span", 0x82, 32)]
    [InlineData("/span", 0x82, 5000)]
    [InlineData("/span", 0x81, 70_000)]
    public async Task A_message_allocates_nothing_on_its_loop(string path, int first, int length)
    {
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = Servers.StartApp(transport, new SocketApp());
            using SocketClient client = SocketClient.Open(server, path);
            byte[] payload = new byte[length];
            payload.AsSpan().Fill((byte)'a');
            byte[] frame = Frame.Masked(first, payload);

            void Echo(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    client.Send(frame);
                    Assert.Equal(length, client.Receive()!.Payload.Length);
                }
            }

            int rounds = length > 100_000 ? 100 : 1000;
            Echo(200);
            long before = await Allocated(server);
            Echo(rounds);
            long after = await Allocated(server);
            
            // Reading the counter is a post, which may grow a queue segment: far below one object a message
            Assert.InRange(after - before, 0, 2000);
        }
    }

    private static async Task<long> Allocated(Server server)
    {
        long sum = 0;
        foreach (Loop loop in server.Transport.Loops)
        {
            var done = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
            loop.Post(_ => done.SetResult(GC.GetAllocatedBytesForCurrentThread()), null);
            sum += await done.Task;
        }

        return sum;
    }
}
