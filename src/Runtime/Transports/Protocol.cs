namespace Prebake.Transports;

/// <summary>What speaks on a connection. All calls come on the connection's loop, inside a turn (see <see cref="Connection"/>).</summary>
internal abstract class Protocol
{
    /// <summary>
    /// Takes what one read brought, together with what earlier calls left over, and says how many bytes it used up. What it leaves is
    /// kept and offered again with more, or after <see cref="Connection.Continue"/>.
    /// </summary>
    public abstract int Receive(byte[] buffer, int offset, int length);

    /// <summary>The peer has finished sending (FIN). What it asked for so far is still answered. May be told more than once.</summary>
    public abstract void EndOfInput();

    /// <summary>
    /// The peer has finished sending, but unread input may lie in front of its FIN. A hint for handlers that want to know whether anyone
    /// still listens; <see cref="EndOfInput"/> follows when the input has been read.
    /// </summary>
    public abstract void PeerLeft();

    /// <summary>The socket takes no more for now, so the rest is parked. Called while something is being written: nothing may be written here.</summary>
    public abstract void OutputBlocked();

    /// <summary>Everything that had been parked has been taken by the socket.</summary>
    public abstract void OutputDrained();

    /// <summary><see cref="Wire.Deadline"/> has passed.</summary>
    public abstract void TimedOut();

    /// <summary>The connection is gone, for whatever reason. The last call.</summary>
    public abstract void Closed();

    /// <summary>
    /// The server stops: close at once if nothing is in flight, else when the current request has been answered.
    /// </summary>
    public abstract void Drain();

    /// <summary>
    /// The server stops, and waits no longer: cuts the connection. A protocol that can say so to the peer at once does, and only then
    /// closes.
    /// </summary>
    public virtual void Abort(Connection connection) => connection.Abort();

    /// <summary>Whether the connection is between two requests, so that it can be closed without losing anything.</summary>
    public abstract bool IsIdle { get; }
}
