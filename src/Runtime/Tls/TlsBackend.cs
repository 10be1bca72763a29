using Prebake.Transports;

namespace Prebake.Tls;

/// <summary>A library that encrypts: OpenSSL on the Linux loops, <c>SslStream</c> elsewhere.</summary>
internal abstract class TlsBackend
{
    /// <summary>What all connections with this certificate share.</summary>
    /// <exception cref="System.Security.Cryptography.CryptographicException">
    /// The certificate or its key makes no sense, or they do not match; the message names the files.
    /// </exception>
    /// <exception cref="PlatformNotSupportedException">An option that this library cannot honour is set; the message says which.</exception>
    public abstract TlsContext MakeContext(TlsOptions options, TlsCertificate certificate);

    /// <summary>The session of a new connection, whose handshake has yet to begin. On its loop.</summary>
    public abstract Session MakeSession(Connection connection, TlsServer server);

    /// <summary>Random bytes for keys.</summary>
    public abstract void FillRandom(byte[] bytes);
}

/// <summary>
/// What a backend has made of one certificate and its options. Never changed and never closed by hand: a renewal puts another
/// in its place, and connections keep the one with which they have shaken hands.
/// </summary>
internal abstract class TlsContext
{
    /// <summary>Clients have to show a certificate, or may.</summary>
    public abstract bool AsksForCertificate { get; }

    /// <summary>
    /// Which hosts may be asked for on its connections; null for all. Set once, by the <see cref="TlsContexts"/> that it is
    /// one of.
    /// </summary>
    public CertificateHosts? Hosts { get; set; }
}
