using System.Diagnostics;
using System.Text;
using Prebake.Serving;

namespace Prebake.WebSockets;

/// <summary>
/// What is remembered of a socket for the span, the meter and the log; none while nobody wants to know.
/// </summary>
/// <param name="Target">Path and query of the handshake.</param>
/// <param name="Route">The pattern.</param>
/// <param name="Request">The span of the handshake, whose child the socket's is.</param>
internal sealed record SocketRecord(string Target, string Route, ActivityContext Request)
{
    private long _received, _sent, _bytesReceived, _bytesSent;

    public long Started { get; } = Stopwatch.GetTimestamp();

    public Activity? Activity { get; set; }

    /// <summary>The meter has counted it as active, so it must count it out again.</summary>
    public bool IsCounted { get; set; }

    public long Received => Volatile.Read(ref _received);

    public long Sent => Volatile.Read(ref _sent);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public long BytesSent => Volatile.Read(ref _bytesSent);

    /// <summary>Of a request that is observed, or null.</summary>
    public static SocketRecord? Of(ServedExchange exchange) => !exchange.IsObserved ? null : new SocketRecord(
        Encoding.Latin1.GetString(exchange.Head[exchange.Head.Target]),
        exchange.Route < 0 ? "" : exchange.Table.PatternOf(exchange.Route),
        exchange.Activity?.Context ?? default);

    public void CountReceived(int bytes)
    {
        _received++;                    // on the loop only
        _bytesReceived += bytes;
    }

    public void CountSent(int bytes)
    {
        Interlocked.Increment(ref _sent);
        Interlocked.Add(ref _bytesSent, bytes);
    }
}
