using Prebake.Transports;

namespace Prebake.Conformance;

/// <summary>Static and string handlers allocate nothing: measured on the loop's own thread, through the real socket.</summary>
public sealed class AllocationTests
{
    // Unoptimized code allocates closures that optimized code does not
#if DEBUG
    [Theory(Skip = "Allocation is measured in optimized builds")]
#else
    [Theory]
#endif
    [InlineData("/static")]
    [InlineData("/started")]
    [InlineData("/old")]
    [InlineData("/text")]
    [InlineData("/span")]
    [InlineData("/nowhere")]
    [InlineData("/nothing")]
    public async Task A_request_allocates_nothing_on_its_loop(string path)
    {
        foreach (Over transport in Servers.Transports.Where(transport => transport is not Over.Sockets))
        {
            await using Server server = Servers.Start(transport);
            using var client = new RawClient(server);
            byte[] raw = System.Text.Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: a\r\nAccept: */*\r\n\r\n");
            int length = client.Send(raw).Receive()!.Body.Length;

            void Ask(int times)
            {
                for (int i = 0; i < times; i++)
                {
                    client.Send(raw);
                    client.Receive();
                }
            }

            // Tiered compilation allocates nothing on this thread, but caches fill
            Ask(200);
            long before = await Allocated(server);
            Ask(1000);
            long after = await Allocated(server);

            // Reading the counter is a post, which may grow a queue segment: far below one object a request
            Assert.InRange(after - before, 0, 2000);
            Assert.True(length >= 0);
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
