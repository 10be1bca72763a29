using System.Diagnostics;
using System.Net;
using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>
/// What speaks on a connection until its session has shaken hands, which then calls <see cref="Complete"/> or <see cref="Fail"/>. It
/// says nothing itself: it keeps the time, and the place of the protocol that comes.
/// </summary>
internal sealed class TlsHandshake : Protocol
{
    private readonly Connection _connection;
    private readonly TlsServer _server;
    private readonly HandshakesInProgress _all = HandshakesInProgress.Current;
    private readonly long _begun = Stopwatch.GetTimestamp();
    private Stage _stage;
    private IPAddress? _counted;        // among its address's

    private enum Stage : byte
    {
        /// <summary>Nothing has come. It costs what a connection costs that has not asked for anything, and is not counted.</summary>
        Silent,

        /// <summary>The session is at work.</summary>
        InProgress,

        Ended,
    }

    public TlsHandshake(Connection connection, TlsServer server)
    {
        (_connection, _server) = (connection, server);
        connection.Deadline = connection.Loop.Now + (long)server.Settings.HandshakeTimeout.TotalMilliseconds;
    }

    // The list of those in progress on this loop
    internal TlsHandshake? Older, Younger;

    public Loop Loop => _connection.Loop;

    /// <summary>When the first bytes came, on the clock of its loop.</summary>
    public long BegunAt { get; private set; }

    public override bool IsIdle => false;

    /// <summary>
    /// A hello has come: from now on it costs what a handshake costs. In a turn. False: it may not, and its connection
    /// has been cut.
    /// </summary>
    public bool Begin()
    {
        if (_stage is not Stage.Silent) return _stage is Stage.InProgress;

        _stage = Stage.InProgress;
        BegunAt = Loop.Now;
        _all.Add(this);
        if (_server.Addresses is not { } addresses || _connection.Peer?.Address is not { } address) return true;

        if (addresses.TryAdd(address))
        {
            _counted = address;
            return true;
        }

        Fail(TlsFailure.AddressLimit);
        _connection.Abort();
        return false;
    }

    /// <summary>Both sides have shaken hands: the protocol of the server speaks from here on. In a turn.</summary>
    /// <param name="certificate">The peer's in DER format, verified; null if it has shown none.</param>
    /// <param name="version">Of TLS: 1.2 or 1.3.</param>
    /// <param name="isResumed">With a ticket.</param>
    /// <param name="hosts">Which hosts may be asked for; null for all.</param>
    public void Complete(byte[]? certificate, string version, bool isResumed, PeerHosts? hosts)
    {
        if (!TryEnd()) return;

        _server.Report.Completed(Stopwatch.GetElapsedTime(_begun), version, isResumed);
        if (certificate is not null) _connection.PeerCertificate = new PeerCertificate(certificate);
        _connection.Hosts = hosts;
        _server.Settings.Speak(_connection);
    }

    /// <summary>It has come to nothing. In a turn.</summary>
    /// <param name="failure">What for.</param>
    /// <param name="reason">In the library's words, if it has any.</param>
    public void Fail(TlsFailure failure, string? reason = null)
    {
        if (TryEnd()) _server.Report.Failed(Stopwatch.GetElapsedTime(_begun), failure, reason, _connection.Peer);
    }

    /// <summary>Too many are in progress: this one has to go. In another connection's turn.</summary>
    public void Evict()
    {
        Fail(TlsFailure.Crowded);
        _connection.Loop.Post(static state =>
        {
            var connection = (Connection)state!;
            if (connection.IsClosed) return;
            connection.Loop.BeginTurn(connection);
            connection.Abort();
            connection.EndTurn();
        }, _connection);
    }

    // Nothing can come before the handshake has ended
    public override int Receive(byte[] buffer, int offset, int length) => 0;

    public override void EndOfInput()
    {
        Fail(TlsFailure.PeerLeft);
        _connection.Abort();
    }

    public override void PeerLeft() { }
    public override void OutputBlocked() { }
    public override void OutputDrained() { }

    public override void TimedOut()
    {
        Fail(TlsFailure.TimedOut);
        _connection.Abort();
    }

    public override void Closed() => Fail(TlsFailure.PeerLeft);

    // As a connection without a session that has not asked for anything yet
    public override void Drain() => _connection.CloseAfterFlush(linger: false);

    private bool TryEnd()
    {
        if (_stage is Stage.Ended) return false;

        if (_stage is Stage.InProgress) _all.Remove(this);
        if (_counted is { } address) _server.Addresses!.Remove(address);
        _stage = Stage.Ended;
        return true;
    }
}
