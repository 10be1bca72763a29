namespace Prebake.Transports;

/// <summary>
/// Which hosts a connection's requests may be for, where that depends on what the peer has asked for inside its session.
/// </summary>
internal abstract class PeerHosts
{
    /// <param name="authority">Host and perhaps a port, as a request has it and in a valid form; empty for none.</param>
    public abstract bool Include(ReadOnlySpan<byte> authority);
}
