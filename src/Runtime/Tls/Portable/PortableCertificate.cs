using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Tls.Portable;

/// <summary>
/// A certificate as <c>SslStream</c> takes it: .NET's, with its key, and those that lead to its root.
/// </summary>
internal sealed record PortableCertificate(X509Certificate2 Own, X509Certificate2Collection Chain)
{
    private const string Rsa = "1.2.840.113549.1.1.1", RsaPss = "1.2.840.113549.1.1.10", Ec = "1.2.840.10045.2.1";

    /// <exception cref="CryptographicException">The key is not the certificate's, or cannot be read.</exception>
    /// <exception cref="PlatformNotSupportedException">.NET has no such keys.</exception>
    public static PortableCertificate Make(TlsCertificate certificate)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificate.Chain);
        X509Certificate2 own = chain[0];
        chain.RemoveAt(0);

        if (certificate.Unexportable is { } unexportable) return new PortableCertificate(unexportable, chain);

        X509Certificate2 withKey = WithKey(own, certificate);

        // SChannel takes only keys that are in a store, if for a moment
        if (OperatingSystem.IsWindows())
            withKey = X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), null);

        return new PortableCertificate(withKey, chain);
    }

    private static X509Certificate2 WithKey(X509Certificate2 own, TlsCertificate certificate)
    {
        try
        {
            switch (certificate.KeyAlgorithm)
            {
                case Rsa or RsaPss:
                    using (RSA key = RSA.Create())
                    {
                        Import(key, certificate, "RSA");
                        return own.CopyWithPrivateKey(key);
                    }

                case Ec:
                    using (ECDsa key = ECDsa.Create())
                    {
                        Import(key, certificate, "ECDSA");
                        return own.CopyWithPrivateKey(key);
                    }

                default:
                    throw new PlatformNotSupportedException(
                        $"The certificate of {certificate.Origin} has a key that is neither RSA nor ECDSA "
                            + $"({certificate.KeyAlgorithm}), "
                            + "which the portable transport does not support. Use another key, or the loops of Linux.");
            }
        }
        catch (ArgumentException e)
        {
            throw new CryptographicException(
                $"{certificate.Origin} do not belong together: the key is not that of the certificate. Give both of "
                    + "one pair.", e);
        }
    }

    private static void Import(AsymmetricAlgorithm key, TlsCertificate certificate, string kind)
    {
        string? passphrase = certificate.Passphrase;
        try
        {
            PemBlock block = PemBlock.AllOf(certificate.Key, certificate.Origin)[0];
            if (block.IsTraditionallyEncrypted) key.ImportFromPem(TraditionalKey.Decrypt(block, passphrase!).Text);
            else if (block.IsEncrypted) key.ImportFromEncryptedPem(certificate.Key, passphrase);
            else key.ImportFromPem(certificate.Key);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw new CryptographicException(passphrase is null
                ? $"{certificate.Origin} do not belong together: the certificate has an {kind} key, and the key is "
                    + "another or is damaged "
                    + $"({e.Message})"
                : $"The key of {certificate.Origin} cannot be decrypted: the passphrase is wrong, or it is not an "
                    + $"{kind} key ({e.Message})", e);
        }
    }
}
