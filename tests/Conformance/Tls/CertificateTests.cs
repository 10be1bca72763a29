using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>What a server with certificates shows and takes, on each transport.</summary>
public sealed class CertificateTests : IDisposable
{
    // Not a constant, which would be a warning
    private static readonly string s_passphrase = "secret";

    private readonly TestPki _pki = new();

    public static TheoryData<Over> Transports => [.. Servers.TlsTransports];

    [Theory, MemberData(nameof(Transports))]
    public async Task Requests_of_every_kind_are_answered_over_https(Over transport)
    {
        await using Server server = TlsServers.Start(transport, _pki);
        Assert.Equal(Uri.UriSchemeHttps, server.Url.Scheme);

        using TrustingClient client = TrustingClient.Connect(server, _pki);
        Assert.EndsWith("\r\n\r\nstatic answer", client.Get("/static"));
        Assert.EndsWith("\r\n\r\nhandler answer", client.Get("/text"));
        Assert.EndsWith("\r\n\r\nyielded", client.Get("/yield"));
        Assert.EndsWith("\r\n\r\nslow answer", client.Get("/slow"));
        Assert.StartsWith("HTTP/1.1 404 ", client.Get("/nowhere"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Large_bodies_go_both_ways(Over transport)
    {
        await using Server server = TlsServers.Start(transport, _pki);
        using TrustingClient client = TrustingClient.Connect(server, _pki);

        byte[] body = TestApp.LargeBody;
        client.Send($"POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
        await client.Stream.WriteAsync(body);
        Assert.Contains($"Content-Length: {body.Length}\r\n", client.ReadHead());

        var echo = new byte[body.Length];
        client.Stream.ReadExactly(echo);
        Assert.Equal(body, echo);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Pipelined_requests_are_answered_in_order(Over transport)
    {
        await using Server server = TlsServers.Start(transport, _pki);
        using TrustingClient client = TrustingClient.Connect(server, _pki);

        client.Send(string.Concat(Enumerable.Range(0, 200).Select(i => $"GET /users/{i} HTTP/1.1\r\nHost: a\r\n\r\n")));
        for (int i = 0; i < 200; i++)
        {
            string expected = $"user {i}";
            Assert.Contains($"Content-Length: {expected.Length}\r\n", client.ReadHead());
            var body = new byte[expected.Length];
            client.Stream.ReadExactly(body);
            Assert.Equal(expected, Encoding.ASCII.GetString(body));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_close_says_farewell(Over transport)
    {
        await using Server server = TlsServers.Start(transport, _pki);
        using TrustingClient client = TrustingClient.Connect(server, _pki);

        Assert.Contains("Connection: close\r\n", client.Get("/static", "Connection: close\r\n"));
        Assert.Equal(-1, client.Stream.ReadByte());         // a cut connection would be an IOException
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_chain_is_sent_whole_however_its_file_is_ordered(Over transport)
    {
        using X509Certificate2 own = _pki.Issue("localhost");
        string certificate = _pki.Write("mixed.pem",
            $"some words\n{_pki.Root.ExportCertificatePem()}\n{_pki.Issuer.ExportCertificatePem()}\n{own.ExportCertificatePem()}\n");
        string key = _pki.Write("mixed.key", TestPki.KeyText(own));

        await using Server server = TlsServers.Start(transport, TlsOptions.FromPemFiles(certificate, key));
        using TrustingClient client = TrustingClient.Connect(server, _pki);       // knows the root only
        Assert.Equal(own.Thumbprint, client.Shown.Thumbprint);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Keys_come_in_every_form(Over transport)
    {
        using RSA rsa = RSA.Create(2048);
        using ECDsa ecdsa = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using X509Certificate2 withRsa = _pki.Issue("localhost", rsa), withEcdsa = _pki.Issue("localhost", ecdsa);
        string pfx = Path.Combine(_pki.Folder, "site.pfx"), bare = Path.Combine(_pki.Folder, "bare.pfx");
        var all = new X509Certificate2Collection { withRsa, _pki.Issuer };
        File.WriteAllBytes(pfx, all.Export(X509ContentType.Pfx, s_passphrase)!);
        File.WriteAllBytes(bare, all.Export(X509ContentType.Pfx, "")!);

        TlsOptions[] ways =
        [
            TlsOptions.FromPem(_pki.ChainText(withRsa), rsa.ExportRSAPrivateKeyPem()),
            TlsOptions.FromPem(_pki.ChainText(withEcdsa), ecdsa.ExportECPrivateKeyPem()),
            TlsOptions.FromPem(_pki.ChainText(withEcdsa), TestPki.KeyText(withEcdsa, s_passphrase), s_passphrase),
            TlsOptions.FromPem(_pki.ChainText(withRsa), TraditionallyEncrypted(rsa, s_passphrase), s_passphrase),
            TlsOptions.FromPkcs12File(pfx, s_passphrase),
            TlsOptions.FromPkcs12File(bare),
            TlsOptions.FromPkcs12File(bare, ""),
            TlsOptions.FromCertificate(withRsa, [_pki.Issuer]),
        ];

        foreach (TlsOptions way in ways)
        {
            await using Server server = TlsServers.Start(transport, way);
            using TrustingClient client = TrustingClient.Connect(server, _pki);
            Assert.EndsWith("handler answer", client.Get("/text"));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_name_that_a_client_asks_for_chooses_the_certificate(Over transport)
    {
        using X509Certificate2 first = _pki.Issue("first.test"), any = _pki.Issue("*.any.test"), idn = _pki.Issue("xn--bcher-kva.test");
        TlsOptions Of(X509Certificate2 certificate, string? name) =>
            TlsOptions.FromPem(_pki.ChainText(certificate), TestPki.KeyText(certificate)) with { ServerName = name };

        await using Server server = TlsServers.Start(transport, Of(first, null), Of(any, "*.ANY.test."), Of(idn, "Bücher.test"));
        string ShownTo(string name)
        {
            using TrustingClient client = TrustingClient.Connect(server, _pki, name, options => options.RemoteCertificateValidationCallback = (_, _, _, _) => true);
            return client.Shown.Thumbprint;
        }

        Assert.Equal(first.Thumbprint, ShownTo("first.test"));
        Assert.Equal(first.Thumbprint, ShownTo("other.test"));
        Assert.Equal(first.Thumbprint, ShownTo("any.test"));
        Assert.Equal(first.Thumbprint, ShownTo("two.labels.any.test"));
        Assert.Equal(first.Thumbprint, ShownTo("127.0.0.1"));           // not sent at all
        Assert.Equal(any.Thumbprint, ShownTo("one.any.test"));
        Assert.Equal(any.Thumbprint, ShownTo("ONE.Any.TEST"));
        Assert.Equal(idn.Thumbprint, ShownTo("xn--bcher-kva.test"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Other_names_can_be_refused(Over transport)
    {
        using X509Certificate2 own = _pki.Issue("own.test");
        await using Server server = TlsServers.Start(transport,
            TlsOptions.FromPem(_pki.ChainText(own), TestPki.KeyText(own)) with { ServerName = "own.test", RefuseOtherNames = true });

        using (TrustingClient client = TrustingClient.Connect(server, _pki, "own.test")) Assert.EndsWith("handler answer", client.Get("/text"));
        Exception refused = Assert.ThrowsAny<Exception>(() => TrustingClient.Connect(server, _pki, "other.test"));
        Assert.Contains("unrecognized name", refused.ToString().Replace('_', ' '), StringComparison.OrdinalIgnoreCase);
        Assert.ThrowsAny<Exception>(() => TrustingClient.Connect(server, _pki, "127.0.0.1"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Only_the_protocols_that_are_asked_for_are_spoken(Over transport)
    {
        await using Server server = TlsServers.Start(transport, TlsServers.OptionsFor(_pki) with { Protocols = SslProtocols.Tls13 });
        using TrustingClient client = TrustingClient.Connect(server, _pki);
        Assert.Equal(SslProtocols.Tls13, client.Stream.SslProtocol);
        Assert.ThrowsAny<Exception>(() => TrustingClient.Connect(server, _pki, change: options => options.EnabledSslProtocols = SslProtocols.Tls12));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_cipher_suite_can_be_chosen(Over transport)
    {
        if (OperatingSystem.IsWindows()) return;
        var suites = new CipherSuitesPolicy([TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256]);
        await using Server server = TlsServers.Start(transport, TlsServers.OptionsFor(_pki) with { CipherSuites = suites });
        using TrustingClient client = TrustingClient.Connect(server, _pki);
        Assert.Equal(TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, client.Stream.NegotiatedCipherSuite);
        using TrustingClient older = TrustingClient.Connect(server, _pki, change: options => options.EnabledSslProtocols = SslProtocols.Tls12);
        Assert.Equal(TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, older.Stream.NegotiatedCipherSuite);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Client_certificates_are_required_or_allowed(Over transport)
    {
        using X509Certificate2 known = _pki.Issue("client", use: TestPki.ClientUse);
        using var strangers = new TestPki("Strangers");
        using X509Certificate2 stranger = strangers.Issue("client", use: TestPki.ClientUse);
        string authorities = _pki.Write("authorities.pem", _pki.ChainText(_pki.Root));

        bool Succeeds(Server server, X509Certificate2? certificate)
        {
            try
            {
                using TrustingClient client = TrustingClient.Connect(server, _pki, change: options =>
                {
                    if (certificate is null) return;
                    options.LocalCertificateSelectionCallback = (_, _, _, _, _) => certificate;
                });
                return client.Get("/text").EndsWith("handler answer", StringComparison.Ordinal);
            }
            catch (Exception e) when (e is IOException or AuthenticationException)
            {
                return false;       // with TLS 1.3 the client learns of it when it reads
            }
        }

        TlsOptions options = TlsServers.OptionsFor(_pki);
        await using (Server server = TlsServers.Start(transport, options with { ClientCertificates = ClientCertificates.Require(authorities) }))
        {
            Assert.True(Succeeds(server, known));
            Assert.False(Succeeds(server, stranger));
            Assert.False(Succeeds(server, null));
            Assert.True(Succeeds(server, known));
        }

        await using (Server server = TlsServers.Start(transport, options with { ClientCertificates = ClientCertificates.Allow(authorities) }))
        {
            Assert.True(Succeeds(server, known));
            Assert.False(Succeeds(server, stranger));
            Assert.True(Succeeds(server, null));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Files_that_are_replaced_are_shown_to_new_connections_and_old_ones_go_on(Over transport)
    {
        using X509Certificate2 first = _pki.Issue("localhost"), second = _pki.Issue("localhost"), third = _pki.Issue("localhost");

        // As certbot has it: links that lead to the newest of numbered files
        _pki.WritePair("live1", first);
        _pki.WritePair("live2", second);
        string certificate = Path.Combine(_pki.Folder, "live.pem"), key = Path.Combine(_pki.Folder, "live.key");
        void LinkTo(string name)
        {
            foreach ((string link, string target) in (ReadOnlySpan<(string, string)>)[(certificate, name + ".pem"), (key, name + ".key")])
            {
                File.Delete(link);
                File.CreateSymbolicLink(link, target);
            }
        }

        LinkTo("live1");
        var loggers = new TelemetryTests.Loggers();
        await using Server server = TlsServers.Start(
            transport, TlsServers.Patient with { LoggerFactory = loggers, CertificateInterval = TimeSpan.FromMilliseconds(50) },
            TlsOptions.FromPemFiles(certificate, key));
        using TrustingClient old = TrustingClient.Connect(server, _pki);
        Assert.Equal(first.Thumbprint, old.Shown.Thumbprint);

        string Shown()
        {
            using TrustingClient client = TrustingClient.Connect(server, _pki);
            return client.Shown.Thumbprint;
        }

        LinkTo("live2");
        await Eventually.Until(() => Shown() == second.Thumbprint, pause: 50);
        Assert.EndsWith("handler answer", old.Get("/text"));

        // Half a file: the old certificate stays, and a line says why. (A busy machine may have been caught between two links before.)
        int before = Failures();
        File.Delete(certificate);
        File.WriteAllText(certificate, third.ExportCertificatePem()[..200]);
        int Failures() => loggers.Entries.Count(entry => entry.Text.Contains("could not be renewed", StringComparison.Ordinal));
        await Eventually.Until(() => Failures() > before, pause: 50);
        Assert.Equal(second.Thumbprint, Shown());

        // The rest of it, and its key: one after the other
        File.WriteAllText(certificate, _pki.ChainText(third));
        File.Delete(key);
        File.WriteAllText(key, TestPki.KeyText(third));
        await Eventually.Until(() => Shown() == third.Thumbprint, pause: 50);
        Assert.EndsWith("handler answer", old.Get("/text"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_certificate_can_be_renewed_at_once(Over transport)
    {
        using X509Certificate2 first = _pki.Issue("localhost"), second = _pki.Issue("localhost");
        (string certificate, string key) = _pki.WritePair("site", first);
        await using Server server = TlsServers.Start(transport, TlsOptions.FromPemFiles(certificate, key));

        _pki.WritePair("site", second);
        Assert.True(server.RenewCertificates());
        using (TrustingClient client = TrustingClient.Connect(server, _pki)) Assert.Equal(second.Thumbprint, client.Shown.Thumbprint);

        File.Delete(key);
        Assert.False(server.RenewCertificates());
        using (TrustingClient client = TrustingClient.Connect(server, _pki)) Assert.Equal(second.Thumbprint, client.Shown.Thumbprint);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Curl_is_answered(Over transport)
    {
        if (Tools.Find("curl") is not { } curl) return;

        await using Server server = TlsServers.Start(transport, _pki);
        var start = new System.Diagnostics.ProcessStartInfo(curl,
            ["-sS", "--max-time", "30", "--cacert", _pki.RootFile, "--resolve", $"localhost:{server.Port}:127.0.0.1", $"https://localhost:{server.Port}/text"])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using System.Diagnostics.Process process = System.Diagnostics.Process.Start(start)!;
        string output = await process.StandardOutput.ReadToEndAsync(), error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.Equal(("handler answer", ""), (output, error));
    }

    public void Dispose() => _pki.Dispose();

    // DEK-Info: AES-128-CBC, as openssl rsa -aes128 -traditional writes it
    private static string TraditionallyEncrypted(RSA rsa, string passphrase)
    {
        byte[] start = RandomNumberGenerator.GetBytes(16);
        using Aes aes = Aes.Create();
        aes.Key = MD5.HashData([.. Encoding.UTF8.GetBytes(passphrase), .. start[..8]]);
        string body = Convert.ToBase64String(aes.EncryptCbc(rsa.ExportRSAPrivateKey(), start), Base64FormattingOptions.InsertLineBreaks);
        return $"-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,{Convert.ToHexString(start)}\n\n"
            + body.ReplaceLineEndings("\n") + "\n-----END RSA PRIVATE KEY-----\n";
    }
}

/// <summary>The test app with certificates.</summary>
internal static class TlsServers
{
    /// <summary>A busy machine is no reason to hang up.</summary>
    public static ServeOptions Patient { get; } = new() { IdleTimeout = TimeSpan.FromMinutes(5), HeadTimeout = TimeSpan.FromMinutes(5) };

    public static Server Start(Over transport, TestPki pki) => Start(transport, OptionsFor(pki));

    public static Server Start(Over transport, params TlsOptions[] tls) =>
        Start(transport, Patient, tls);

    public static Server Start(Over transport, ServeOptions options, params TlsOptions[] tls) =>
        Servers.StartApp(transport, new TestApp(), options with { Tls = tls });

    public static TlsOptions OptionsFor(TestPki pki)
    {
        using X509Certificate2 certificate = pki.Issue("localhost");
        return TlsOptions.FromPem(pki.ChainText(certificate), TestPki.KeyText(certificate));
    }
}
