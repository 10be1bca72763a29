using Prebake.Lifetime;
using Prebake.Transports.Linux.Uring;

namespace Prebake.Tests.Lifetime;

/// <summary>The queues that an io_uring loop shares with the kernel.</summary>
public sealed class RingTests
{
    [Fact]
    public void Completions_that_do_not_fit_are_kept_and_collected_later()
    {
        using Ring? ring = OperatingSystem.IsLinux() ? Ring.TryCreate(out _) : null;
        if (ring is null) return;           // not on this kernel

        ring.Enable();
        const int Count = 5_000;
        for (ulong i = 0; i < Count; i++)
        {
            if (ring.IsFull) ring.Submit();
            ring.Prepare().Data = i;        // operation 0 is none: it completes at once
        }

        ring.Submit();
        var seen = new HashSet<ulong>();
        while (ring.TryCollect(out UringAbi.Completion completion)) Assert.True(seen.Add(completion.Data));
        Assert.Equal(Count, seen.Count);
        Assert.Equal(ring.Prepared, ring.Submitted);
    }

    [Fact]
    public void A_wait_ends_when_its_time_is_up()
    {
        using Ring? ring = OperatingSystem.IsLinux() ? Ring.TryCreate(out _) : null;
        if (ring is null) return;

        ring.Enable();
        ring.SubmitAndWait(5);
        ring.SubmitAndWait(0);
        Assert.False(ring.TryCollect(out _));
    }

    [Theory]
    [InlineData(null, null)]
    [InlineData("", null)]
    [InlineData("0", false)]
    [InlineData("1", true)]
    public void The_environment_decides_when_the_options_do_not(string? value, bool? expected) => Assert.Equal(expected, TransportChoice.FromEnvironment(value));

    [Theory]
    [InlineData("yes")]
    [InlineData("2")]
    [InlineData(" 1")]
    public void What_is_neither_0_nor_1_is_an_error(string value) =>
        Assert.Contains($"'{value}'", Assert.Throws<ArgumentException>(() => TransportChoice.FromEnvironment(value)).Message);
}
