using System.Net;
using Prebake.Development;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

/// <summary>What serving needs of the server's options, whatever the protocol.</summary>
internal sealed record ServingSettings
{
    /// <summary>Stands for "no limit": far beyond any uptime, yet it can be added to a clock.</summary>
    private const long Unlimited = long.MaxValue / 4;

    public string Scheme { get; init; } = "http";
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan HeadTimeout { get; init; } = TimeSpan.FromSeconds(10);
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(15);
    public long MaxRequestBodySize { get; init; } = 128 << 20;

    /// <summary>In bytes a second; 0 for none.</summary>
    public int MinRequestBodyRate { get; init; } = 240;
    public int MinResponseRate { get; init; } = 240;

    /// <summary>What all WebSockets together may hold, in bytes.</summary>
    public long MaxWebSocketMemory { get; init; } = 256 << 20;
    public bool Development { get; init; }

    /// <summary>In development: names handlers that hold their loop, or null.</summary>
    public LoopWatch? Watch { get; init; }

    /// <summary>Told of every exception that nobody expected, whoever answers it, of the request, and of its id where it was one's.</summary>
    public Action<Exception, string, string?> LogError { get; init; } = static (_, _, _) => { };

    /// <summary>Knows the client behind trusted proxies; null where none are trusted.</summary>
    public ClientResolver? Clients { get; init; }

    /// <summary>
    /// In tests: told of an exception that the framework answers, since no <c>[Error]</c> method does, before the client
    /// can see it; and where the client is.
    /// </summary>
    public Action<Exception, IPEndPoint?>? Unanswered { get; init; }

    /// <summary>In tests: what stands in the place of providers.</summary>
    public ProviderOverrides? Overrides { get; init; }

    public long IdleMilliseconds => Milliseconds(IdleTimeout);
    public long HeartbeatMilliseconds => Milliseconds(HeartbeatInterval);
    public long HeadMilliseconds => Milliseconds(HeadTimeout);

    /// <summary>Logs; a logger that throws is not the request's trouble.</summary>
    public void Report(Exception error, string request, string? requestId = null)
    {
        try
        {
            LogError(error, request, requestId);
        }
        catch (Exception)
        {
            // There is nobody left to tell
        }
    }

    /// <summary>A time-out in the loop's unit, at least 1.</summary>
    public static long Milliseconds(TimeSpan timeout) =>
        timeout == Timeout.InfiniteTimeSpan ? Unlimited : Math.Clamp((long)timeout.TotalMilliseconds, 1, Unlimited);

    /// <summary>The reverse.</summary>
    public static TimeSpan TimeOf(long milliseconds) => milliseconds >= Unlimited ? Timeout.InfiniteTimeSpan : TimeSpan.FromMilliseconds(milliseconds);
}
