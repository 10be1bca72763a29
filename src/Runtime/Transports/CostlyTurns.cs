using System.Diagnostics;

namespace Prebake.Transports;

/// <summary>
/// Keeps what takes the loop long (the hello of a handshake: a signature) to a short time in each round, so that the
/// requests of others wait for that and not for all that came at once. Who comes later waits for the next rounds, in
/// order.
/// </summary>
internal sealed class CostlyTurns(Loop loop)
{
    // 0.1 ms. Whatever is begun within it goes on to its end: a handshake with a key on P-256 takes about 0.2 ms, and
    // one with an RSA key of 2,048 bits 1 ms. A round by itself takes microseconds, so who waits does not wait for
    // nothing
    private static readonly long s_budget = Stopwatch.Frequency / 10_000;

    private readonly Queue<Connection> _waiting = new();
    private long _round;
    private long _spent;

    /// <summary>May go on now, and <see cref="Spend"/> says how long it took; else <see cref="Wait"/>.</summary>
    public bool TryTake()
    {
        if (_round != loop.Rounds) (_round, _spent) = (loop.Rounds, 0);
        return _waiting.Count == 0 && _spent < s_budget;
    }

    /// <summary>A costly turn has ended.</summary>
    /// <param name="begun">When, as of <see cref="Stopwatch.GetTimestamp"/>.</param>
    public void Spend(long begun) => _spent += Stopwatch.GetTimestamp() - begun;

    /// <summary>Has <see cref="Connection.GoOnWaiting"/> called in a later round, in a turn.</summary>
    public void Wait(Connection connection)
    {
        _waiting.Enqueue(connection);
        if (_waiting.Count == 1) PostRun();
    }

    private void PostRun() => loop.Post(static state => ((CostlyTurns)state!).Run(), this);

    private void Run()
    {
        (_round, _spent) = (loop.Rounds, 0);
        while (_spent < s_budget && _waiting.TryDequeue(out Connection? next))
        {
            long begun = Stopwatch.GetTimestamp();
            loop.RunInTurn(next, static connection => connection.GoOnWaiting(), next);
            Spend(begun);
        }

        if (_waiting.Count > 0) PostRun();
    }
}
