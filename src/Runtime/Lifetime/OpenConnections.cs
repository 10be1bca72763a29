using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>All connections of a server, reached on their own loops. From any thread; a loop is never waited for by another.</summary>
internal static class OpenConnections
{
    // A loop that is held by its handler is not waited for any longer. Milliseconds
    private const int Patience = 5_000;

    /// <summary>Closes the idle ones now, and every other one with the response that it is at.</summary>
    public static void Drain(Transport transport)
    {
        foreach (Loop loop in transport.Loops) loop.Drain();
    }

    /// <summary>Cuts all of them.</summary>
    public static void Abort(Transport transport)
    {
        foreach (Loop loop in transport.Loops) loop.ForEachConnection(static connection => connection.Protocol.Abort(connection));
    }

    /// <summary>
    /// Closes the idle ones. Says how many there were; on a loop, which waits for nobody, how many of its own.
    /// </summary>
    /// <param name="transport">Whose.</param>
    /// <param name="stopped">Completes when the loops have ended, so that nobody waits for what they no longer do.</param>
    public static int CloseIdle(Transport transport, Task stopped)
    {
        IReadOnlyList<Loop> loops = transport.Loops;
        var closed = new Tally(loops.Count);
        int own = 0;
        foreach (Loop loop in loops)
        {
            if (loop.IsCurrent) own = CloseIdle(loop);
            else if (!loop.Post(_ => closed.Add(CloseIdle(loop)), null)) closed.Add(0);
        }

        if (Loop.IsAnyCurrent) return own;

        Task.WaitAny([closed.Complete, stopped], Patience);
        return closed.Sum;
    }

    // On the loop. The connection whose handler asks has a request in flight, although it may look idle; inside its turn, the others close when that has ended
    private static int CloseIdle(Loop loop) =>
        loop.ForEachConnection(
            connection => connection != loop.Output.Owner && IsIdle(connection),
            static connection =>
            {
                if (IsIdle(connection)) connection.CloseIdle();
            });

    private static bool IsIdle(Connection connection) => connection.Protocol.IsIdle && !connection.IsClosing;

    /// <summary>A sum to which each loop adds once.</summary>
    private sealed class Tally(int loops)
    {
        private readonly TaskCompletionSource _complete = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private int _left = loops;
        private int _sum;

        public Task Complete => _complete.Task;

        public int Sum => Volatile.Read(ref _sum);

        public void Add(int count)
        {
            Interlocked.Add(ref _sum, count);
            if (Interlocked.Decrement(ref _left) == 0) _complete.TrySetResult();
        }
    }
}
