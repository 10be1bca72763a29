namespace Prebake.Benchmarks.Load;

/// <summary>What a scenario of TLS connections, rather than of requests on them, measures.</summary>
internal enum HandshakeFigure
{
    /// <summary>CPU time of the server for a connection that shakes hands, asks once and closes.</summary>
    Cpu,

    /// <summary>KiB of resident memory for each connection that has asked once and stays.</summary>
    Idle,

    /// <summary>The 99th percentile of the time that requests on open connections take, in microseconds.</summary>
    Delay,
}

/// <summary>What strangers do meanwhile.</summary>
internal enum Strangers
{
    None,

    /// <summary>2,000 of them send their hello and nothing more.</summary>
    Stall,

    /// <summary>64 at a time send their hello, wait for the server's answer, and come again.</summary>
    Flood,
}

/// <summary>How a scenario of TLS connections is loaded.</summary>
internal sealed record HandshakeLoad(HandshakeFigure Figure)
{
    /// <summary>Each connection brings the ticket of one before it.</summary>
    public bool IsResumed { get; init; }

    /// <summary>How many stay open at a time.</summary>
    public int Connections { get; init; } = 16;

    public Strangers Strangers { get; init; }

    /// <summary>What is measured where that is not CPU time.</summary>
    public string? Unit => Figure switch
    {
        HandshakeFigure.Idle => "memory per idle connection, KiB",
        HandshakeFigure.Delay => "p99 of requests, µs",
        _ => null,
    };
}
