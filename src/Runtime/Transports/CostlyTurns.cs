using System.Diagnostics;

namespace Prebake.Transports;

/// <summary>
/// Keeps what takes the loop long (the hello of a handshake: a signature) to the end of each round, when what others
/// asked for has been answered and has left, and to a short time there. So a request waits for one such turn at most,
/// and not for all that came at once. Who comes later waits for the next rounds, in order.
/// </summary>
internal sealed class CostlyTurns(Loop loop)
{
    // 0.1 ms. Whatever is begun within it goes on to its end: a handshake with a key on P-256 takes about 0.2 ms, and
    // one with an RSA key of 2,048 bits 1 ms. A round by itself takes microseconds, so who waits does not wait for
    // nothing
    private static readonly long s_budget = Stopwatch.Frequency / 10_000;

    private readonly Queue<Connection> _waiting = new();

    /// <summary>Nobody waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Has <see cref="Connection.GoOnWaiting"/> called in a turn at the end of this round or a later one.</summary>
    public void Wait(Connection connection) => _waiting.Enqueue(connection);

    /// <summary>As many as begin within the time. At the end of a round, outside a turn.</summary>
    public void Run()
    {
        long begun = Stopwatch.GetTimestamp();
        while (_waiting.TryDequeue(out Connection? next))
        {
            loop.RunInTurn(next, static connection => connection.GoOnWaiting(), next);
            if (Stopwatch.GetTimestamp() - begun >= s_budget) break;
        }
    }
}
