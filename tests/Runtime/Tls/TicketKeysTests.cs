using System.Security.Cryptography;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>Which key seals, and which are still accepted, as time goes by.</summary>
public sealed class TicketKeysTests
{
    private static readonly long s_period = (long)TicketKeys.Period.TotalMilliseconds;
    private long _now = 1_000_000;

    [Fact]
    public void A_key_seals_for_a_period_and_is_accepted_for_another()
    {
        TicketKeys keys = Make();
        TicketKey first = keys.Present;
        _now += s_period - 1;
        Assert.Same(first, keys.Present);
        Assert.Same(first, keys.Find(first.Name));

        _now += 1;
        TicketKey second = keys.Present;
        Assert.NotSame(first, second);
        Assert.Same(first, keys.Find(first.Name));
        Assert.Same(second, keys.Find(second.Name));

        _now += s_period;
        Assert.NotSame(second, keys.Present);
        Assert.Null(keys.Find(first.Name));
        Assert.Same(second, keys.Find(second.Name));
    }

    [Fact]
    public void A_key_does_not_live_longer_because_nobody_came()
    {
        TicketKeys keys = Make();
        TicketKey first = keys.Present;
        _now += 2 * s_period - 1;
        Assert.Same(first, keys.Find(first.Name));

        TicketKeys other = Make();
        TicketKey old = other.Present;
        _now += 2 * s_period;
        Assert.Null(other.Find(old.Name));
    }

    [Fact]
    public void Keys_that_are_given_stay_until_others_are()
    {
        TicketKeys keys = Make();
        TicketKey[] given = [Random(), Random()];
        keys.Use(given);
        _now += 10 * s_period;
        Assert.Same(given[0], keys.Present);
        Assert.Same(given[1], keys.Find(given[1].Name));

        keys.Use([Random(), given[0]]);
        Assert.Same(given[0], keys.Find(given[0].Name));
        Assert.Null(keys.Find(given[1].Name));
    }

    [Theory]
    [InlineData(80, 1)]
    [InlineData(240, 3)]
    [InlineData(0, 0)]
    [InlineData(79, 0)]
    [InlineData(81, 0)]
    public void A_file_has_whole_keys(int size, int count)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, RandomNumberGenerator.GetBytes(size));
            if (count > 0) Assert.Equal(count, TicketKey.In(path).Length);
            else Assert.Contains($"has {size}", Assert.Throws<CryptographicException>(() => TicketKey.In(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    private TicketKeys Make() => new(bytes => RandomNumberGenerator.Fill(bytes), () => _now);

    private static TicketKey Random() => new(RandomNumberGenerator.GetBytes(TicketKey.Size));
}
