using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.RateLimiting;
using Prebake.Policies;

namespace Prebake;

/// <summary>How permits come back.</summary>
public enum RateLimitAlgorithm : byte
{
    /// <summary>Evenly over the window: after a burst of all of them, one at a time. The default.</summary>
    TokenBucket,

    /// <summary>All at once when the window has passed.</summary>
    FixedWindow,
}

/// <summary>
/// How often a client may ask: a limit for each key, which is the client's address unless you say otherwise. Beyond it
/// the answer is 429 with <c>Retry-After</c> and the fields of draft-ietf-httpapi-ratelimit-headers. Over
/// System.Threading.RateLimiting. For <see cref="UseAttribute"/>; all members may be used from any thread.
/// </summary>
/// <example><code>
/// partial class Logins
/// {
///     [Use] readonly RateLimit _limit = new() { Permits = 5, Window = TimeSpan.FromMinutes(1), Name = "logins" };
/// }
/// </code></example>
public sealed class RateLimit : IDisposable
{
    private const string Unknown = "unknown";

    private readonly Lock _making = new();
    private LimiterTable? _table;

    /// <summary>How many requests a key has in a window, at least 1.</summary>
    public required int Permits
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(Permits), "It must be >= 1", value);
    }

    /// <summary>The window, 1 ms to 24 days.</summary>
    public required TimeSpan Window
    {
        get;
        init => field = value >= TimeSpan.FromMilliseconds(1) && value <= TimeSpan.FromDays(24)
            ? value
            : throw OutOfRange(nameof(Window), "It must be >= 1 ms and <= 24 days", value);
    }

    /// <summary>How permits come back. Default: evenly.</summary>
    public RateLimitAlgorithm Algorithm { get; init; }

    /// <summary>
    /// Whose limit a request counts against; null for a request without a limit. Default: the address of <see
    /// cref="Request.Client"/>, of IPv6 the first 64 bits, since whoever has one address there has all of these.
    /// </summary>
    /// <example><code>Key = request => request.Headers["X-Api-Key"]</code></example>
    public Func<Request, string?> Key
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            field = value;
        }
    } = static request => KeyOf(request.Client.Address);

    /// <summary>
    /// How many keys are remembered, at least 1; default 100,000. When there are as many, the oldest whose permits are
    /// all back is forgotten; if there is none, further keys share one limit, so that nobody gets around it by being
    /// many.
    /// </summary>
    public int MaxKeys
    {
        get;
        init => field = value >= 1 ? value : throw OutOfRange(nameof(MaxKeys), "It must be >= 1", value);
    } = 100_000;

    /// <summary>The limit's name in the fields; letters, digits and <c>-_.</c>. Default <c>default</c>.</summary>
    public string Name
    {
        get;
        init
        {
            ArgumentNullException.ThrowIfNull(value);
            bool isName = value.Length > 0 && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
            if (!isName)
                throw new ArgumentException(
                    $"'{value}' is not a name of a limit; use letters, digits and -_. only.", nameof(Name));
            field = value;
        }
    } = "default";

    /// <summary>Takes a permit: null for a request that may go on, else 429.</summary>
    [Before]
    public HttpException? Check(Request request)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (Key(request) is not { } key) return null;

        (bool isAllowed, long remaining, TimeSpan? retryAfter) = Table.Take(key);
        return isAllowed ? null : Refusal(remaining, retryAfter ?? Window);
    }

    /// <summary>
    /// Says in these fields how much of its limit a client has left, as a refusal does, without taking anything of it:
    /// <c>RateLimit-Policy</c> and <c>RateLimit</c> of draft-ietf-httpapi-ratelimit-headers. For an
    /// <see cref="AfterAttribute"/> method. Nothing for a request without a limit.
    /// </summary>
    /// <example><code>
    /// [After] void Tell(Request request, Response response) =&gt; _limit.WriteFields(request, response.Headers);
    /// </code></example>
    public void WriteFields(Request request, Headers headers)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(headers);
        if (Key(request) is not { } key || headers.Contains("RateLimit")) return;

        headers["RateLimit-Policy"] = PolicyField;
        headers["RateLimit"] = $"\"{Name}\";r={Table.Remaining(key) ?? Permits}";
    }

    /// <summary>Gives the memory back. Requests that come later throw.</summary>
    public void Dispose()
    {
        lock (_making) _table?.Dispose();
    }

    /// <summary>The default key of an address.</summary>
    internal static string KeyOf(IPAddress? address)
    {
        if (address is null) return Unknown;
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        if (address.AddressFamily is not AddressFamily.InterNetworkV6) return address.ToString();

        byte[] bytes = address.GetAddressBytes();
        bytes.AsSpan(8).Clear();
        return new IPAddress(bytes).ToString();
    }

    private LimiterTable Table
    {
        get
        {
            if (Volatile.Read(ref _table) is { } table) return table;
            lock (_making) return _table ??= new LimiterTable(MakeLimiter, MaxKeys);
        }
    }

    // Permits come back when somebody asks for one: no timers
    private ReplenishingRateLimiter MakeLimiter() => Algorithm is RateLimitAlgorithm.FixedWindow
        ? new FixedWindowRateLimiter(new FixedWindowRateLimiterOptions
        {
            PermitLimit = Permits, Window = Window, AutoReplenishment = false, QueueLimit = 0,
        })
        : new TokenBucketRateLimiter(new TokenBucketRateLimiterOptions
        {
            TokenLimit = Permits, TokensPerPeriod = Step.Permits, ReplenishmentPeriod = Step.Time,
            AutoReplenishment = false, QueueLimit = 0,
        });

    // One permit at a time, so that Retry-After says when the next one comes; but no step is shorter than a millisecond
    private (int Permits, TimeSpan Time) Step =>
        Window / Permits >= TimeSpan.FromMilliseconds(1)
            ? (1, Window / Permits)
            : ((int)Math.Round(Permits / Window.TotalMilliseconds), TimeSpan.FromMilliseconds(1));

    private string PolicyField => $"\"{Name}\";q={Permits};w={Math.Max(1, (long)Math.Ceiling(Window.TotalSeconds))}";

    private HttpException Refusal(long remaining, TimeSpan retryAfter)
    {
        // Never sooner than a permit is there
        long seconds = Math.Max(1, (long)Math.Ceiling(retryAfter.TotalSeconds));
        var refusal = new HttpException(429, "Too many requests: try again later.");
        refusal.Headers["Retry-After"] = seconds.ToString(CultureInfo.InvariantCulture);
        refusal.Headers["RateLimit-Policy"] = PolicyField;
        refusal.Headers["RateLimit"] = $"\"{Name}\";r={remaining};t={seconds}";
        return refusal;
    }

    private static ArgumentOutOfRangeException OutOfRange(string name, string allowed, object value) =>
        new(name, $"The value of \"RateLimit.{name}\" is out of range. {allowed}. Received {value}");
}
