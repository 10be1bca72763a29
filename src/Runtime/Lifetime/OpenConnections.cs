using Prebake.Transports;

namespace Prebake.Lifetime;

/// <summary>
/// All connections of a server, reached on their own loops. From any thread; nothing here acts inside another connection's turn, so everything is
/// posted, also to the loop that the caller runs on.
/// </summary>
internal static class OpenConnections
{
    // A loop that is held by its handler is not waited for any longer. Milliseconds
    private const int Patience = 5_000;

    /// <summary>Closes the idle ones now, and every other one with the answer that it is at.</summary>
    public static void Drain(Transport transport) => Post(transport, static connection => connection.Protocol.Drain());

    /// <summary>Cuts all of them.</summary>
    public static void Abort(Transport transport) => Post(transport, static connection => connection.Abort());

    /// <summary>
    /// Closes the idle ones. Says how many were closed; on a loop, which waits for nobody, how many of this loop are about to be.
    /// </summary>
    /// <param name="transport">Whose.</param>
    /// <param name="stopped">Completes when the loops have ended, so that nobody waits for what they no longer do.</param>
    public static int CloseIdle(Transport transport, Task stopped)
    {
        if (Loop.IsAnyCurrent) return MarkIdle(transport);

        var closed = new Tally(transport.Loops.Count);
        foreach (Loop loop in transport.Loops) loop.Post(_ => closed.Add(CloseIdle(loop)), null);

        Task.WaitAny([closed.Complete, stopped], Patience);
        return closed.Sum;
    }

    // The connection whose handler calls this is none of them: it has a request in flight, although it may look idle by the time the closing comes round
    private static int MarkIdle(Transport transport)
    {
        int marked = 0;
        foreach (Loop loop in transport.Loops)
        {
            if (!loop.IsCurrent)
            {
                loop.Post(static state => CloseIdle((Loop)state!), loop);
                continue;
            }

            Connection? caller = loop.Output.Owner;
            HashSet<Connection> idle = [.. loop.Connections.Where(connection => connection != caller && IsIdle(connection))];
            marked = idle.Count;
            loop.Post(_ => CloseIdle(loop, idle), null);
        }

        return marked;
    }

    private static int CloseIdle(Loop loop, HashSet<Connection>? among = null)
    {
        int count = 0;
        Visit(loop, connection =>
        {
            if (!IsIdle(connection) || among?.Contains(connection) == false) return;
            connection.CloseAfterFlush(linger: false);
            count++;
        });
        return count;
    }

    private static bool IsIdle(Connection connection) => connection.Protocol.IsIdle && !connection.IsClosing;

    private static void Post(Transport transport, Action<Connection> action)
    {
        foreach (Loop loop in transport.Loops) loop.Post(_ => Visit(loop, action), null);
    }

    // Outside every turn. Backwards, since a connection that closes is replaced by the last one
    private static void Visit(Loop loop, Action<Connection> action)
    {
        for (int i = loop.Connections.Count - 1; i >= 0; i--)
        {
            if (i >= loop.Connections.Count) continue;
            Connection connection = loop.Connections[i];
            try
            {
                loop.BeginTurn(connection);
                action(connection);
                connection.EndTurn();
            }
            catch (Exception e)
            {
                loop.Survive(e);        // one that fails must not keep the others from being visited
            }
        }
    }

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
