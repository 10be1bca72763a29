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
    public void ChargeTo(WebSocketService service) => _service = service;

    protected override void Changed(int bytes) => _service?.Hold(bytes);
}
