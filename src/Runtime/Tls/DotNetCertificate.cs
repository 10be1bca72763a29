using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Prebake.Tls;

/// <summary>A certificate of .NET's with its key, and perhaps those that lead to its root.</summary>
internal sealed class DotNetCertificate(X509Certificate2 certificate, X509Certificate2Collection? chain) : TlsSource
{
    public override TlsCertificate Load() => Load(certificate, chain, TlsFile.Quote(certificate.Subject));

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);

    /// <summary>The same for one that came from elsewhere.</summary>
    public static TlsCertificate Load(X509Certificate2 certificate, X509Certificate2Collection? chain, string origin)
    {
        using AsymmetricAlgorithm key =
            (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()
                ?? throw new CryptographicException(
                $"The key of the certificate {origin} is neither RSA nor ECDSA. Give it with TlsOptions.FromPemFiles.");

        var text = new StringBuilder(certificate.ExportCertificatePem()).Append('\n');
        foreach (X509Certificate2 each in chain ?? []) text.Append(each.ExportCertificatePem()).Append('\n');

        try
        {
            return PemPair.Make(text.ToString(), origin, key.ExportPkcs8PrivateKeyPem(), origin, passphrase: null);
        }
        catch (CryptographicException) when (!OperatingSystem.IsLinux())
        {
            // A key in a store of Windows or macOS need not leave it: there SslStream uses the certificate as it is
            return new TlsCertificate(text.ToString(), "", null, origin)
            {
                NotBefore = certificate.NotBefore,
                NotAfter = certificate.NotAfter,
                Unexportable = certificate,
            };
        }
    }
}
