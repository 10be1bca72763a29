using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// What a request is answered with when its connection is to speak another protocol: 101 (RFC 9110 section 7.8), and
/// whoever speaks then.
/// </summary>
internal abstract class ProtocolSwitch
{
    /// <summary>The header lines of the 101 that belong to the new protocol, each ended by CRLF; not
    /// <c>Connection</c>.</summary>
    public abstract string Fields { get; }

    /// <summary>The user's header lines, or null.</summary>
    public abstract Headers? UserFields { get; }

    /// <summary>What was provided for the request, held for as long as the new protocol speaks; null for nothing.</summary>
    public OwnedValues? Owned { get; set; }

    /// <summary>The connection has gone before it could begin.</summary>
    public void Abandon() => Owned?.Release();

    /// <summary>
    /// The 101 has been written, and the request is over: calls <see cref="Connection.SwitchTo"/> and begins. On the
    /// loop, in the
    /// connection's turn.
    /// </summary>
    public abstract void Begin(Connection connection, Worker worker);
}
