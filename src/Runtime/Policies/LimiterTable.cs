using System.Threading.RateLimiting;

namespace Prebake.Policies;

/// <summary>
/// A limiter for each key, and no more keys than so many. The oldest is forgotten when it has nothing left to say: all
/// its permits are back. From any thread.
/// </summary>
/// <param name="make">Makes a limiter with all its permits.</param>
/// <param name="most">The largest number of keys, at least 1.</param>
internal sealed class LimiterTable(Func<ReplenishingRateLimiter> make, int most) : IDisposable
{
    private sealed record Entry(string Key, ReplenishingRateLimiter Limiter);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LinkedListNode<Entry>> _byKey = new(StringComparer.Ordinal);
    private readonly LinkedList<Entry> _byAge = [];         // who has asked last stands last
    private ReplenishingRateLimiter? _shared;
    private bool _isDisposed;

    /// <summary>How many keys there are. For tests.</summary>
    public int Count { get { lock (_lock) return _byKey.Count; } }

    /// <summary>Takes a permit of a key's: whether there was one, how many are left, and when the next one
    /// comes.</summary>
    public (bool IsAllowed, long Remaining, TimeSpan? RetryAfter) Take(string key)
    {
        // Under the lock, so that no limiter is forgotten while it is asked
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(RateLimit));
            ReplenishingRateLimiter limiter = LimiterOf(key);
            limiter.TryReplenish();
            using RateLimitLease lease = limiter.AttemptAcquire();
            long remaining = limiter.GetStatistics()?.CurrentAvailablePermits ?? 0;
            TimeSpan? retryAfter = lease.TryGetMetadata(MetadataName.RetryAfter, out TimeSpan time) ? time : null;
            return (lease.IsAcquired, remaining, retryAfter);
        }
    }

    /// <summary>How many permits a key has left; null when it is not known, and so has all of them.</summary>
    public long? Remaining(string key)
    {
        lock (_lock)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, typeof(RateLimit));
            ReplenishingRateLimiter? limiter = _byKey.TryGetValue(key, out LinkedListNode<Entry>? node) ? node.Value.Limiter : null;
            if (limiter is null && _byKey.Count >= most) limiter = _shared;
            limiter?.TryReplenish();
            return limiter?.GetStatistics()?.CurrentAvailablePermits;
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _isDisposed = true;
            foreach (Entry entry in _byAge) entry.Limiter.Dispose();
            _shared?.Dispose();
            _byKey.Clear();
            _byAge.Clear();
        }
    }

    private ReplenishingRateLimiter LimiterOf(string key)
    {
        if (_byKey.TryGetValue(key, out LinkedListNode<Entry>? node))
        {
            _byAge.Remove(node);
            _byAge.AddLast(node);
            return node.Value.Limiter;
        }

        if (_byKey.Count >= most && !TryForgetOldest()) return _shared ??= make();

        var entry = new Entry(key, make());
        _byKey[key] = _byAge.AddLast(entry);
        return entry.Limiter;
    }

    private bool TryForgetOldest()
    {
        LinkedListNode<Entry> oldest = _byAge.First!;
        oldest.Value.Limiter.TryReplenish();
        if (oldest.Value.Limiter.IdleDuration is null) return false;

        _byAge.RemoveFirst();
        _byKey.Remove(oldest.Value.Key);
        oldest.Value.Limiter.Dispose();
        return true;
    }
}
