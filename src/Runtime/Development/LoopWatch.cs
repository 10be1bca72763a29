using Microsoft.Extensions.Logging;
using Prebake.Logging;
using Prebake.Routing;

namespace Prebake.Development;

/// <summary>
/// Names handlers that hold their loop for more than 50 ms: when they return, and once a second while they do not. In development only.
/// </summary>
internal sealed class LoopWatch : IDisposable
{
    public const int Patience = 50;

    private readonly ILogger _logger;
    private readonly LoopWatchSlot[] _slots;
    private readonly Timer _timer;

    public LoopWatch(ILogger logger, int loops)
    {
        _logger = logger;
        _slots = new LoopWatchSlot[loops];
        for (int i = 0; i < loops; i++) _slots[i] = new LoopWatchSlot(logger);
        _timer = new Timer(static watch => ((LoopWatch)watch!).Look(), this, 1_000, 1_000);
    }

    public LoopWatchSlot SlotFor(int loop) => _slots[loop];

    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        foreach (LoopWatchSlot slot in _slots)
            if (slot.Current(out string handler) is >= 1_000 and long held) Log.Holds(_logger, handler, held);
    }
}

/// <summary>What one loop is at.</summary>
internal sealed class LoopWatchSlot(ILogger logger)
{
    private RouteTable? _table;
    private int _route;
    private long _since;

    public void Enter(RouteTable table, int route)
    {
        _table = table;
        _route = route;
        Volatile.Write(ref _since, Environment.TickCount64);
    }

    public void Leave()
    {
        long held = Environment.TickCount64 - _since;
        Volatile.Write(ref _since, 0);
        if (held > LoopWatch.Patience) Log.Held(logger, Name(_table!, _route), held);
    }

    /// <summary>For how many milliseconds a handler has been running, and which; 0 when none is.</summary>
    public long Current(out string handler)
    {
        handler = "";
        if (Volatile.Read(ref _since) is not (> 0 and long since) || _table is not { } table) return 0;
        handler = Name(table, _route);
        return Environment.TickCount64 - since;
    }

    private static string Name(RouteTable table, int route) =>
        table.PatternOf(route) is { Length: > 0 } pattern ? $"The handler of {pattern}" : "The [Fetch] handler";
}
