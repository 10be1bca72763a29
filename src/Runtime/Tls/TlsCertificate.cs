namespace Prebake.Tls;

/// <summary>A certificate and its key as text, whatever they were given as: what a backend makes a context of.</summary>
/// <param name="Chain">PEM: the certificate, followed by those that lead to its root.</param>
/// <param name="Key">PEM: the private key, perhaps encrypted.</param>
/// <param name="Passphrase">What the key is encrypted with; null for a key that is not.</param>
/// <param name="Origin">For messages: where they came from, such as <c>cert.pem and key.pem</c>.</param>
internal sealed record TlsCertificate(string Chain, string Key, string? Passphrase, string Origin);
