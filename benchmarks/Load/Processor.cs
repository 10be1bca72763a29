using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load;

/// <summary>Which processor a thread of this program runs on.</summary>
internal static partial class Processor
{
    /// <summary>The calling thread stays on this one.</summary>
    public static unsafe void Pin(int number)
    {
        var mask = 1UL << number;
        _ = sched_setaffinity(0, sizeof(ulong), &mask);
    }

    /// <summary>The calling thread runs only while no other wants to.</summary>
    public static unsafe void Yield()
    {
        const int Idle = 5;         // SCHED_IDLE
        var priority = 0;
        _ = sched_setscheduler(0, Idle, &priority);
    }

    [LibraryImport("libc")]
    private static unsafe partial int sched_setscheduler(int thread, int policy, int* priority);

    [LibraryImport("libc")]
    private static unsafe partial int sched_setaffinity(int thread, nuint size, ulong* mask);
}
