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
    private readonly Lock _ending = new();
    private OutputBuffer? _sealed;
    private Posted _beforeWait;
    private byte[]? _join;
    private CostlyTurns? _costly;
    private int _wakePending;
    private volatile bool _hasEnded;

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

    /// <summary>The same behind a session: what goes over the wire. Made when the first connection has one.</summary>
    public OutputBuffer Sealed => _sealed ??= new OutputBuffer();

    /// <summary>What a session has made of one read.</summary>
    public byte[] PlainBuffer => field ??= GC.AllocateUninitializedArray<byte>(64 << 10, pinned: true);

    /// <summary>As much as a record of a session holds, for one that is made of several pieces.</summary>
    public Span<byte> JoinBuffer => _join ??= new byte[16 << 10];

    public CostlyTurns Costly => _costly ??= new CostlyTurns(this);

    /// <summary>The server stops: connections that still open close soon.</summary>
    public bool IsDraining { get; private set; }

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

    /// <summary>The loop runs nothing any more, or is about to: what it still had is cut.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>
    /// Runs on this loop soon. From any thread. False: the loop has ended, and the callback will not run; true: it will, come what may.
    /// </summary>
    public bool Post(Action<object?> callback, object? state)
    {
        var posted = new Posted(callback, state);
        _posted.Enqueue(posted);
        if (Interlocked.Exchange(ref _wakePending, 1) == 0) Wake();       // one wake-up for many

        // The exchange is a full fence: either the loop's last look at the queue sees the entry, or this sees that it has ended
        return !_hasEnded || !TryTakeBack(posted);
    }

    /// <summary>Runs something for each connection, in a turn of its own for each. From any thread. False: the loop has ended, and has none.</summary>
    public bool ForEachConnection(Action<Connection> action) =>
        Post(static state =>
        {
            var (loop, action) = ((Loop, Action<Connection>))state!;
            loop.ForEachConnection(static _ => true, action);
        }, (this, action));

    /// <summary>Has each connection close as soon as nothing is lost by it. From any thread.</summary>
    public bool Drain() =>
        Post(static state =>
        {
            var loop = (Loop)state!;
            loop.IsDraining = true;
            loop.ForEachConnection(static _ => true, static connection => connection.Drain());
        }, this);

    /// <summary>
    /// Runs something for those connections that are chosen now, in a turn of its own for each. On the loop; inside a turn too, since turns do not nest: then the actions
    /// wait until it has ended. Says how many were chosen.
    /// </summary>
    public int ForEachConnection(Func<Connection, bool> isChosen, Action<Connection> action)
    {
        List<Connection> chosen = _connections.FindAll(connection => isChosen(connection));
        if (Output.Owner is null) RunForEach(chosen, action);
        else
        {
            Post(static state =>
            {
                var (loop, chosen, action) = ((Loop, List<Connection>, Action<Connection>))state!;
                loop.RunForEach(chosen, action);
            }, (this, chosen, action));
        }

        return chosen.Count;
    }

    /// <summary>
    /// Runs something in a turn of the connection's, unless that has closed. What is thrown costs this connection only. On the loop, outside a turn.
    /// </summary>
    public void RunInTurn<TState>(Connection connection, Action<TState> action, TState state)
    {
        if (connection.IsClosed) return;
        try
        {
            BeginTurn(connection);
            action(state);
            connection.EndTurn();
        }
        catch (Exception e)
        {
            Survive(e);
        }
    }

    /// <summary>Everything written until <see cref="Connection.EndTurn"/> is for this connection.</summary>
    /// <exception cref="NestedTurnException">Another turn has not ended: two clients would share one output.</exception>
    public void BeginTurn(Connection connection)
    {
        if (Output.Owner is not null) ThrowNested();
        Output.Owner = connection;
    }

    /// <summary>What was set aside in the outputs has been sent.</summary>
    protected void ReclaimOutput()
    {
        Output.Reclaim();
        _sealed?.Reclaim();
    }

    /// <summary>How much fits into the fuller one of the outputs.</summary>
    protected int OutputRoom => Math.Min(Output.Room, _sealed?.Room ?? OutputBuffer.Size);

    /// <summary>No new connections for a moment, where that can be: they wait in the kernel's queue.</summary>
    public virtual void PauseAccepting() { }

    /// <summary>The output has been flushed: there must be room in it now.</summary>
    internal virtual void MakeRoom() { }

    /// <summary>What the round has written leaves now: what follows takes long. On the loop, outside a turn.</summary>
    protected virtual void SendNow() { }

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

    /// <summary>The last thing: cuts what is still connected, runs what has been posted, and takes no more.</summary>
    protected void Leave()
    {
        _hasEnded = true;
        Interlocked.MemoryBarrier();                                      // the counterpart of the exchange in Post
        AbortAll();

        while (true)
        {
            Posted posted;
            lock (_ending)
            {
                if (!_posted.TryDequeue(out posted)) break;
            }

            Run(posted);
        }

        AbortAll();
    }

    protected void AbortAll()
    {
        while (_connections.Count > 0)
        {
            Connection connection = _connections[^1];
            try
            {
                BeginTurn(connection);
                connection.Abort();
                connection.EndTurn();
            }
            catch (Exception e)
            {
                Survive(e);
                Remove(connection);             // whatever it was that failed, the next one is another
            }
        }
    }

    /// <summary>Makes the loop's wait return. From any thread.</summary>
    protected abstract void Wake();

    /// <summary>Something waits for <see cref="RunPosted"/>.</summary>
    protected bool HasPosted => Volatile.Read(ref _wakePending) != 0;

    /// <summary>Called after each wait: the clock, then what was posted. Says how much that was.</summary>
    protected int RunPosted()
    {
        Now = Environment.TickCount64;
        if (!HasPosted) return 0;

        Volatile.Write(ref _wakePending, 0);
        Interlocked.MemoryBarrier();                                      // the flag goes down before the queue is looked at

        // Only what is there now, so that a callback which posts again does not starve the sockets
        int count = _posted.Count;
        for (int left = count; left > 0; left -= _batch.Length) RunBatch(left);
        if (!_posted.IsEmpty && Interlocked.Exchange(ref _wakePending, 1) == 0) Wake();
        return count;
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
        ForgetOutput();
        try
        {
            Faulted?.Invoke(error);
            if (owner is null) return;

            BeginTurn(owner);
            owner.Abort();
            owner.EndTurn();
        }
        catch (Exception)
        {
            // Nothing is left to try
            ForgetOutput();
        }
    }

    // What a session had sealed when it failed is not the next connection's
    private void ForgetOutput()
    {
        Output.Clear();
        _sealed?.Clear();
        Output.Owner = null;
    }

    internal void RunForEach(List<Connection> connections, Action<Connection> action)
    {
        foreach (Connection connection in connections)
            RunInTurn(connection, static it => it.action(it.connection), (action, connection));
    }

    // Posted when the loop had looked at its queue for the last time. Of what is in it now, all but this is the same for others.
    private bool TryTakeBack(Posted posted)
    {
        lock (_ending)
        {
            bool found = false;
            for (int left = _posted.Count; left > 0 && _posted.TryDequeue(out Posted other); left--)
            {
                if (!found && other.Callback == posted.Callback && ReferenceEquals(other.State, posted.State)) found = true;
                else _posted.Enqueue(other);
            }

            return found;
        }
    }

    private static void ThrowNested() => throw new NestedTurnException();

    /// <summary>
    /// Runs once before the loop waits again, when all that has come has been handled; on the loop, and outside any turn then. Unlike
    /// <see cref="Post"/> it costs no wake-up. One at a time: whoever uses it asks once and gathers its work.
    /// </summary>
    public void RunBeforeWait(Action<object?> callback, object? state)
    {
        System.Diagnostics.Debug.Assert(IsCurrent && _beforeWait.Callback is null);
        _beforeWait = new Posted(callback, state);
    }

    /// <summary>Somebody waits for a costly turn: they run behind everything else, before each wait until none is left.</summary>
    protected bool HasCostly => _costly is { IsEmpty: false };

    private bool HasLast => _beforeWait.Callback is not null || HasCostly;

    private void RunLast()
    {
        Posted last = _beforeWait;
        _beforeWait = default;
        if (last.Callback is not null) Run(last);
        if (!HasCostly) return;

        SendNow();
        _costly!.Run();
    }

    /// <summary>Called before each wait: deadlines, then what runs last, since a deadline may ask for it. Says how long to wait at most, in milliseconds; −1 for ever.</summary>
    protected int RunTimers()
    {
        if (Timers.Count > 0) RunDue();
        if (HasLast) RunLast();

        // What ran last may have asked again, or set a deadline
        if (HasLast) return 0;
        return Timers.Count == 0 ? -1 : Timers.NextDelay(Now);
    }

    private void RunDue()
    {
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
    }
}
