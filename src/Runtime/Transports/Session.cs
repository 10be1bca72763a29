namespace Prebake.Transports;

/// <summary>How a <see cref="Session"/> has fared.</summary>
internal enum SessionStatus : byte
{
    /// <summary>It goes on.</summary>
    Going,

    /// <summary>The peer has said that nothing more will come: as a FIN, but said inside the session.</summary>
    Ended,

    /// <summary>What came makes no sense. What <see cref="Session.Speak"/> has to say about it is sent, and the connection is closed.</summary>
    Broken,
}

/// <summary>
/// Stands between a protocol and the wire and changes the bytes on both ways: TLS. It makes no system calls and owns no buffers for what
/// passes through. All calls come on the connection's loop, inside a turn. See <c>docs/design/transport-seams.md</c>.
/// </summary>
internal abstract class Session
{
    /// <summary>The room that <see cref="Seal"/> and <see cref="Speak"/> are given at least, in bytes; 32 KiB at most.</summary>
    public abstract int Room { get; }

    /// <summary>
    /// <see cref="Open"/> may take the loop long with these bytes: few such calls are made in one round.
    /// </summary>
    public virtual bool IsCostly(ReadOnlySpan<byte> wire) => false;

    /// <summary>What has come is kept for a while before <see cref="Open"/> is called with it.</summary>
    public virtual void Waits() { }

    /// <summary>
    /// Takes bytes as they came from the wire and writes what they mean. Called until it has used everything and written nothing, so
    /// it must keep what it cannot use yet (half a record). May call <see cref="Connection.SwitchTo"/> (ALPN): what is written from then
    /// on is the new protocol's.
    /// </summary>
    public abstract SessionStatus Open(ReadOnlySpan<byte> wire, Span<byte> plain, out int used, out int written);

    /// <summary>
    /// The opposite. Using nothing means that it cannot yet, before a handshake has ended: it is asked again when more has come.
    /// </summary>
    public abstract SessionStatus Seal(ReadOnlySpan<byte> plain, Span<byte> wire, out int used, out int written);

    /// <summary>Writes what the session has to say for itself (handshake, alerts, farewell). 0: nothing. Called after each of the others.</summary>
    public abstract int Speak(Span<byte> wire);

    /// <summary>Everything has been sealed, and the connection closes: <see cref="Speak"/> is to say farewell. Once.</summary>
    public abstract void SayFarewell();

    /// <summary>The connection is gone. The last call.</summary>
    public abstract void Closed();
}
