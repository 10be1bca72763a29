namespace Prebake.Transports;

/// <summary>
/// The deadlines of one loop's connections. A connection sits in the slot of an earlier deadline until that slot comes up; then its
/// real deadline is looked at and it moves on. So putting a deadline off, which every request does, is one store; one that comes closer is filed anew
/// at the end of the turn.
/// </summary>
internal sealed class TimerWheel
{
    private const int TickShift = 7;              // 128 ms: fine enough for time-outs, which are seconds
    private const int SlotCount = 256;            // 32.8 s; what lies beyond waits in the last slot and is looked at again

    private readonly Connection?[] _slots = new Connection?[SlotCount];
    private long _tick;
    private long _next;             // no slot before this tick holds anything; looked for again only once it has passed

    public TimerWheel(long now) => _tick = now >> TickShift;

    public int Count { get; private set; }

    public void Schedule(Connection connection)
    {
        if (connection.TimerSlot >= 0) Remove(connection);
        if (connection.Deadline == long.MaxValue) return;

        // One tick late rather than one early
        long due = Math.Clamp((connection.Deadline >> TickShift) + 1, _tick + 1, _tick + SlotCount - 1);
        int slot = (int)(due % SlotCount);

        connection.TimerSlot = slot;
        connection.TimerTick = due;
        connection.TimerPrevious = null;
        connection.TimerNext = _slots[slot];
        if (_slots[slot] is { } head) head.TimerPrevious = connection;
        _slots[slot] = connection;
        Count++;
        if (due < _next) _next = due;
    }

    /// <summary>The connection is filed under a time behind its deadline, or not at all, and has one.</summary>
    public static bool IsFiledLate(Connection connection) =>
        connection.Deadline != long.MaxValue && (connection.TimerSlot < 0 || (connection.Deadline >> TickShift) + 1 < connection.TimerTick);

    public void Remove(Connection connection)
    {
        if (connection.TimerSlot < 0) return;

        if (connection.TimerPrevious is { } previous) previous.TimerNext = connection.TimerNext;
        else _slots[connection.TimerSlot] = connection.TimerNext;
        if (connection.TimerNext is { } next) next.TimerPrevious = connection.TimerPrevious;

        connection.TimerNext = connection.TimerPrevious = null;
        connection.TimerSlot = -1;
        Count--;
    }

    /// <summary>Milliseconds until the next slot that holds anything, or −1.</summary>
    public int NextDelay(long now)
    {
        if (Count == 0) return -1;

        if (_next <= _tick)
        {
            _next = _tick + 1;
            while (_slots[(int)(_next % SlotCount)] is null && _next < _tick + SlotCount - 1) _next++;
        }

        return (int)Math.Max(0, (_next << TickShift) - now);
    }

    /// <summary>Moves on to <paramref name="now"/> and collects the connections whose deadline has passed.</summary>
    public void Advance(long now, List<Connection> due)
    {
        long target = now >> TickShift;
        if (target - _tick > SlotCount) _tick = target - SlotCount;      // stopped for long: each slot once is enough

        while (_tick < target)
        {
            _tick++;
            Connection? connection = _slots[(int)(_tick % SlotCount)];

            while (connection is not null)
            {
                Connection? next = connection.TimerNext;
                Remove(connection);

                if (connection.Deadline <= now) due.Add(connection);
                else Schedule(connection);

                connection = next;
            }
        }
    }
}
