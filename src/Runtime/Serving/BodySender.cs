namespace Prebake.Serving;

/// <summary>A body that outlasts the turn in which its head is written. Called on the connection's loop.</summary>
internal abstract class BodySender
{
    /// <summary>
    /// Begins, in the turn of its request. What it throws passes through: then nothing of it is left.
    /// </summary>
    public virtual void Start() => Pump();

    /// <summary>The connection is gone before it has begun: what it holds is let go.</summary>
    public abstract void Discard();

    /// <summary>Writes what there is until the socket is full. In a turn.</summary>
    public abstract void Pump();

    /// <summary>The server stops. What can be ended early without harm ends. In a turn.</summary>
    public virtual void Drain() { }

    /// <summary>How long it may write nothing before <see cref="Quiet"/> is called, in milliseconds.</summary>
    public virtual long QuietAfter => long.MaxValue;

    /// <summary>Nothing has been written for that long. In a turn.</summary>
    public virtual void Quiet() { }

    /// <summary>
    /// It waits for a handler to go on, so that a peer that has left would not be noticed by writing.
    /// </summary>
    public virtual bool IsWaiting => false;

    /// <summary>
    /// When it began to, on the loop's clock. Each piece that it writes in between puts its deadlines off, without a
    /// word to the connection.
    /// </summary>
    public virtual long WaitingSince => 0;

    /// <summary>The connection is gone.</summary>
    public abstract void PeerLeft();
}
