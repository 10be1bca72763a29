using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Prebake.Tls;

namespace Prebake;

/// <summary>
/// One certificate with its key, and how connections that are shown it are encrypted. A server that has one in
/// <see cref="ServeOptions.Tls"/> speaks https and nothing else on its port.
/// </summary>
/// <example><code>
/// Serve.Run&lt;App&gt;(new ServeOptions { Tls = [TlsOptions.FromPemFiles("cert.pem", "key.pem")] });
/// </code></example>
public sealed record TlsOptions
{
    private TlsOptions(TlsSource source) => Source = source;

    /// <summary>
    /// From files in PEM format. They are watched: when they are replaced, new connections get the new certificate, and if the
    /// new files make no sense, the old one stays and a warning is logged.
    /// </summary>
    /// <param name="certificate">The path of the certificate, followed in the same file by those that lead to its root.</param>
    /// <param name="key">The path of the private key; it may be the same file.</param>
    /// <param name="passphrase">What the key is encrypted with; null for a key that is not.</param>
    /// <exception cref="ArgumentException">A path is empty: a certificate needs its key, and a key its certificate.</exception>
    public static TlsOptions FromPemFiles(string certificate, string key, string? passphrase = null)
    {
        RequirePair(certificate, key, "path");
        return new TlsOptions(new PemFiles(certificate, key, passphrase));
    }

    /// <summary>From the contents of PEM files, not their paths.</summary>
    /// <param name="certificate">The certificate, followed by those that lead to its root.</param>
    /// <param name="key">The private key.</param>
    /// <param name="passphrase">What the key is encrypted with; null for a key that is not.</param>
    /// <exception cref="ArgumentException">Half of the pair is empty, or is not text in PEM format.</exception>
    public static TlsOptions FromPem(
        ReadOnlySpan<char> certificate, ReadOnlySpan<char> key, string? passphrase = null)
    {
        RequirePair(certificate, key, "text");
        RequirePem(certificate, nameof(certificate));
        RequirePem(key, nameof(key));
        return new TlsOptions(new PemText(certificate.ToString(), key.ToString(), passphrase));
    }

    /// <summary>
    /// From a file in PKCS#12 format (<c>.pfx</c>, <c>.p12</c>), which has the certificate, its key and the
    /// certificates that lead to its root. It is watched, as files in PEM format are.
    /// </summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="passphrase">What it is encrypted with; null or empty for none.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static TlsOptions FromPkcs12File(string path, string? passphrase = null)
    {
        if (string.IsNullOrEmpty(path))
            throw new ArgumentException("The path of the PKCS#12 file is empty. Give a file such as "
                + "site.pfx.", nameof(path));
        return new TlsOptions(new Pkcs12File(path, passphrase));
    }

    /// <summary>
    /// A certificate for <c>localhost</c>, <c>127.0.0.1</c> and <c>::1</c>, for development only. It is made once for
    /// the user, kept in <c>prebake/tls</c> in the folder of the user's local application data (Linux:
    /// <c>~/.local/share</c>), and made anew a month before it expires; when it is made, the log says how to trust it.
    /// The server does not start with it unless it is in development (<see cref="ServeOptions.Development"/>), or the
    /// environment variable <c>PREBAKE_DEVELOPMENT_CERTIFICATE</c> is 1.
    /// </summary>
    /// <example><code>new ServeOptions { Tls = [TlsOptions.Development] }</code></example>
    public static TlsOptions Development => new(new DevelopmentCertificate());

