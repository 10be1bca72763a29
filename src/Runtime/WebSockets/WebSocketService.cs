using Prebake.Serving;

namespace Prebake.WebSockets;

/// <summary>What all WebSockets of one server share.</summary>
internal sealed class WebSocketService(Service service)
{
    private long _held;

    public Service Service => service;

    /// <summary>Told of each socket.</summary>
    public WebSocketObserver Observer { get; } = new(service);

    /// <summary>How many bytes all sockets together may hold: messages that come in parts, and what waits for slow
    /// clients.</summary>
    public long Budget { get; set; } = service.Settings.MaxWebSocketMemory;

    /// <summary>
    /// How much of the budget is left, which is as much as one socket may hold of it: so the fullest are the first to
    /// be refused
    /// (Choudhury and Hahne, "Dynamic queue length thresholds", 1998).
    /// </summary>
    public long Free => Math.Max(0, Budget - Volatile.Read(ref _held));

    /// <summary>
    /// Takes so much of the budget for a socket that holds <paramref name="own"/> of it already, unless that would be
    /// more than is left. Asked and taken in one, so that no two loops are promised the same bytes.
    /// </summary>
    public bool TryHold(long own, long bytes)
    {
        long held = Volatile.Read(ref _held);
        while (own + bytes <= Math.Max(0, Budget - held))
        {
            long seen = Interlocked.CompareExchange(ref _held, held + bytes, held);
            if (seen == held) return true;
            held = seen;
        }

        return false;
    }

    /// <summary>A socket holds so much more, or less, whatever is left.</summary>
    public void Hold(long bytes) => Interlocked.Add(ref _held, bytes);

    /// <summary>What is held. For tests.</summary>
    public long Held => Volatile.Read(ref _held);

    public static WebSocketService Of(Service service)
    {
        if (Volatile.Read(ref service.Switched) is WebSocketService made) return made;

        var own = new WebSocketService(service);
        return (WebSocketService?)Interlocked.CompareExchange(ref service.Switched, own, null) ?? own;
    }
}
