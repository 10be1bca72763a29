using Prebake.Conformance.Clients;
using Prebake.Testing;

namespace Prebake.Conformance.Tls;

/// <summary>Certificates with keys of every kind that OpenSSL makes, shown to OpenSSL's own client, which verifies them.</summary>
public sealed class KeyKindTests
{
    /// <summary>How the key is made, and what the client says about the signature.</summary>
    private static readonly (string[] Key, string Signature)[] s_kinds =
    [
        (["ed25519"], "ED25519"),
        (["ed448"], "ED448"),
        (["rsa:2048"], "RSA-PSS"),
        (["rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048"], "RSA-PSS"),
        (["ec", "-pkeyopt", "ec_paramgen_curve:P-256"], "ECDSA"),
        (["ec", "-pkeyopt", "ec_paramgen_curve:P-384"], "ECDSA"),
        (["ec", "-pkeyopt", "ec_paramgen_curve:P-521"], "ECDSA"),
    ];

    public static TheoryData<Over> Loops => new(Servers.TlsTransports.Where(transport => transport is not Over.Sockets));

    [ToolTheory("openssl"), MemberData(nameof(Loops))]
    public async Task Each_kind_of_key_is_verified_by_a_client(Over transport)
    {
        foreach ((string[] kind, string signature) in s_kinds)
        {
            Issued pair = Make(kind);
            await using Server server = HandshakeTests.Start(transport, pair.Options);
            foreach (string version in (string[])["-tls1_2", "-tls1_3"])
            {
                string output = Run(
                    "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", "s_client", "-connect", $"127.0.0.1:{server.Port}",
                    "-servername", "localhost", version, "-CAfile", pair.CertificateFile, "-verify_return_error", "-ign_eof");
                Assert.Contains("Verification: OK", output);
                Assert.Contains($"Peer signature type: {signature}", output, StringComparison.OrdinalIgnoreCase);
                Assert.Contains("200 OK", output);
            }
        }
    }

    [ToolTheory("openssl"), InlineData("ed25519"), InlineData("ed448")]
    public void The_portable_transport_says_which_keys_it_does_not_have(string kind)
    {
        Issued pair = Make(kind);
        string message = Assert.Throws<PlatformNotSupportedException>(() => HandshakeTests.Start(Over.Sockets, pair.Options)).Message;
        Assert.Contains(pair.CertificateFile, message);
        Assert.Contains("neither RSA nor ECDSA", message);
    }

    // Signed by itself
    private static Issued Make(params string[] kind)
    {
        string key = Issued.FileOf(""), certificate = Issued.FileOf("");
        Run(
            "", ["req", "-x509", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
            "-newkey", .. kind, "-keyout", key, "-out", certificate]);
        return new Issued(File.ReadAllText(certificate), File.ReadAllText(key));
    }

    private static string Run(string input, params string[] arguments)
    {
        Outcome said = Command.RunWith(input, Tools.Find("openssl")!, arguments);
        return said.Output + said.Error;
    }
}
