using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Testing;

/// <summary>An authority of a test's own, and a folder for what it issues. Made at run time: no key is ever in the repository.</summary>
internal sealed class TestPki : IDisposable
{
    public const string ServerUse = "1.3.6.1.5.5.7.3.1", ClientUse = "1.3.6.1.5.5.7.3.2";

    private readonly ECDsa _rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _issuerKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestPki(string name = "Test")
    {
        Folder = Directory.CreateTempSubdirectory("prebake-tls-").FullName;
        DateTimeOffset now = DateTimeOffset.UtcNow;

        Root = AuthorityRequest($"CN={name} root", _rootKey).CreateSelfSigned(now.AddYears(-20), now.AddYears(20));
        using X509Certificate2 issuer = AuthorityRequest($"CN={name} issuer", _issuerKey)
            .Create(Root, now.AddYears(-19), now.AddYears(19), Serial());
        Issuer = issuer.CopyWithPrivateKey(_issuerKey);
        RootFile = Write("root.pem", Root.ExportCertificatePem());
    }

    public string Folder { get; }

    public X509Certificate2 Root { get; }

    /// <summary>Issued by the root; issues everything else.</summary>
    public X509Certificate2 Issuer { get; }

    public string RootFile { get; }

    /// <summary>A file in the folder.</summary>
    public string Write(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }

    /// <summary>A certificate with its key, for server names, or for a client without.</summary>
    public X509Certificate2 Issue(
        string name, AsymmetricAlgorithm? key = null, DateTimeOffset? notAfter = null, string use = ServerUse, params string[] others)
    {
        key ??= ECDsa.Create(ECCurve.NamedCurves.nistP256);
        string subject = $"CN={name.Replace("*", "any")}";
        CertificateRequest request = key is RSA rsa
            ? new CertificateRequest(subject, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, (ECDsa)key, HashAlgorithmName.SHA256);

        var names = new SubjectAlternativeNameBuilder();
        foreach (string each in (string[])[name, .. others]) names.AddDnsName(each);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));

        DateTimeOffset end = notAfter ?? DateTimeOffset.UtcNow.AddYears(1);
        using X509Certificate2 bare = request.Create(
            Issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(_issuerKey), end.AddYears(-2), end, Serial());
        return key is RSA own ? bare.CopyWithPrivateKey(own) : bare.CopyWithPrivateKey((ECDsa)key);
    }

    /// <summary>Certificate and issuer in one file, the key in another.</summary>
    public (string Certificate, string Key) WritePair(string file, X509Certificate2 certificate) =>
        (Write(file + ".pem", ChainText(certificate)), Write(file + ".key", KeyText(certificate)));

    public string ChainText(X509Certificate2 certificate) =>
        certificate.ExportCertificatePem() + "\n" + Issuer.ExportCertificatePem() + "\n";

    public static string KeyText(X509Certificate2 certificate, string? passphrase = null)
    {
        using AsymmetricAlgorithm key = (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey() ?? certificate.GetECDsaPrivateKey()!;
        return passphrase is null
            ? key.ExportPkcs8PrivateKeyPem()
            : key.ExportEncryptedPkcs8PrivateKeyPem(passphrase, new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1000));
    }

    public void Dispose()
    {
        Root.Dispose();
        Issuer.Dispose();
        _rootKey.Dispose();
        _issuerKey.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    private static CertificateRequest AuthorityRequest(string subject, ECDsa key)
    {
        var request = new CertificateRequest(subject, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        return request;
    }

    private static byte[] Serial()
    {
        byte[] serial = RandomNumberGenerator.GetBytes(12);
        serial[0] = 1;              // positive
        return serial;
    }
}
