using System.Diagnostics;
using Prebake.Transports.Linux.Uring;

namespace Prebake.Tests.Transports;

/// <summary>When a loop sends at once, because a handler on it is slow.</summary>
public sealed class HasteTests
{
    private static readonly TimeSpan s_long = TimeSpan.FromMilliseconds(5);

    private Haste _haste;

    [Fact]
    public void What_is_queued_leaves_when_a_handler_takes_long_and_from_the_second_time_on_nothing_is_queued()
    {
        if (!OperatingSystem.IsLinux()) return;

        Assert.True(Round(() => Thread.Sleep(s_long)));
        Assert.False(_haste.IsOn);

        Assert.True(Round(() => Thread.Sleep(s_long)));
        Assert.True(_haste.IsOn);

        for (int i = 0; i < 1_000; i++)
        {
            Assert.True(_haste.IsOn);
            _haste.Pass(1);
        }

        Assert.False(_haste.IsOn);
    }

    [Fact]
    public void A_handler_that_computes_for_long_is_slow_too()
    {
        if (!OperatingSystem.IsLinux()) return;

        Assert.True(Round(Compute));
        Assert.True(Round(Compute));
        Assert.True(_haste.IsOn);
    }

    [Fact]
    public void A_handler_that_is_alone_in_its_round_holds_up_nobody()
    {
        if (!OperatingSystem.IsLinux()) return;

        Round(() => Thread.Sleep(s_long), hasMany: false);
        Round(() => Thread.Sleep(s_long), hasMany: false);
        Assert.False(_haste.IsOn);
    }

    private bool Round(Action handler, bool hasMany = true)
    {
        _haste.BeginRound(Stopwatch.GetTimestamp(), hasMany);
        _haste.Pass(2);
        handler();
        return _haste.TakesLong(done: 2);
    }

    // Until the thread itself has used so much, however busy the machine is
    private static void Compute()
    {
        long before = ThreadUse.Now().Nanoseconds;
        var clock = Stopwatch.StartNew();
        while (ThreadUse.Now().Nanoseconds - before < s_long.TotalNanoseconds && clock.Elapsed < TimeSpan.FromSeconds(30))
            Thread.SpinWait(1_000);
    }
}
