using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// What speaks on a connection that is one too many: 503 before it has asked for anything, and the end.
/// </summary>
internal sealed class TurnedAway : Protocol
{
    private static readonly TurnedAway s_instance = new();

    /// <summary>On the connection's loop, in its turn.</summary>
    public static void Answer(Connection connection)
    {
        connection.Protocol = s_instance;
        connection.Loop.Output.Write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\nRetry-After: 1\r\nConnection: close\r\n\r\n"u8);
        connection.CloseAfterFlush(linger: true);
    }

    /// <summary>The same without a word.</summary>
    public static void Cut(Connection connection)
    {
        connection.Protocol = s_instance;
        connection.Abort();
    }

    public override bool IsIdle => true;
    public override int Receive(byte[] buffer, int offset, int length) => length;
    public override void EndOfInput() { }
    public override void PeerLeft() { }
    public override void OutputBlocked() { }
    public override void OutputDrained() { }
    public override void TimedOut() { }
    public override void Closed() { }
    public override void Drain() { }
}
