using System.Security.Cryptography.X509Certificates;

namespace Prebake.Tls;

/// <summary>A certificate and its key as text, whatever they were given as: what a backend makes a context of.</summary>
/// <param name="Chain">PEM: the certificate, followed by those that lead to its root.</param>
/// <param name="Key">PEM: the private key, perhaps encrypted.</param>
/// <param name="Passphrase">What the key is encrypted with; null for a key that is not.</param>
/// <param name="Origin">For messages: where they came from, such as <c>cert.pem and key.pem</c>.</param>
internal sealed record TlsCertificate(string Chain, string Key, string? Passphrase, string Origin)
{
    /// <summary>The time before which a certificate of the chain is not valid yet.</summary>
    public DateTimeOffset NotBefore { get; init; } = DateTimeOffset.MinValue;

    /// <summary>The time after which a certificate of the chain is not valid any more.</summary>
    public DateTimeOffset NotAfter { get; init; } = DateTimeOffset.MaxValue;

    /// <summary>The object identifier of the certificate's public key: <c>1.3.101.112</c> for Ed25519.</summary>
    public string KeyAlgorithm { get; init; } = "";

    /// <summary>A certificate of .NET's whose key cannot be exported: <see cref="Key"/> is empty then.</summary>
    public X509Certificate2? Unexportable { get; init; }
}
