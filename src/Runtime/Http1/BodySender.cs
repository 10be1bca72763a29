namespace Prebake.Http1;

/// <summary>A body that outlasts the turn in which its head is written. Called on the connection's loop.</summary>
internal abstract class BodySender
{
    /// <summary>Writes what there is until the socket is full. In a turn.</summary>
    public abstract void Pump();

    /// <summary>The connection is gone.</summary>
    public abstract void PeerLeft();
}
