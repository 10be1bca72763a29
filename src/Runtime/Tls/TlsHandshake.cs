using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>
/// What speaks on a connection until its session has shaken hands, which then calls <see cref="Complete"/>. It says nothing itself:
/// it keeps the time, and the place of the protocol that comes.
/// </summary>
internal sealed class TlsHandshake : Protocol
{
    private readonly Connection _connection;
    private readonly TlsSettings _settings;

    public TlsHandshake(Connection connection, TlsSettings settings)
    {
        (_connection, _settings) = (connection, settings);
        connection.Deadline = connection.Loop.Now + (long)settings.HandshakeTimeout.TotalMilliseconds;
    }

    public override bool IsIdle => false;

    /// <summary>Both sides have shaken hands: the protocol of the server speaks from here on. In a turn.</summary>
    public void Complete() => _settings.Speak(_connection);

    // Nothing can come before the handshake has ended
    public override int Receive(byte[] buffer, int offset, int length) => 0;

    public override void EndOfInput() => _connection.Abort();

    public override void PeerLeft() { }
    public override void OutputBlocked() { }
    public override void OutputDrained() { }

    public override void TimedOut() => _connection.Abort();

    public override void Closed() { }

    // As a connection without a session that has not asked for anything yet
    public override void Drain() => _connection.CloseAfterFlush(linger: false);
}
