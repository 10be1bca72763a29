using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>
/// A frame that goes to many sockets. While slow clients keep it in memory it counts once in the budget of all sockets.
/// </summary>
internal sealed class SharedFrame(byte[] bytes) : SharedBytes(bytes)
{
    private WebSocketService? _service;

    public int Length => Memory.Length;

    /// <summary>Whose budget it counts in; a constant, which is there anyway, in none.</summary>
    public void ChargeTo(WebSocketService service)
    {
        if (_service is null) _service = service;           // asked by many loops, written by one
    }

    /// <summary>
    /// Keeps it in memory until <see cref="SharedBytes.LetGo"/>, unless the budget has no room for it. A constant takes
    /// none, nor does a frame that another slow client keeps there already.
    /// </summary>
    /// <param name="service">Whose budget.</param>
    /// <param name="own">What the socket holds of it already, for itself alone.</param>
    public bool TryHold(WebSocketService service, long own)
    {
        if (_service is null || IsHeld)
        {
            if (own > service.Free) return false;
            if (TryJoin()) return true;
        }

        if (!service.TryHold(own, _service is null ? 0 : Length)) return false;

        // Another loop had the same thought, and has paid
        if (!HoldFirst()) Changed(-Length);
        return true;
    }

    protected override void Changed(int bytes) => _service?.Hold(bytes);
}
