using System.Diagnostics;

namespace Prebake.Transports.Linux.Uring;

/// <summary>
/// Whether a loop sends at once instead of with its next wait: a finished response must not wait for a slow handler behind it. The clock is
/// looked at after so many completions; when they have taken long, what is written in the next thousand is sent at once, as if there
/// were no queue.
/// </summary>
internal struct Haste
{
    private const int CompletionsPerLook = 4, Distrust = 1_000;
    private static readonly long s_slow = Stopwatch.Frequency / 5_000;           // 200 µs

    private long _lookedAt;
    private int _distrust;

    /// <summary>What is written is to be sent now.</summary>
    public readonly bool IsOn => _distrust > 0;

    public void BeginRound() => _lookedAt = Stopwatch.GetTimestamp();

    /// <summary>So many completions are to be handled.</summary>
    public void Pass(int completions)
    {
        if (_distrust > 0) _distrust -= Math.Max(completions, 1);
    }

    /// <summary>It is time to look at the clock, in front of this completion of a round.</summary>
    public static bool IsDue(int completion) => completion % CompletionsPerLook == 0;

    /// <summary>Looks at the clock. True: it took long, and what is queued is to be sent.</summary>
    public bool TakesLong()
    {
        long now = Stopwatch.GetTimestamp();
        bool slow = now - _lookedAt > s_slow;
        if (slow) _distrust = Distrust;
        _lookedAt = now;
        return slow;
    }
}
