using System.Threading.RateLimiting;

namespace Prebake;

/// <summary>
/// How many requests may be at work at once below a class, and how many may wait for their turn; further ones are
/// answered 503 with <c>Retry-After</c>. For <see cref="UseAttribute"/>. A request counts from its head on, also while a
/// body that its handler binds is still on its way; a streamed response counts until its body begins.
/// </summary>
/// <example><code>
/// partial class Reports
/// {
///     [Use] readonly Concurrency _few = new() { Limit = 4, Waiting = 100 };
/// }
/// </code></example>
public sealed class Concurrency : IDisposable
{
    private readonly Lock _making = new();
    private ConcurrencyLimiter? _limiter;

    /// <summary>How many may be at work at once, at least 1.</summary>
    public required int Limit
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, nameof(Limit));
            field = value;
        }
    }

    /// <summary>How many may wait, the first of them first; default 0.</summary>
    public int Waiting
    {
        get;
        init
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value, nameof(Waiting));
            field = value;
        }
    }

    /// <summary>How long one may wait; default 10 seconds. <see cref="Timeout.InfiniteTimeSpan"/> for any
    /// time.</summary>
    public TimeSpan WaitingTimeout
    {
        get;
        init
        {
            if (value != Timeout.InfiniteTimeSpan && (value <= TimeSpan.Zero || value > TimeSpan.FromDays(24)))
                throw new ArgumentOutOfRangeException(
                    nameof(WaitingTimeout),
                    "The value of \"Concurrency.WaitingTimeout\" is out of range. It must be > 0 and <= 24 days, or "
                        + $"Timeout.InfiniteTimeSpan. Received {value}");
            field = value;
        }
    } = TimeSpan.FromSeconds(10);

    /// <summary>Lets a request in when it is its turn.</summary>
    /// <exception cref="HttpException">503: too many are at work, and too many wait.</exception>
    [Around]
    public async Task<Response> RunAsync(Next next, CancellationToken aborted)
    {
        using RateLimitLease lease = await TakeTurnAsync(aborted).ConfigureAwait(false);
        if (!lease.IsAcquired)
            throw new HttpException(503, "Too many requests are at work: try again later.")
            {
                Headers = { ["Retry-After"] = "1" },
            };

        return await next.RunAsync().ConfigureAwait(false);
    }

    /// <summary>Gives the memory back. Those that wait are refused.</summary>
    public void Dispose()
    {
        lock (_making) _limiter?.Dispose();
    }

    private ConcurrencyLimiter Limiter
    {
        get
        {
            if (Volatile.Read(ref _limiter) is { } limiter) return limiter;
            lock (_making)
                return _limiter ??= new ConcurrencyLimiter(new ConcurrencyLimiterOptions
                {
                    PermitLimit = Limit, QueueLimit = Waiting, QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                });
        }
    }

    private async ValueTask<RateLimitLease> TakeTurnAsync(CancellationToken aborted)
    {
        RateLimitLease now = Limiter.AttemptAcquire();
        if (now.IsAcquired || Waiting == 0) return now;

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        if (WaitingTimeout != Timeout.InfiniteTimeSpan) patience.CancelAfter(WaitingTimeout);
        try
        {
            return await Limiter.AcquireAsync(1, patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            return now;
        }
    }
}
