using System.Net;
using Microsoft.Extensions.Logging;
using Prebake.Grammar;
using Prebake.Logging;
using Prebake.Transports;

namespace Prebake.Proxies;

/// <summary>
/// Lets a connection begin with a PROXY header: from a trusted proxy it must have one, and from anybody else the
/// connection is cut, since what such a header says can be anything.
/// </summary>
internal sealed class ProxyGreeter : ConnectionGreeter
{
    // A wrong setting shows on every connection; a line a minute is enough to see it
    private const int SilenceAfterLog = 60_000;

    private readonly NetworkList _trusted;
    private readonly bool _trustsUnix;
    private readonly TimeSpan _timeout;
    private readonly ILogger _logger;
    private readonly Action<Connection> _begin;
    private long _loggedAt = long.MinValue / 2;

    private ProxyGreeter(
        IReadOnlyList<string> proxies, bool isUnix, TimeSpan timeout, ILogger logger, Action<Connection> begin)
    {
        _trusted = NetworkList.Parse(proxies, "ServeOptions.TrustedProxies");
        _trustsUnix = isUnix && _trusted.HasUnix;
        (_timeout, _logger, _begin) = (timeout, logger, begin);
    }

    /// <param name="proxies">The networks of proxies.</param>
    /// <param name="isUnix">The server listens on a unix socket.</param>
    /// <param name="timeout">How long a header may take.</param>
    /// <param name="logger">Told of connections without a header.</param>
    /// <param name="begin">What a connection does behind its header.</param>
    public static ConnectionGreeter Of(
        IReadOnlyList<string> proxies, bool isUnix, TimeSpan timeout, ILogger logger, Action<Connection> begin) =>
        new ProxyGreeter(proxies, isUnix, timeout, logger, begin);

    public override void Accept(Connection connection)
    {
        IPEndPoint? peer = connection.RemoteEndPoint;
        connection.Protocol = new Greeting(connection, this);
        if (peer is null ? _trustsUnix : _trusted.Contains(peer.Address)) return;

        Cut(connection, isTrusted: false);
    }

    private void Cut(Connection connection, bool isTrusted)
    {
        connection.Abort();

        long now = Environment.TickCount64;
        if (now - Interlocked.Exchange(ref _loggedAt, now) > SilenceAfterLog)
            Log.NoProxyHeader(_logger, connection.RemoteEndPoint?.Address, isTrusted);
    }

    /// <summary>What speaks on a connection until its header has come.</summary>
    private sealed class Greeting : Protocol
    {
        private readonly Connection _connection;
        private readonly ProxyGreeter _greeter;

        public Greeting(Connection connection, ProxyGreeter greeter)
        {
            (_connection, _greeter) = (connection, greeter);
            if (greeter._timeout != Timeout.InfiniteTimeSpan)
                connection.Deadline = connection.Loop.Now + (long)greeter._timeout.TotalMilliseconds;
        }

        public override bool IsIdle => false;

        public override int Receive(byte[] buffer, int offset, int length)
        {
            ProxyHeaderStatus status =
                ProxyHeader.Parse(buffer.AsSpan(offset, length), out ProxiedPeer? peer, out int used);
            switch (status)
            {
                case ProxyHeaderStatus.NeedMore:
                    return 0;

                case ProxyHeaderStatus.Complete:
                    _connection.Proxied = peer;
                    _connection.Deadline = long.MaxValue;
                    _greeter._begin(_connection);
                    return used;

                default:
                    _greeter.Cut(_connection, isTrusted: true);
                    return length;
            }
        }

        // Load balancers connect and leave to see whether a server is there
        public override void EndOfInput() => _connection.Abort();

        public override void PeerLeft() { }
        public override void OutputBlocked() { }
        public override void OutputDrained() { }
        public override void TimedOut() => _connection.Abort();
        public override void Closed() { }
        public override void Drain() => _connection.CloseAfterFlush(linger: false);
    }
}
