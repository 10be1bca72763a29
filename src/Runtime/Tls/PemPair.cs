using System.Security.Cryptography;
using System.Text;

namespace Prebake.Tls;

/// <summary>
/// From the text of a certificate and of its key to what a backend takes, or to a sentence that says what is wrong with
/// them.
/// </summary>
internal static class PemPair
{
    /// <param name="certificate">The text that has the certificate and those that lead to its root, in any
    /// order.</param>
    /// <param name="certificateOrigin">What the text is called in messages.</param>
    /// <param name="key">The text that has the key; it may be the same.</param>
    /// <param name="keyOrigin">What that is called.</param>
    /// <param name="passphrase">What the key is encrypted with, or null.</param>
    /// <exception cref="CryptographicException">Something is missing or damaged.</exception>
    public static TlsCertificate Make(
        string certificate, string certificateOrigin, string key, string keyOrigin, string? passphrase)
    {
        List<CertificateFacts> chain = InOrder(CertificatesOf(certificate, certificateOrigin));
        PemBlock privateKey = KeyOf(key, keyOrigin);

        if (privateKey.IsEncrypted && passphrase is null)
            throw new CryptographicException($"The key in {keyOrigin} is encrypted. Give its passphrase.");

        string origin = certificateOrigin == keyOrigin ? certificateOrigin : $"{certificateOrigin} and {keyOrigin}";
        return new TlsCertificate(TextOf(chain), privateKey.Text, privateKey.IsEncrypted ? passphrase : null, origin)
        {
            NotBefore = chain.Max(each => each.NotBefore),
            NotAfter = chain.Min(each => each.NotAfter),
            KeyAlgorithm = chain[0].KeyAlgorithm,
        };
    }

    /// <summary>
    /// The certificate of the server first, then who has issued it, and so on, however they stood in the file; each
    /// once. What belongs to no such chain comes last, since a client may know what to do with it.
    /// </summary>
    internal static List<CertificateFacts> InOrder(List<CertificateFacts> given)
    {
        var left = new List<CertificateFacts>();
        foreach (CertificateFacts each in given)
            if (!left.Exists(other => other.Der.AsSpan().SequenceEqual(each.Der))) left.Add(each);

        // Nobody's issuer. Of several, the first in the file
        CertificateFacts leaf =
            left.Find(each => !left.Exists(other => other != each && !other.IsRoot && other.IsIssuedBy(each)))
            ?? left[0];

        var ordered = new List<CertificateFacts>(left.Count);
        for (CertificateFacts? next = leaf; next is not null;)
        {
            ordered.Add(next);
            left.Remove(next);
            CertificateFacts last = next;
            next = last.IsRoot ? null : left.Find(last.IsIssuedBy);
        }

        ordered.AddRange(left);
        return ordered;
    }

    /// <summary>Bytes that begin as PEM text does.</summary>
    public static bool IsText(ReadOnlySpan<byte> bytes) => bytes.IndexOf("-----BEGIN "u8) is >= 0 and < 4096;

    internal static List<CertificateFacts> CertificatesOf(string text, string origin)
    {
        List<PemBlock> blocks = PemBlock.AllOf(text, origin);
        List<PemBlock> certificates = blocks.FindAll(block => block.IsCertificate);
        if (certificates.Count == 0)
            throw new CryptographicException(blocks.Exists(block => block.IsPrivateKey)
                ? $"{origin} has a private key, and no certificate. Are certificate and key swapped?"
                : blocks.Count > 0
                    ? $"{origin} has no certificate, but \"-----BEGIN {blocks[0].Label}-----\". Give the "
                        + "certificate's file."
                    : $"{origin} is not in PEM format: it has no \"-----BEGIN CERTIFICATE-----\". Convert it, for "
                        + "example "
                        + "with openssl x509 -inform der (PKCS#12: TlsOptions.FromPkcs12File).");

        return certificates.ConvertAll(block => CertificateFacts.Read(block.Decode(origin), origin));
    }

    private static PemBlock KeyOf(string text, string origin)
    {
        List<PemBlock> blocks = PemBlock.AllOf(text, origin);
        PemBlock key = blocks.Find(block => block.IsPrivateKey);
        if (key.Label is null)
            throw new CryptographicException(blocks.Exists(block => block.IsCertificate)
                ? $"{origin} has a certificate, and no private key. Are certificate and key swapped?"
                : blocks.Count > 0
                    ? $"{origin} has no private key, but \"-----BEGIN {blocks[0].Label}-----\". Give the private "
                        + "key's file."
                    : $"{origin} is not in PEM format: it has no \"-----BEGIN PRIVATE KEY-----\". Convert it, for "
                        + "example "
                        + "with openssl pkey -inform der.");

        if (!key.IsTraditionallyEncrypted) key.Decode(origin);         // says so if it is damaged
        return key;
    }

    private static string TextOf(List<CertificateFacts> chain)
    {
        var text = new StringBuilder();
        foreach (CertificateFacts each in chain)
            text.Append(new PemBlock("CERTIFICATE", Convert.ToBase64String(each.Der)).Text);
        return text.ToString();
    }
}
