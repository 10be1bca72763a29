namespace Prebake;

/// <summary>Whether clients show a certificate, and which authorities must have issued it (mutual TLS).</summary>
/// <example><code>
/// TlsOptions.FromPemFiles("cert.pem", "key.pem") with { ClientCertificates = ClientCertificates.Require("ca.pem") }
/// </code></example>
public sealed class ClientCertificates
{
    private ClientCertificates(string authorities, bool isRequired) => (Authorities, IsRequired) = (authorities, isRequired);

    /// <summary>Clients must show a certificate of one of these authorities; the handshake fails without.</summary>
    /// <param name="authorities">The path of the authorities' certificates in PEM format.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ClientCertificates Require(string authorities) => new(PathOf(authorities), isRequired: true);

    /// <summary>
    /// Clients may show a certificate of one of these authorities; the handshake fails with another one, and succeeds without.
    /// </summary>
    /// <param name="authorities">The path of the authorities' certificates in PEM format.</param>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public static ClientCertificates Allow(string authorities) => new(PathOf(authorities), isRequired: false);

    /// <summary>The path of the authorities' certificates.</summary>
    internal string Authorities { get; }

    /// <summary>The handshake fails without a certificate.</summary>
    internal bool IsRequired { get; }

    private static string PathOf(string authorities) =>
        !string.IsNullOrEmpty(authorities) ? authorities : throw new ArgumentException(
            "The path of the authorities' certificates is empty. Give a PEM file with those that you trust.",
            nameof(authorities));
}
