using System.Runtime;
using Microsoft.Extensions.Logging;
using Prebake.Logging;
using Prebake.Routing;

namespace Prebake.Development;

/// <summary>
/// Names handlers and callbacks of WebSockets that hold their loop for more than 50 ms: when they return, and once a
/// second while they do not. In development only.
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
            if (slot.Current(out string handler, out string advice) is >= 1_000 and long held)
                Log.Holds(_logger, handler, advice, held);
    }
}

/// <summary>What one loop is at.</summary>
/// <param name="logger">Who is told.</param>
/// <param name="compiled">For how long the just-in-time compiler has been at work on this thread; null to ask .NET.</param>
internal sealed class LoopWatchSlot(ILogger logger, Func<TimeSpan>? compiled = null)
{
    private readonly Func<TimeSpan> _compiledSoFar = compiled ?? (static () => JitInfo.GetCompilationTime(currentThread: true));

    /// <summary>A route of a table, or a callback of a class. Never changed, as two threads look at it.</summary>
    private sealed record Work(RouteTable? Table, int Route, Type? Socket)
    {
        public string Name =>
            Socket is not null ? $"A callback of the WebSocket {Socket.Name}"
            : Table!.PatternOf(Route) is { Length: > 0 } pattern ? $"The handler of {pattern}"
            : "The [Fetch] handler";

        public string Advice =>
            "await what it waits for, or " + (Socket is not null ? "hand it to Task.Run" : "put [Blocking] on it");
    }

    private Work? _work;
    private long _since;
    private TimeSpan _compiled;

    public void Enter(RouteTable table, int route) => Enter(new Work(table, route, null));

    /// <summary>A callback of such a WebSocket begins.</summary>
    public void Enter(Type socket) => Enter(new Work(null, 0, socket));

    public void Leave()
    {
        // A callback may have been called within a handler
        if (_since == 0) return;

        long held = Environment.TickCount64 - _since;
        Volatile.Write(ref _since, 0);
        if (held <= LoopWatch.Patience) return;

        // A first call waits for the just-in-time compiler, and nothing in the handler can change that
        held -= (long)(_compiledSoFar() - _compiled).TotalMilliseconds;
        if (held > LoopWatch.Patience) Log.Held(logger, _work!.Name, _work.Advice, held);
    }

    /// <summary>For how many milliseconds a handler has been running, and which; 0 when none is.</summary>
    public long Current(out string handler, out string advice)
    {
        handler = advice = "";
        if (Volatile.Read(ref _since) is not (> 0 and long since) || Volatile.Read(ref _work) is not { } work) return 0;
        (handler, advice) = (work.Name, work.Advice);
        return Environment.TickCount64 - since;
    }

    private void Enter(Work work)
    {
        _compiled = _compiledSoFar();
        Volatile.Write(ref _work, work);
        Volatile.Write(ref _since, Environment.TickCount64);
    }
}
