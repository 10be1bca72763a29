using Prebake.Transports;

namespace Prebake.Conformance;

/// <summary>Static and string handlers allocate nothing: measured on the loop's own thread, through the real socket.</summary>
public sealed class AllocationTests
{
    private const int Window = 500, MostWindows = 40;

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

            // What a request allocates it allocates each time, so that no window is without it. What happens now and
            // then is not its own: a cache that fills, a date, code that is optimized
            long least = long.MaxValue;
            for (int window = 0; window < MostWindows && least > 0; window++)
            {
                long before = Allocated(server);
                Ask(Window);
                least = Math.Min(least, Allocated(server) - before);
            }

            Assert.True(least == 0, $"{transport}: at least {least} bytes in each of {MostWindows} times {Window} requests");
            Assert.True(length >= 0);
        }
    }

    // Noted in objects that are there already. Completing a task here would hand its continuation to the thread pool, whose
    // queue grows on the thread that adds to it: by 4 and 8 KiB and more where the machine is so busy that the pool lags
    private static long Allocated(Server server)
    {
        Reading[] readings = [.. server.Transport.Loops.Select(_ => new Reading())];
        for (int i = 0; i < readings.Length; i++) Assert.True(server.Transport.Loops[i].Post(Reading.Take, readings[i]));
        return readings.Sum(reading => reading.Wait());
    }

    private sealed class Reading
    {
        public static readonly Action<object?> Take = static reading => ((Reading)reading!).Note();

        private readonly ManualResetEventSlim _noted = new();
        private long _bytes;

        public long Wait()
        {
            Assert.True(_noted.Wait(TimeSpan.FromMinutes(1)), "The loop does not answer");
            return _bytes;
        }

        private void Note()
        {
            _bytes = GC.GetAllocatedBytesForCurrentThread();
            _noted.Set();
        }
    }
}