    /// <summary>
    /// From a certificate of .NET's that has its private key. The key must be RSA or ECDSA; on Linux it must be
    /// exportable. It is not watched: whoever renews it starts the server anew, or uses a file.
    /// </summary>
    /// <param name="certificate">The certificate.</param>
    /// <param name="chain">The certificates that lead to its root, in any order; null for none.</param>
    /// <exception cref="ArgumentException">It has no private key.</exception>
    public static TlsOptions FromCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain = null)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        if (!certificate.HasPrivateKey)
            throw new ArgumentException(
                $"The certificate \"{certificate.Subject}\" has no private key. Load it together with its key.",
                nameof(certificate));
        return new TlsOptions(new DotNetCertificate(certificate, chain));
    }

    /// <summary>
    /// The name that clients ask for (SNI): <c>a.test</c>, or <c>*.a.test</c> for any one label. Upper and lower case and a
    /// trailing dot make no difference. Null, the default, for a server with one certificate; of several, each after the
    /// first needs one. Clients that ask for another name or for none get the first certificate.
    /// </summary>
    public string? ServerName { get; init; }

    /// <summary>
    /// Refuses clients that ask for none of the server's names, or for no name at all, with the alert
    /// <c>unrecognized_name</c>, instead of giving them the first certificate. Set it for the first certificate, which then needs a
    /// <see cref="ServerName"/>. Default false.
    /// </summary>
    public bool RefuseOtherNames { get; init; }

    /// <summary>Certificates that clients have to show, or may. Null, the default: clients are not asked for one.</summary>
    public ClientCertificates? ClientCertificates { get; init; }

    /// <summary>TLS 1.2, 1.3 or both; <see cref="SslProtocols.None"/>, the default, is both.</summary>
    public SslProtocols Protocols { get; init; }

    /// <summary>The cipher suites that may be used. Null, the default: what the library thinks safe. Not on Windows.</summary>
    public CipherSuitesPolicy? CipherSuites { get; init; }

    /// <summary>
    /// Options of OpenSSL to add, as the bits of <c>SSL_CTX_set_options</c>. Default 0. On Linux only; the portable transport
    /// refuses to start.
    /// </summary>
    public long SecureOptions { get; init; }

    /// <summary>
    /// The path of Diffie-Hellman parameters in PEM format, for TLS 1.2 with DHE. Null, the default: none, so ECDHE only. On
    /// Linux only; the portable transport refuses to start.
    /// </summary>
    public string? DhParametersFile { get; init; }

    /// <summary>
    /// Gives a connection's buffers back after each record, instead of when it has become idle: less memory with thousands of
    /// connections that are all in use, and more work for each record. Default false. On Linux only; the portable transport
    /// refuses to start.
    /// </summary>
    public bool LowMemory { get; init; }

    /// <summary>
    /// Paths of certificate revocation lists in PEM format, which client certificates are looked up in. With any, each
    /// authority that has issued a client certificate needs one. Default none. On Linux only; the portable transport refuses
    /// to start.
    /// </summary>
    public IReadOnlyList<string> RevocationLists { get; init; } = [];

    /// <summary>
    /// The path of an OCSP response in DER format, which clients that ask are given with the certificate (RFC 6066 section
    /// 8). It is watched, as the certificate is. Null, the default: none. On Linux only; the portable transport refuses to
    /// start.
    /// </summary>
    public string? OcspResponseFile { get; init; }

    /// <summary>
    /// The path of keys for session tickets, so that a client can resume on any of several machines that have the same file: 80
    /// random bytes for each key, as for nginx (<c>openssl rand 80</c>). The first key seals new tickets, the others are those
    /// that were the first before. It is watched; replace the first key every day or so, since who has it can read what was
    /// said. Null, the default: keys of the process's own, replaced every 12 hours. Set it for the first certificate; it
    /// concerns the whole server. On Linux only; the portable transport refuses to start.
    /// </summary>
    public string? TicketKeysFile { get; init; }

    /// <summary>Where certificate and key come from.</summary>
    internal TlsSource Source { get; }

    /// <summary>The versions that are spoken.</summary>
    /// <exception cref="ArgumentException">Others are asked for.</exception>
    internal SslProtocols ProtocolsOrDefault
    {
        get
        {
            const SslProtocols Known = SslProtocols.Tls12 | SslProtocols.Tls13;
            if ((Protocols & ~Known) == 0) return Protocols is SslProtocols.None ? Known : Protocols;
            throw new ArgumentException(
                $"The value of \"TlsOptions.Protocols\" must be Tls12, Tls13, both or None. Received {Protocols}");
        }
    }

    /// <summary>All files that a renewal reads again.</summary>
    internal IEnumerable<string> Files =>
    [
        .. Source.Files, .. RevocationLists,
        .. ((string?[])[ClientCertificates?.Authorities, OcspResponseFile, DhParametersFile, TicketKeysFile]).OfType<string>(),
    ];

    private static void RequirePair(ReadOnlySpan<char> certificate, ReadOnlySpan<char> key, string what)
    {
        if (certificate.IsEmpty)
            throw new ArgumentException(
                $"The {what} of the certificate is empty. Give the certificate and its key.", nameof(certificate));
        if (key.IsEmpty)
            throw new ArgumentException(
                $"The {what} of the key is empty. Give the certificate and its key.", nameof(key));
    }

    private static void RequirePem(ReadOnlySpan<char> text, string name)
    {
        if (!text.Contains("-----BEGIN ", StringComparison.Ordinal))
            throw new ArgumentException(
                $"The {name} is not text in PEM format (-----BEGIN …). For a path use TlsOptions.FromPemFiles.", name);
    }
}
