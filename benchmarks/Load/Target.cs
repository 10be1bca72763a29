namespace Prebake.Benchmarks.Load;

/// <summary>What we want to reach: at most so much of a peer's CPU time per request.</summary>
internal sealed record Target(string Scenario, string Peer, double AtMost)
{
    public static readonly Target[] All =
    [
        new("static", "bun", 0.95), new("static", "epoll", 1.10),
        new("pipelined", "bun", 0.80),
        new("fetch", "bun", 0.85), new("fetch", "aspnet", 0.55),
        new("parameter", "bun", 0.85), new("parameter", "aspnet", 0.55),
        new("json", "bun", 0.85), new("json", "aspnet", 0.55),
        new("echo", "bun", 0.75),
        new("awaiting", "aspnet", 0.70),
        new("service", "aspnet", 0.50),
        new("conduit", "aspnet", 0.90), new("conduit-tags", "aspnet", 0.90),
        new("browser", "bun", 1.00),
        new("large", "bun", 1.00),
        new("events", "aspnet", 0.70),
        new("tls-handshake", "nginx", 1.00), new("tls-resume", "nginx", 1.00),
        new("tls", "bun", 1.00), new("tls", "aspnet", 0.50), new("tls-pipelined", "bun", 0.90), new("tls-large", "bun", 1.00), new("tls-disk", "bun", 1.00),
        new("ws-echo", "bun", 0.88), new("ws-echo", "aspnet", 0.45),
        new("ws-pipelined", "bun", 0.80),
        new("ws-chat", "bun", 0.90),
        new("ws-all", "bun", 1.00),
        new("ws-1m", "bun", 1.00), new("ws-16m", "bun", 1.00),
        new("ws-deflate", "bun", 1.00),
        new("disk", "bun", 1.00), new("disk", "nginx", 0.40),
    ];

    /// <summary>Choosing a coding may cost so much more than sending the same bytes without a choice.</summary>
    public const double Coded = 1.05;

    /// <summary>So many microseconds may provider, guard, [Before] and validation cost.</summary>
    public const double ServiceMicroseconds = 0.3;

    /// <summary>A message to 10,000 subscribers may take so much memory for a moment, and an idle WebSocket always.</summary>
    public const double MebibytesForAll = 4, KibibytesPerSocket = 1.5;

    /// <summary>An idle TLS connection may take so much memory, and requests so many times as long while strangers begin handshakes.</summary>
    public const double KibibytesPerTlsConnection = 16, Strangers = 2;

    /// <summary>Limits of samples/Hello; a megabyte is a million bytes.</summary>
    public const double BinaryMegabytes = 3.5, StartMilliseconds = 8, MemoryMegabytes = 8;
}
