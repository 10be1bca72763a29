using Microsoft.Extensions.Logging;
using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>What a server with certificates does for its connections before their protocol speaks.</summary>
internal abstract class TlsTermination
{
    /// <summary>Puts a session on a new connection and lets it shake hands. On its loop, in its turn.</summary>
    public abstract void Accept(Connection connection);

    /// <summary>
    /// Reads the certificates again: new connections get the new ones. From any thread. False, and the old ones stay, when a
    /// file makes no sense; that is logged.
    /// </summary>
    public abstract bool Renew();

    /// <summary>The server has started: certificates are watched from here on.</summary>
    public abstract void Watch();

    /// <summary>The server has stopped: watching ends.</summary>
    public abstract void Stop();
}

/// <summary>What TLS needs of a server.</summary>
internal sealed class TlsSettings
{
    /// <summary>All certificates of the server; the first is for clients whose name is not among them.</summary>
    public required IReadOnlyList<TlsOptions> Options { get; init; }

    /// <summary>OpenSSL on the loop; else <c>SslStream</c>.</summary>
    public required bool UsesOpenSsl { get; init; }

    /// <summary>Gives a connection that has shaken hands its protocol. On the loop.</summary>
    public required Action<Connection> Speak { get; init; }

    /// <summary>How long a handshake may take.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many handshakes an address may have in progress; null for as many as there are places.</summary>
    public int? MostOfAddress { get; init; }

    /// <summary>How often files are looked at for a renewal; it takes two looks.</summary>
    public required TimeSpan WatchInterval { get; init; }

    /// <summary>The server is in development: what is fit for nothing else may be used.</summary>
    public bool IsDevelopment { get; init; }

    /// <summary>Category <c>Prebake.Tls</c>.</summary>
    public required ILogger Logger { get; init; }
}
