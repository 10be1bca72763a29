using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Tls;

/// <summary>Where a certificate and its key come from; asked again at each renewal.</summary>
internal abstract class TlsSource
{
    /// <summary>Reads certificate and key anew. From any thread.</summary>
    /// <exception cref="IOException">A file cannot be read.</exception>
    /// <exception cref="CryptographicException">It makes no sense; the message names the file.</exception>
    public abstract TlsCertificate Load();

    /// <summary>The files to watch.</summary>
    public virtual IReadOnlyList<string> Files => [];

    /// <summary>
    /// What a server with these options does for its connections. Abstract although all do the same: an app that makes no
    /// source carries nothing of TLS, since the trimmer finds nothing that this call could lead to.
    /// </summary>
    public abstract TlsTermination Terminate(TlsSettings settings);
}

/// <summary>Two files, or one that has both.</summary>
internal sealed class PemFiles(string certificate, string key, string? passphrase) : TlsSource
{
    public override IReadOnlyList<string> Files => certificate == key ? [certificate] : [certificate, key];

    public override TlsCertificate Load() => new(
        File.ReadAllText(certificate), File.ReadAllText(key), passphrase,
        certificate == key ? certificate : $"{certificate} and {key}");

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}

/// <summary>What was in the files.</summary>
internal sealed class PemText(string certificate, string key, string? passphrase) : TlsSource
{
    public override TlsCertificate Load() => new(certificate, key, passphrase, "the PEM text");

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}

/// <summary>A certificate of .NET's with its key.</summary>
internal sealed class DotNetCertificate(X509Certificate2 certificate) : TlsSource
{
    public override TlsCertificate Load()
    {
        using AsymmetricAlgorithm? key = certificate.GetRSAPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetECDsaPrivateKey();
        if (key is null)
            throw new CryptographicException(
                $"The key of the certificate \"{certificate.Subject}\" is neither RSA nor ECDSA. Give it as PEM "
                    + "instead.");

        return new TlsCertificate(
            certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem(), null, $"\"{certificate.Subject}\"");
    }

    public override TlsTermination Terminate(TlsSettings settings) => new TlsServer(settings);
}
