using System.Collections.Concurrent;

namespace Prebake.Transports;

/// <summary>
/// One thread and the connections that it owns for life. It waits, hands out what came, and runs what other threads posted to it.
/// What its connections share (buffers, clock, deadlines) is here, since only one of them has its turn at a time.
/// </summary>
internal abstract class Loop
{
    private readonly record struct Posted(Action<object?> Callback, object? State);

    [ThreadStatic] private static Loop? t_current;

    private readonly ConcurrentQueue<Posted> _posted = new();
    private readonly Posted[] _batch = new Posted[64];                    // what RunPosted is at
    private readonly List<Connection> _connections = [];
    private readonly List<Connection> _due = [];
    private readonly Action<Connection> _accept;
    private int _wakePending;

    /// <param name="index">0 for the first loop of a server.</param>
    /// <param name="accept">Gives a new connection its protocol.</param>
    protected Loop(int index, Action<Connection> accept)
    {
        Index = index;
        _accept = accept;
        Now = Environment.TickCount64;
        Timers = new TimerWheel(Now);
    }

    public int Index { get; }

    /// <summary>Milliseconds on the monotonic clock, as of the last wake-up.</summary>
    public long Now { get; private set; }

    public OutputBuffer Output { get; } = new();

    /// <summary>One per loop, not per connection: what is read is used in place or copied out at once.</summary>
    public ArraySegment<byte> ReceiveBuffer { get; } = new(GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true));

    protected TimerWheel Timers { get; }

    public IReadOnlyList<Connection> Connections => _connections;

    /// <summary>Told when connections cannot be accepted for want of descriptors or memory, perhaps often. From any thread.</summary>
    public Action? Exhausted { get; set; }

    /// <summary>Told of an exception that nobody below has caught, which is a fault of this code or the want of memory. On the loop.</summary>
    public Action<Exception>? Faulted { get; set; }

    /// <summary>The caller runs on this loop.</summary>
    public bool IsCurrent => t_current == this;

    /// <summary>The caller runs on some loop, so it must not wait for one.</summary>
    public static bool IsAnyCurrent => t_current is not null;

    /// <summary>Runs on this loop soon. From any thread.</summary>
    public bool Post(Action<object?> callback, object? state)
    {
        _posted.Enqueue(new Posted(callback, state));
        if (Interlocked.Exchange(ref _wakePending, 1) == 0) Wake();       // one wake-up for many
        return true;
    }

    /// <summary>Everything written until <see cref="Connection.EndTurn"/> is for this connection. Turns do not nest.</summary>
    public void BeginTurn(Connection connection) => Output.Owner = connection;

    /// <summary>The output has been flushed: there must be room in it now.</summary>
    internal virtual void MakeRoom() { }

    /// <summary>Sets a deadline that may be earlier than the one the connection is filed under.</summary>
    public void SetDeadline(Connection connection, long deadline)
    {
        connection.Deadline = deadline;
        Timers.Schedule(connection);
    }

    internal void LeaveTurn(Connection connection)
    {
        Output.Owner = null;
        if (TimerWheel.IsFiledLate(connection) && !connection.IsClosed) Timers.Schedule(connection);
    }

    internal void Remove(Connection connection)
    {
        Timers.Remove(connection);
        if (connection.IndexInLoop < 0) return;

        Connection last = _connections[^1];
        _connections[connection.IndexInLoop] = last;
        last.IndexInLoop = connection.IndexInLoop;
        _connections.RemoveAt(_connections.Count - 1);
        connection.IndexInLoop = -1;
    }

    /// <summary>Takes over a connection that was just accepted or made. On the loop.</summary>
    internal void Adopt(Connection connection)
    {
        connection.IndexInLoop = _connections.Count;
        _connections.Add(connection);

        BeginTurn(connection);
        _accept(connection);
        connection.EndTurn();
    }

    /// <summary>The first thing that a loop's thread does.</summary>
    protected void Enter() => t_current = this;

    /// <summary>The last thing: cuts what is still connected.</summary>
    protected void AbortAll()
    {
        while (_connections.Count > 0)
        {
            Connection connection = _connections[^1];
            BeginTurn(connection);
            connection.Abort();
            connection.EndTurn();
        }
    }

    /// <summary>Makes the loop's wait return. From any thread.</summary>
    protected abstract void Wake();

    /// <summary>Called after each wait: the clock, then what was posted.</summary>
    protected void RunPosted()
    {
        Now = Environment.TickCount64;
        if (Volatile.Read(ref _wakePending) == 0) return;

        Volatile.Write(ref _wakePending, 0);
        Interlocked.MemoryBarrier();                                      // the flag goes down before the queue is looked at

        // Only what is there now, so that a callback which posts again does not starve the sockets
        for (int left = _posted.Count; left > 0; left -= _batch.Length) RunBatch(left);
        if (!_posted.IsEmpty && Interlocked.Exchange(ref _wakePending, 1) == 0) Wake();
    }

    // By batches, so that the next one is known while one is run
    private void RunBatch(int most)
    {
        int count = 0;
        while (count < most && count < _batch.Length && _posted.TryDequeue(out _batch[count])) count++;

        for (int i = 0; i < count; i++)
        {
            if (i + 1 < count && _batch[i + 1].State is { } next) ReadAhead.Of(next, 4);
            Run(_batch[i]);
        }

        Array.Clear(_batch, 0, count);
    }

    private void Run(Posted posted)
    {
        try
        {
            posted.Callback(posted.State);
        }
        catch (Exception e)
        {
            Survive(e);
        }
    }

    /// <summary>The last resort: one connection is lost, and not the process with all of them.</summary>
    protected void Survive(Exception error)
    {
        Connection? owner = Output.Owner;
        Output.Clear();
        Output.Owner = null;
        try
        {
            Faulted?.Invoke(error);
            if (owner is null || owner.IsClosed) return;

            BeginTurn(owner);
            owner.Abort();
            owner.EndTurn();
        }
        catch (Exception)
        {
            // Nothing is left to try
        }
    }

    /// <summary>Called before each wait: deadlines. Says how long to wait at most, in milliseconds; −1 for ever.</summary>
    protected int RunTimers()
    {
        if (Timers.Count == 0) return -1;

        Timers.Advance(Now, _due);
        foreach (Connection connection in _due)
        {
            if (connection.IsClosed) continue;
            try
            {
                BeginTurn(connection);
                connection.DeadlinePassed();
                connection.EndTurn();
            }
            catch (Exception e)
            {
                Survive(e);
            }
        }

        _due.Clear();
        return Timers.NextDelay(Now);
    }
}
