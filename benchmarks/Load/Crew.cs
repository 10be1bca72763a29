namespace Prebake.Benchmarks.Load;

/// <summary>Threads that do the same until all have ended.</summary>
internal static class Crew
{
    /// <param name="processor">All of them run there.</param>
    /// <param name="yields">They run only while nobody else wants to.</param>
    /// <exception cref="InvalidOperationException">One has failed.</exception>
    public static void Run(int count, int processor, Action work, bool yields = false) => Start(count, processor, work, yields)();

    /// <summary>The same in the background; what it returns waits for the end.</summary>
    public static Action Start(int count, int processor, Action work, bool yields = false)
    {
        Exception? error = null;
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(() =>
        {
            try
            {
                Processor.Pin(processor);
                if (yields) Processor.Yield();
                work();
            }
            catch (Exception e)
            {
                error = e;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();

        return () =>
        {
            foreach (var thread in threads) thread.Join();
            if (error is not null) throw new InvalidOperationException(error.Message, error);
        };
    }
}
