namespace Prebake.Transports;

/// <summary>
/// Keeps what takes the loop long (the hello of a handshake: a signature) to a few in each round, so that the requests of others
/// wait for those few and not for all that came at once. Who comes later waits for the next rounds, in order.
/// </summary>
internal sealed class CostlyTurns(Loop loop)
{
    // A signature takes 0.1 to 1 ms
    private const int MostInRound = 4;

    private readonly Queue<Connection> _waiting = new();
    private readonly List<Connection> _due = [];
    private long _round;
    private int _taken;

    /// <summary>May go on now; else <see cref="Wait"/>.</summary>
    public bool TryTake()
    {
        if (_round != loop.Rounds) (_round, _taken) = (loop.Rounds, 0);
        if (_waiting.Count > 0 || _taken == MostInRound) return false;

        _taken++;
        return true;
    }

    /// <summary>Has <see cref="Connection.GoOnWaiting"/> called in a later round, in a turn.</summary>
    public void Wait(Connection connection)
    {
        _waiting.Enqueue(connection);
        if (_waiting.Count == 1) PostRun();
    }

    private void PostRun() => loop.Post(static state => ((CostlyTurns)state!).Run(), this);

    private void Run()
    {
        while (_due.Count < MostInRound && _waiting.TryDequeue(out Connection? next)) _due.Add(next);
        (_round, _taken) = (loop.Rounds, _due.Count);
        loop.RunForEach(_due, static connection => connection.GoOnWaiting());
        _due.Clear();
        if (_waiting.Count > 0) PostRun();
    }
}
