using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>What is read of files, and what is said of those that cannot be read.</summary>
public sealed class TlsSourceTests : IDisposable
{
    private readonly TestPki _pki = new();

    [Fact]
    public void A_file_that_is_missing_is_named_with_what_it_was_to_be()
    {
        (string certificate, string key) = _pki.WritePair("site", _pki.Issue("a.test"));
        string nowhere = Path.Combine(_pki.Folder, "nowhere", "cert.pem");
        Assert.StartsWith($"The file of the TLS certificate does not exist: \"{nowhere}\".",
            Assert.Throws<FileNotFoundException>(() => Load(TlsOptions.FromPemFiles(nowhere, key))).Message);

        FileNotFoundException e = Assert.Throws<FileNotFoundException>(() => Load(TlsOptions.FromPemFiles(certificate, "no such file.key")));
        Assert.StartsWith("The file of the TLS key does not exist: \"no such file.key\" in \"", e.Message);
        Assert.Equal("no such file.key", e.FileName);
    }

    [Fact]
    public void A_directory_and_a_file_without_rights_are_named()
    {
        (string certificate, string key) = _pki.WritePair("site", _pki.Issue("a.test"));
        Assert.StartsWith("The path of the TLS certificate is a directory: ",
            Assert.Throws<IOException>(() => Load(TlsOptions.FromPemFiles(_pki.Folder, key))).Message);

        if (OperatingSystem.IsWindows() || Environment.IsPrivilegedProcess) return;
        File.SetUnixFileMode(key, UnixFileMode.None);
        Assert.StartsWith($"The file of the TLS key may not be read: \"{key}\".",
            Assert.Throws<UnauthorizedAccessException>(() => Load(TlsOptions.FromPemFiles(certificate, key))).Message);
    }

    [Fact]
    public void One_file_may_have_both()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        string both = _pki.Write("both.pem", TestPki.KeyText(own) + "\n" + _pki.ChainText(own));
        TlsOptions options = TlsOptions.FromPemFiles(both, both);
        Assert.Equal([both], options.Source.Files);
        Assert.Equal($"\"{both}\"", Load(options).Origin);
    }

    [Fact]
    public void A_pkcs12_file_brings_its_chain_and_says_what_is_wrong()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        string path = Path.Combine(_pki.Folder, "site.pfx"), keyless = Path.Combine(_pki.Folder, "keyless.pfx");
        File.WriteAllBytes(path, new X509Certificate2Collection { _pki.Issuer, own }.Export(X509ContentType.Pfx, "secret")!);
        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(own.RawData);
        File.WriteAllBytes(keyless, new X509Certificate2Collection { bare }.Export(X509ContentType.Pfx, "")!);

        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Load(TlsOptions.FromPkcs12File(path, "secret")).Chain);
        Assert.Equal(own.Thumbprint, chain[0].Thumbprint);
        Assert.Equal(2, chain.Count);

        string Said(string file, string? passphrase) =>
            Assert.Throws<CryptographicException>(() => Load(TlsOptions.FromPkcs12File(file, passphrase))).Message;
        Assert.StartsWith($"\"{path}\" cannot be opened: the passphrase is wrong", Said(path, "wrong"));
        Assert.StartsWith($"\"{path}\" cannot be opened: the passphrase is wrong", Said(path, null));
        Assert.StartsWith($"\"{keyless}\" has no private key", Said(keyless, ""));
        Assert.Contains("is in PEM format", Said(_pki.RootFile, null));
    }

    [Fact]
    public void A_certificate_of_dotnet_brings_its_key_and_what_it_is_given_with()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(Load(TlsOptions.FromCertificate(own, [_pki.Root, _pki.Issuer])).Chain);
        Assert.Equal([own.Thumbprint, _pki.Issuer.Thumbprint, _pki.Root.Thumbprint], chain.Select(each => each.Thumbprint));

        using X509Certificate2 bare = X509CertificateLoader.LoadCertificate(own.RawData);
        Assert.Contains("has no private key", Assert.Throws<ArgumentException>(() => TlsOptions.FromCertificate(bare)).Message);
    }

    [Fact]
    public void Half_a_pair_is_refused_where_it_is_written()
    {
        Assert.Throws<ArgumentException>(() => TlsOptions.FromPemFiles("", "key.pem"));
        Assert.Throws<ArgumentException>(() => TlsOptions.FromPemFiles("cert.pem", ""));
        Assert.Throws<ArgumentException>(() => TlsOptions.FromPem("", "-----BEGIN PRIVATE KEY-----"));
        Assert.Throws<ArgumentException>(() => TlsOptions.FromPkcs12File(""));
        Assert.Contains("FromPemFiles", Assert.Throws<ArgumentException>(() => TlsOptions.FromPem("cert.pem", "key.pem")).Message);
    }

    [Fact]
    public void All_files_of_a_certificate_are_watched()
    {
        TlsOptions options = TlsOptions.FromPemFiles("cert.pem", "key.pem") with
        {
            ClientCertificates = ClientCertificates.Require("ca.pem"), RevocationLists = ["crl.pem"], OcspResponseFile = "ocsp.der", DhParametersFile = "dh.pem",
        };
        Assert.Equal(["ca.pem", "cert.pem", "crl.pem", "dh.pem", "key.pem", "ocsp.der"], options.Files.Order());
        Assert.Empty(TlsOptions.FromPem("-----BEGIN ", "-----BEGIN ").Files);
    }

    public void Dispose() => _pki.Dispose();

    private static TlsCertificate Load(TlsOptions options) => options.Source.Load();
}
