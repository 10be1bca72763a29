using System.Diagnostics;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// Whether a loop sends at once instead of with its next wait: a finished response must not wait for a slow handler
/// behind it. The clock is looked at after so many completions; when they have taken long, what is queued leaves. If
/// that comes of what ran here, and not of other threads that took the processor meanwhile, what is written in the next
/// thousand is sent at once, too, as if there were no queue.
/// </summary>
/// <remarks>
/// Measured with handlers that await, whose continuations share the processor: 1.2 µs of 22 for a request, which were
/// lost while each preemption was taken for a slow handler.
/// </remarks>
internal struct Haste
{
    private const int CompletionsPerLook = 4, Memory = 1_000;
    private const long Slow = 200_000, SlowOnAverage = Slow / CompletionsPerLook;        // nanoseconds

    private static readonly long s_slow = Stopwatch.Frequency / (1_000_000_000 / Slow);

    private long _lookedAt;
    private int _distrust;
    private int _suspicion;                     // it took long lately: from now on it is known whose time that is
    private bool _isMeasured;
    private ThreadUse _before;

    /// <summary>What is written is to be sent now.</summary>
    public readonly bool IsOn => _distrust > 0;

    /// <param name="now">On the clock of <see cref="Stopwatch"/>.</param>
    /// <param name="hasMany">Something could wait for something else in this round.</param>
    public void BeginRound(long now, bool hasMany)
    {
        _lookedAt = now;
        _isMeasured = _suspicion > 0 && hasMany;
        if (_isMeasured) _before = ThreadUse.Now();
    }

    /// <summary>So many completions are to be handled.</summary>
    public void Pass(int completions)
    {
        if (_distrust > 0) _distrust -= Math.Max(completions, 1);
        if (_suspicion > 0) _suspicion -= Math.Max(completions, 1);
    }

    /// <summary>It is time to look at the clock, in front of this completion of a round.</summary>
    public static bool IsDue(int completion) => completion % CompletionsPerLook == 0;

    /// <summary>Looks at the clock. True: it took long, and what is queued is to be sent.</summary>
    /// <param name="done">How much has been done in this round.</param>
    public bool TakesLong(int done)
    {
        long now = Stopwatch.GetTimestamp();
        bool slow = now - _lookedAt > s_slow;
        if (slow) Judge(done);
        _lookedAt = now;
        return slow;
    }

    private void Judge(int done)
    {
        if (_isMeasured)
        {
            ThreadUse use = ThreadUse.Now();
            long most = Math.Max(done, CompletionsPerLook) * SlowOnAverage;
            if (use.Sleeps != _before.Sleeps || use.Nanoseconds - _before.Nanoseconds > most) _distrust = Memory;
        }

        _suspicion = Memory;
    }
}
