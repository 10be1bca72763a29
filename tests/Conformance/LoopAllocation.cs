using Prebake.Transports;

namespace Prebake.Conformance;

/// <summary>What the loops of a server allocate on their own threads.</summary>
internal static class LoopAllocation
{
    /// <summary>
    /// The bytes of the window that allocated least, of this many; no more follow one that has little enough. What a
    /// request or message allocates it allocates each time, so that no window is without it. What happens now and then
    /// is not its own: a cache that fills, a date, a buffer from a pool that others have emptied, optimized code.
    /// </summary>
    public static long LeastOf(Server server, int windows, Action window, long enough = 0)
    {
        long least = long.MaxValue;
        for (int i = 0; i < windows && least > enough; i++)
        {
            long before = Allocated(server);
            window();
            least = Math.Min(least, Allocated(server) - before);
        }

        return least;
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
