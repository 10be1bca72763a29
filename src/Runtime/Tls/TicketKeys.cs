namespace Prebake.Tls;

/// <summary>
/// The keys of a server's tickets, which all loops share. Made here, one seals for a period and is accepted for another, so that whoever
/// comes back within one resumes; or they are given (<see cref="Use"/>), and whoever gives them replaces them. From any thread.
/// </summary>
/// <param name="random">Fills a new key.</param>
/// <param name="clock">Milliseconds that never go back.</param>
internal sealed class TicketKeys(Action<byte[]> random, Func<long> clock)
{
    /// <summary>How long a key seals, and how long it is accepted afterwards.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(12);

    /// <summary>The first key seals; all are accepted.</summary>
    private sealed record Generation(TicketKey[] Keys, long Until);

    private readonly Lock _replacing = new();
    private volatile Generation? _generation;

    /// <summary>Seals new tickets.</summary>
    public TicketKey Present => Now().Keys[0];

    /// <summary>The key with this name, if it is still accepted.</summary>
    public TicketKey? Find(ReadOnlySpan<byte> name)
    {
        foreach (TicketKey key in Now().Keys)
            if (key.Name.SequenceEqual(name)) return key;
        return null;
    }

    /// <summary>From here on these, until others are given: they are the same on several machines.</summary>
    public void Use(TicketKey[] keys)
    {
        lock (_replacing) _generation = new Generation(keys, long.MaxValue);
    }

    private Generation Now()
    {
        long now = clock();
        return _generation is { } generation && now < generation.Until ? generation : Replace(now);
    }

    private Generation Replace(long now)
    {
        lock (_replacing)
        {
            if (_generation is { } current && now < current.Until) return current;

            // Nobody may have come for longer than a whole period: then what was the present one is too old as well
            long period = (long)Period.TotalMilliseconds;
            TicketKey[] former = _generation is { } last && now - last.Until < period ? [last.Keys[0]] : [];
            return _generation = new Generation([Make(), .. former], now + period);
        }
    }

    private TicketKey Make()
    {
        var bytes = new byte[TicketKey.Size];
        random(bytes);
        return new TicketKey(bytes);
    }
}
