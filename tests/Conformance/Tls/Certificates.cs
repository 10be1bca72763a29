using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Conformance.Tls;

/// <summary>A certificate and its key as PEM text and as files, which last as long as the tests.</summary>
public sealed class Issued
{
    private static readonly string s_folder = Directory.CreateTempSubdirectory("prebake-tls").FullName;
    private static int s_count;

    public Issued(string certificate, string key)
    {
        (Certificate, Key) = (certificate, key);
        int number = Interlocked.Increment(ref s_count);
        File.WriteAllText(CertificateFile = Path.Combine(s_folder, $"{number}.pem"), certificate);
        File.WriteAllText(KeyFile = Path.Combine(s_folder, $"{number}.key"), key);
    }

    public string Certificate { get; }
    public string Key { get; }
    public string CertificateFile { get; }
    public string KeyFile { get; }

    public TlsOptions Options => TlsOptions.FromPemFiles(CertificateFile, KeyFile);

    /// <summary>For a client.</summary>
    public X509Certificate2 WithKey
    {
        get
        {
            // SslStream has no use for a key that lives in memory only, on some systems
            using X509Certificate2 pem = X509Certificate2.CreateFromPem(Certificate, Key);
            return X509CertificateLoader.LoadPkcs12(pem.Export(X509ContentType.Pkcs12), null);
        }
    }

    public static string FileOf(string text)
    {
        string path = Path.Combine(s_folder, $"{Interlocked.Increment(ref s_count)}.pem");
        File.WriteAllText(path, text);
        return path;
    }
}

/// <summary>An authority of the tests' own.</summary>
public sealed class Certificates
{
    private readonly X509Certificate2 _root;
    private long _serial;

    public Certificates(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(
            new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        _root = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(30));
        AuthorityFile = Issued.FileOf(_root.ExportCertificatePem());
    }

    /// <summary>Issues what most tests need.</summary>
    public static Certificates Authority { get; } = new("Tests");

    public static Certificates Other { get; } = new("Somebody else");

    public X509Certificate2 Root => _root;

    /// <summary>The path of its own certificate.</summary>
    public string AuthorityFile { get; }

    /// <summary>A certificate for some names, with a key on P-256 or of 2,048 bits.</summary>
    public Issued Issue(string name, bool rsa = false, bool expired = false, params string[] others)
    {
        using AsymmetricAlgorithm key = rsa ? RSA.Create(2048) : ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var subject = new X500DistinguishedName($"CN={name}");
        CertificateRequest request = key is RSA rsaKey
            ? new(subject, rsaKey, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new(subject, (ECDsa)key, HashAlgorithmName.SHA256);

        var names = new SubjectAlternativeNameBuilder();
        foreach (string each in (string[])[name, .. others]) names.AddDnsName(each);
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());

        byte[] serial = BitConverter.GetBytes(IPAddress.HostToNetworkOrder(Interlocked.Increment(ref _serial)));
        X509SignatureGenerator signer = X509SignatureGenerator.CreateForECDsa(_root.GetECDsaPrivateKey()!);
        DateTimeOffset now = DateTimeOffset.UtcNow;
        using X509Certificate2 issued = request.Create(
            _root.SubjectName, signer, now.AddHours(-12), expired ? now.AddHours(-1) : now.AddDays(20), serial);
        return new Issued(issued.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>A list that revokes a certificate, as a file.</summary>
    public string Revoke(params Issued[] revoked)
    {
        var list = new CertificateRevocationListBuilder();
        foreach (Issued each in revoked)
        {
            using X509Certificate2 certificate = X509Certificate2.CreateFromPem(each.Certificate);
            list.AddEntry(certificate);
        }

        byte[] bytes = list.Build(_root, 1, DateTimeOffset.UtcNow.AddDays(10), HashAlgorithmName.SHA256);
        return Issued.FileOf(PemEncoding.WriteString("X509 CRL", bytes));
    }
}
