using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Tls;

/// <summary>A PKCS#12 file (.pfx, .p12), which has certificate, key and chain.</summary>
internal sealed class Pkcs12File(string path, string? passphrase) : TlsSource
{
    public override IReadOnlyList<string> Files => [path];

    public override TlsCertificate Load()
    {
        byte[] bytes = TlsFile.ReadBytes(path, "certificate");
        X509Certificate2Collection all;
        try
        {
            all = X509CertificateLoader.LoadPkcs12Collection(bytes, passphrase, X509KeyStorageFlags.Exportable);
        }
        catch (CryptographicException e)
        {
            throw new CryptographicException(PemPair.IsText(bytes)
                ? $"{TlsFile.Quote(path)} is in PEM format, and not in PKCS#12. Use TlsOptions.FromPemFiles."
                : $"{TlsFile.Quote(path)} cannot be opened: the passphrase is wrong, or it is not in PKCS#12 format "
                    + $"({e.Message})", e);
        }

        X509Certificate2 own = all.FirstOrDefault(each => each.HasPrivateKey) ?? throw new CryptographicException(
            $"{TlsFile.Quote(path)} has no private key. Export the certificate together with its key.");

        all.Remove(own);
        return DotNetCertificate.Load(own, all, TlsFile.Quote(path));
    }

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}
