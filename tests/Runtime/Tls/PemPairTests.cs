using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Prebake.Tls;

namespace Prebake.Tests.Tls;

/// <summary>Certificate and key as text: what is put in order, and what is said of what is wrong.</summary>
public sealed class PemPairTests : IDisposable
{
    private readonly TestPki _pki = new();

    [Fact]
    public void A_chain_is_put_in_order_whatever_order_it_comes_in()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        X509Certificate2[] wanted = [own, _pki.Issuer, _pki.Root];
        int[][] orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        foreach (int[] order in orders)
        {
            string text = string.Concat(order.Select(i => "a comment\n" + wanted[i].ExportCertificatePem() + "\n"));
            TlsCertificate made = PemPair.Make(text + text, "chain", TestPki.KeyText(own), "key", null);     // twice: each counts once

            var chain = new X509Certificate2Collection();
            chain.ImportFromPem(made.Chain);
            Assert.Equal(wanted.Select(each => each.Thumbprint), chain.Select(each => each.Thumbprint));
        }
    }

    [Fact]
    public void A_root_alone_and_a_stranger_in_the_file_do_no_harm()
    {
        using var other = new TestPki("Other");
        using X509Certificate2 own = _pki.Issue("a.test");
        string text = own.ExportCertificatePem() + "\n" + other.Root.ExportCertificatePem() + "\n" + _pki.Issuer.ExportCertificatePem();
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(PemPair.Make(text, "chain", TestPki.KeyText(own), "key", null).Chain);
        Assert.Equal([own.Thumbprint, _pki.Issuer.Thumbprint, other.Root.Thumbprint], chain.Select(each => each.Thumbprint));

        using ECDsa key = _pki.Root.GetECDsaPrivateKey()!;
        Assert.Contains("BEGIN CERTIFICATE", PemPair.Make(_pki.Root.ExportCertificatePem(), "a", key.ExportPkcs8PrivateKeyPem(), "b", null).Chain);
    }

    [Fact]
    public void The_facts_of_a_certificate_are_those_that_dotnet_reads()
    {
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 ecdsa = _pki.Issue("a.test", notAfter: DateTimeOffset.UtcNow.AddDays(-1)), withRsa = _pki.Issue("b.test", rsa);
        foreach (X509Certificate2 each in (X509Certificate2[])[ecdsa, withRsa, _pki.Root, _pki.Issuer])
        {
            CertificateFacts facts = CertificateFacts.Read(each.RawData, "a file");
            Assert.Equal(each.SubjectName.RawData, facts.Subject);
            Assert.Equal(each.IssuerName.RawData, facts.Issuer);
            Assert.Equal(each.NotBefore.ToUniversalTime(), facts.NotBefore.UtcDateTime);
            Assert.Equal(each.NotAfter.ToUniversalTime(), facts.NotAfter.UtcDateTime);
            Assert.Equal(each.GetKeyAlgorithm(), facts.KeyAlgorithm);
        }
    }

    [Fact]
    public void A_damaged_certificate_is_an_error_and_never_a_crash()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        var random = new Random(7);
        for (int i = 0; i < 2000; i++)
        {
            byte[] der = (byte[])own.RawData.Clone();
            if (i % 2 == 0) der[random.Next(der.Length)] ^= (byte)(1 << random.Next(8));
            else der = der[..random.Next(der.Length)];
            try
            {
                CertificateFacts.Read(der, "a file");
            }
            catch (CryptographicException e)
            {
                Assert.StartsWith("a file has a certificate that is damaged", e.Message);
            }
        }
    }

    [Fact]
    public void Every_mistake_has_its_sentence()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        string certificate = own.ExportCertificatePem(), key = TestPki.KeyText(own), encrypted = TestPki.KeyText(own, "secret");

        Says("chain has a private key, and no certificate. Are certificate and key swapped?", key, certificate);
        Says("key has a certificate, and no private key. Are certificate and key swapped?", certificate, certificate);
        Says("chain is not in PEM format", "just words", key);
        Says("key is not in PEM format", certificate, "");
        Says("chain has no certificate, but \"-----BEGIN PUBLIC KEY-----\"", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", key);
        Says("key has no private key, but \"-----BEGIN PUBLIC KEY-----\"", certificate, "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
        Says("chain ends in the middle of \"-----BEGIN CERTIFICATE-----\"", certificate[..100], key);
        Says("key ends in the middle of \"-----BEGIN PRIVATE KEY-----\"", certificate, key[..60]);
        Says("chain has a damaged \"-----BEGIN CERTIFICATE-----\"", certificate.Replace("M", "!"), key);
        Says("chain has a certificate that is damaged", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", key);
        Says("The key in key is encrypted. Give its passphrase.", certificate, encrypted);

        void Says(string expected, string chainText, string keyText) =>
            Assert.StartsWith(expected, Assert.Throws<CryptographicException>(() => PemPair.Make(chainText, "chain", keyText, "key", null)).Message);
    }

    [Fact]
    public void Line_endings_and_parameters_in_front_of_a_key_make_no_difference()
    {
        using X509Certificate2 own = _pki.Issue("a.test");
        string key = "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + TestPki.KeyText(own);
        TlsCertificate plain = PemPair.Make(own.ExportCertificatePem(), "a", key, "a", null);
        TlsCertificate windows = PemPair.Make(own.ExportCertificatePem().ReplaceLineEndings("\r\n"), "a", key.ReplaceLineEndings("\r\n"), "a", "");
        Assert.Equal(plain, windows);
        Assert.Equal("a", plain.Origin);
        Assert.StartsWith("-----BEGIN PRIVATE KEY-----", plain.Key);
        Assert.All(plain.Chain.Split('\n'), line => Assert.True(line.Length <= 64));
    }

    public void Dispose() => _pki.Dispose();
}
