namespace Prebake.Tls;

/// <summary>One key that tickets are sealed with.</summary>
internal sealed class TicketKey
{
    public const int NameSize = 16, EncryptionSize = 32, AuthenticationSize = 32;

    /// <summary>The size of <see cref="TicketKey(byte[])"/>'s bytes, as of OpenSSL's and nginx's key files.</summary>
    public const int Size = NameSize + EncryptionSize + AuthenticationSize;

    private readonly byte[] _bytes;

    public TicketKey(byte[] bytes) => _bytes = bytes;

    /// <summary>In front of a ticket, in plain.</summary>
    public ReadOnlySpan<byte> Name => _bytes.AsSpan(0, NameSize);

    public ReadOnlySpan<byte> Authentication => _bytes.AsSpan(NameSize, AuthenticationSize);

    public ReadOnlySpan<byte> Encryption => _bytes.AsSpan(NameSize + AuthenticationSize, EncryptionSize);
}

/// <summary>
/// The keys of a server's tickets, which all loops share: one that seals, and one that is accepted for another period, so that
/// whoever comes back within one resumes. From any thread.
/// </summary>
/// <param name="random">Fills a new key.</param>
/// <param name="clock">Milliseconds that never go back.</param>
internal sealed class TicketKeys(Action<byte[]> random, Func<long> clock)
{
    /// <summary>How long a key seals, and how long it is accepted afterwards.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromHours(12);

    private sealed record Generation(TicketKey Present, TicketKey? Former, long Until);

    private readonly Lock _replacing = new();
    private volatile Generation? _generation;

    /// <summary>Seals new tickets.</summary>
    public TicketKey Present => Now().Present;

    /// <summary>The key with this name, if it is still accepted.</summary>
    public TicketKey? Find(ReadOnlySpan<byte> name)
    {
        Generation now = Now();
        if (now.Present.Name.SequenceEqual(name)) return now.Present;
        return now.Former is { } former && former.Name.SequenceEqual(name) ? former : null;
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
            TicketKey? former = _generation is { } last && now - last.Until < period ? last.Present : null;
            return _generation = new Generation(Make(), former, now + period);
        }
    }

    private TicketKey Make()
    {
        var bytes = new byte[TicketKey.Size];
        random(bytes);
        return new TicketKey(bytes);
    }
}
