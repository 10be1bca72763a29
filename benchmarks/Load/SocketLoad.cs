namespace Prebake.Benchmarks.Load;

/// <summary>What a WebSocket scenario measures.</summary>
internal enum SocketFigure
{
    /// <summary>CPU time of the server per message that comes back, or that is delivered.</summary>
    Cpu,

    /// <summary>Milliseconds from a message's departure until the last subscriber has it.</summary>
    Delay,

    /// <summary>KiB that the server's memory grows by at most while a message goes to all.</summary>
    Peak,

    /// <summary>KiB of resident memory for each open socket that does nothing.</summary>
    Idle,
}

/// <summary>How a WebSocket scenario is loaded.</summary>
/// <param name="Sockets">How many are open; with a topic, so many subscribers.</param>
/// <param name="Message">What is sent.</param>
internal sealed record SocketLoad(int Sockets, byte[] Message)
{
    public SocketFigure Figure { get; init; }

    /// <summary>Opcode of the message: 1 for text, 2 for binary.</summary>
    public int Opcode { get; init; } = 1;

    /// <summary>One further socket publishes, and those subscribe.</summary>
    public bool IsTopic { get; init; }

    /// <summary>permessage-deflate is offered, and the messages are compressed both ways.</summary>
    public bool IsCompressed { get; init; }

    public string Unit => Figure switch
    {
        SocketFigure.Cpu when IsTopic => "CPU per delivery, µs",
        SocketFigure.Cpu => "CPU per message, µs",
        SocketFigure.Delay => "until the last has it, ms",
        SocketFigure.Peak => "memory meanwhile, KiB",
        _ => "memory per idle socket, KiB",
    };
}
