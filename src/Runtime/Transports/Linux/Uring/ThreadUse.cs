using static Prebake.Transports.Linux.LibC;

namespace Prebake.Transports.Linux.Uring;

/// <summary>What the calling thread has used of the processor, and how often it has given it up. Two system calls.</summary>
/// <param name="Nanoseconds">Of processor time.</param>
/// <param name="Sleeps">How often it waited for something: a lock, a file, a time. Being preempted does not count.</param>
internal readonly record struct ThreadUse(long Nanoseconds, nint Sleeps)
{
    public static unsafe ThreadUse Now()
    {
        TimeSpec time = default;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);

        // struct rusage: two times of two words each, then 14 counts; musl keeps 16 words behind them
        nint* use = stackalloc nint[4 + 14 + 16];
        const int VoluntarySwitches = 4 + 12;
        use[VoluntarySwitches] = 0;
        getrusage(RUSAGE_THREAD, use);

        return new ThreadUse(time.Seconds * 1_000_000_000L + time.Nanoseconds, use[VoluntarySwitches]);
    }
}
