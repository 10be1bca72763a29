namespace Prebake.Transports;

/// <summary>
/// Keeps what takes the loop long (the hello of a handshake: a signature) to the end of each round, when what others
/// asked for has been answered and has left, and to a <see cref="TimeSlice"/> there. So a request waits for one such turn
/// at most, and not for all that came at once. Who comes later waits for the next rounds, in order.
/// </summary>
internal sealed class CostlyTurns(Loop loop)
{
    private readonly Queue<Connection> _waiting = new();

    /// <summary>Nobody waits.</summary>
    public bool IsEmpty => _waiting.Count == 0;

    /// <summary>Has <see cref="Connection.GoOnWaiting"/> called in a turn at the end of this round or a later one.</summary>
    public void Wait(Connection connection) => _waiting.Enqueue(connection);

    /// <summary>As many as begin within the time. At the end of a round, outside a turn.</summary>
    public void Run()
    {
        var slice = TimeSlice.Begin();
        while (_waiting.TryDequeue(out Connection? next))
        {
            loop.RunInTurn(next, static connection => connection.GoOnWaiting(), next);
            if (slice.IsOver) break;
        }
    }
}
