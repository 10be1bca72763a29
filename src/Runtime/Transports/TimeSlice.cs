using System.Diagnostics;

namespace Prebake.Transports;

/// <summary>
/// A short time for what comes last in a round: whoever has more to do when it is over leaves that for the next round. What is begun
/// within it goes on to its end.
/// </summary>
internal readonly struct TimeSlice
{
    // 0.05 ms: three departures, or one handshake, which takes longer (with a key on P-256 0.2 ms, with an RSA key of 2,048 bits 1 ms). A round
    // by itself takes microseconds, so who waits for another one does not wait for nothing
    private static readonly long s_shortest = Stopwatch.Frequency / 20_000;

    private readonly long _end;

    private TimeSlice(long begun, long length) => _end = begun + length;

    public bool IsOver => Stopwatch.GetTimestamp() >= _end;

    public static TimeSlice Begin() => new(Stopwatch.GetTimestamp(), s_shortest);

    /// <summary>As long as what came before it has taken, if that is longer: under full load it has half of the time.</summary>
    /// <param name="workBegun">When that began.</param>
    public static TimeSlice BeginAfter(long workBegun)
    {
        long now = Stopwatch.GetTimestamp();
        return new(now, Math.Max(s_shortest, now - workBegun));
    }
}
