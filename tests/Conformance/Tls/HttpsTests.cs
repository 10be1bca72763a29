using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Prebake.Conformance.Tls;

/// <summary>What a server does around https: strict transport, the port that sends there, and what it says at the start.</summary>
public sealed class HttpsTests : IDisposable
{
    private const string Strict = "Strict-Transport-Security: max-age=31536000; includeSubDomains\r\n";

    private readonly TestPki _pki = new();

    public static TheoryData<Over> Transports => [.. Servers.TlsTransports];

    [Theory, MemberData(nameof(Transports))]
    public async Task Strict_transport_is_in_every_response_over_tls(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StrictApp(), TlsServers.Patient with { Tls = [TlsServers.OptionsFor(_pki)] });
        using TrustingClient client = TrustingClient.Connect(server, _pki);
        foreach (string path in (string[])["/static", "/started", "/text", "/json", "/response", "/status", "/nowhere", "/redirect", "/throws"])
        {
            string response = client.Get(path);
            Assert.Equal(2, response.Split(Strict).Length);
            Assert.True(response.IndexOf(Strict, StringComparison.Ordinal) < response.IndexOf("\r\n\r\n", StringComparison.Ordinal), response);
        }

        client.Send("OPTIONS /text HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Contains(Strict, client.ReadHead());
        client.Send("GET /static HTTP/1.1\r\nHost: a\r\nIf-None-Match: *\r\n\r\n");
        string notModified = client.ReadHead();
        Assert.StartsWith("HTTP/1.1 304 ", notModified);
        Assert.Contains(Strict, notModified);
        Assert.Contains(Strict, client.Get("/static", "Range: bytes=0-3\r\n"));
        Assert.Contains(Strict + "Connection: close\r\n", client.Get("/text", "Connection: close\r\n"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Strict_transport_is_never_said_in_plain(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new StrictApp());
        foreach (string path in (string[])["/static", "/started", "/text", "/nowhere"]) Assert.Null(RawClient.Ask(server, path)["strict-transport-security"]);

        await using Server other = TlsServers.Start(transport, _pki);
        using TrustingClient client = TrustingClient.Connect(other, _pki);
        Assert.DoesNotContain("Strict-Transport-Security", client.Get("/static"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Plain_http_is_sent_to_https_on_a_port_of_its_own(Over transport)
    {
        Server server = Servers.StartApp(transport, new TestApp(), TlsServers.Patient with { HttpsRedirect = 0, Tls = [TlsServers.OptionsFor(_pki)] });
        await using (server)
        {
            Server plain = server.Redirect!;
            RawResponse Ask(string request)
            {
                using var client = new RawClient(plain);
                return client.Send(request).Receive(request.StartsWith("HEAD", StringComparison.Ordinal))!;
            }

            foreach ((string target, string host, string expected) in (ReadOnlySpan<(string, string, string)>)
            [
                ("/", "a.test", "https://a.test:{0}/"),
                ("/text?x=1&y=%20", "a.test:8080", "https://a.test:{0}/text?x=1&y=%20"),
                ("/a%2Fb/%C3%A4?", "A.TEST", "https://a.test:{0}/a%2Fb/%C3%A4"),
                ("//evil.test/x", "a.test", "https://a.test:{0}/evil.test/x"),
                ("/\\evil.test", "a.test", "https://a.test:{0}/%5Cevil.test"),
                ("http://b.test/x?y", "a.test", "https://b.test:{0}/x?y"),
                ("/x", "[::1]:80", "https://[::1]:{0}/x"),
            ])
            {
                RawResponse response = Ask($"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n");
                Assert.Equal((308, string.Format(expected, server.Port)), (response.Status, response["location"]));
            }

            Assert.Equal(308, Ask("POST /form HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc").Status);
            Assert.Equal(308, Ask("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n").Status);
            foreach (string method in (string[])["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "PURGE", "PROPFIND", "get", "M-SEARCH"])
                Assert.Equal(308, Ask($"{method} /x HTTP/1.1\r\nHost: a\r\n\r\n").Status);
            Assert.Equal(501, Ask("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n").Status);         // a tunnel is nothing to redirect

            Assert.Equal(400, Ask("GET / HTTP/1.0\r\n\r\n").Status);
            Assert.Equal(400, Ask("GET / HTTP/1.1\r\n\r\n").Status);
            Assert.Equal(400, Ask("GET / HTTP/1.1\r\nHost: a b\r\n\r\n").Status);
            Assert.Equal(400, Ask("GET / HTTP/1.1\r\nHost: user@a.test\r\n\r\n").Status);
            Assert.Equal(400, Ask("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n").Status);

            using TrustingClient client = TrustingClient.Connect(server, _pki);
            Assert.EndsWith("handler answer", client.Get("/text"));
        }

        Assert.True(server.Redirect!.Stopped.IsCompletedSuccessfully);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Clients_behind_a_mapping_of_ports_are_sent_to_the_port_that_they_see(Over transport)
    {
        foreach ((int seen, string expected) in ((int, string)[])[(443, "https://a.test/x?y"), (8443, "https://a.test:8443/x?y")])
        {
            await using Server server = Servers.StartApp(
                transport, new TestApp(),
                TlsServers.Patient with { HttpsRedirect = 0, HttpsRedirectTo = seen, Tls = [TlsServers.OptionsFor(_pki)] });
            using var client = new RawClient(server.Redirect!);
            RawResponse response = client.Send("GET /x?y HTTP/1.1\r\nHost: a.test:8080\r\n\r\n").Receive()!;
            Assert.Equal((308, expected), (response.Status, response["location"]));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_server_that_cannot_start_takes_its_redirecting_port_with_it(Over transport)
    {
        await using Server taken = Servers.Start(transport);
        using var pki = new TestPki();
        ServeOptions options = new() { Hostname = "127.0.0.1", Tls = [TlsServers.OptionsFor(pki)] };

        var error = Assert.Throws<AddressInUseException>(() => Servers.StartAt(transport, new TestApp(), options with { Port = 0, HttpsRedirect = taken.Port }));
        Assert.Contains("choose another port with ServeOptions.HttpsRedirect (", error.Message);
        Assert.Throws<AddressInUseException>(() => Servers.StartAt(transport, new TestApp(), options with { Port = taken.Port, HttpsRedirect = 0 }));
    }

    [Fact]
    public async Task The_log_names_the_redirecting_port_and_says_once_that_the_server_stops()
    {
        var log = new LineCollector();
        ServeOptions options = new() { Port = 0, HttpsRedirect = 0, Hostname = "127.0.0.1", LoggerFactory = log, Tls = [TlsServers.OptionsFor(_pki)] };
        using var stopping = new CancellationTokenSource();
        Task<int> running = Serve.RunAsync(new TestApp(), options, stopping.Token);
        Server plain = Lifetime.RunningServers.All.Single(server => server.LogTarget == (object)log && server.Url.Scheme == "http");
        Assert.Contains($"Redirecting {plain.Url} to it", log.Lines);

        // As a signal does, which stops each server of the process
        await plain.StopGracefully();
        Assert.DoesNotContain(log.Lines, line => line.StartsWith("Stopping", StringComparison.Ordinal));
        await stopping.CancelAsync();
        await running;
        Assert.Single(log.Lines, line => line.StartsWith("Stopping", StringComparison.Ordinal));
    }

    [Fact]
    public void Options_that_make_no_sense_together_are_refused()
    {
        TlsOptions tls = TlsOptions.FromPemFiles("none.pem", "none.key");
        Assert.Contains("HttpsRedirect", Refused(new ServeOptions { HttpsRedirect = 80 }));
        Assert.Contains("HttpsRedirect", Refused(new ServeOptions { HttpsRedirect = 70000, Tls = [tls] }));
        Assert.Contains("same port", Refused(new ServeOptions { Port = 8443, HttpsRedirect = 8443, Tls = [tls] }));
        Assert.Contains("unix socket", Refused(new ServeOptions { Unix = "/tmp/x", HttpsRedirect = 80, Tls = [tls] }));
        Assert.Contains("HttpsRedirectTo", Refused(new ServeOptions { HttpsRedirect = 80, HttpsRedirectTo = 0, Tls = [tls] }));
        Assert.Contains("HttpsRedirectTo", Refused(new ServeOptions { HttpsRedirect = 80, HttpsRedirectTo = 65536, Tls = [tls] }));
        Assert.Contains("there is none", Refused(new ServeOptions { HttpsRedirectTo = 443, Tls = [tls] }));
        Assert.Contains("MaxHandshakesPerAddress", Refused(new ServeOptions { MaxHandshakesPerAddress = 0, Tls = [tls] }));
        Assert.Contains("MaxHandshakesPerAddress", Refused(new ServeOptions { MaxHandshakesPerAddress = 20 }));
        Assert.Contains("null", Refused(new ServeOptions { Tls = null! }));
        Assert.Contains("index 1", Refused(new ServeOptions { Tls = [tls, null!] }));

        static string Refused(ServeOptions options) => Assert.ThrowsAny<ArgumentException>(() => Serve.Start(new TestApp(), options)).Message;
    }

    [Theory, MemberData(nameof(Transports))]
    public void What_is_wrong_with_a_certificate_stops_the_start_and_names_its_file(Over transport)
    {
        using RSA rsa = RSA.Create(2048);
        using X509Certificate2 own = _pki.Issue("localhost"), other = _pki.Issue("localhost"), withRsa = _pki.Issue("localhost", rsa);
        (string certificate, string key) = _pki.WritePair("own", own);
        string otherKey = _pki.Write("other.key", TestPki.KeyText(other)), rsaKey = _pki.Write("rsa.key", TestPki.KeyText(withRsa));
        string encrypted = _pki.Write("encrypted.key", TestPki.KeyText(own, "secret"));

        Says<FileNotFoundException>("missing.pem", TlsOptions.FromPemFiles("missing.pem", key));
        Says<CryptographicException>("own.pem", TlsOptions.FromPemFiles(certificate, otherKey));
        Says<CryptographicException>("rsa.key", TlsOptions.FromPemFiles(certificate, rsaKey));
        Says<CryptographicException>("encrypted.key", TlsOptions.FromPemFiles(certificate, encrypted));
        Says<CryptographicException>("encrypted.key", TlsOptions.FromPemFiles(certificate, encrypted, passphrase: _pki.Folder));
        Says<CryptographicException>("encrypted.key", TlsOptions.FromPemFiles(certificate, encrypted, ""));
        Says<CryptographicException>("own.key", TlsOptions.FromPemFiles(key, certificate));
        Says<FileNotFoundException>("ca.pem", TlsOptions.FromPemFiles(certificate, key) with { ClientCertificates = ClientCertificates.Require("ca.pem") });
        Says<CryptographicException>("own.key", TlsOptions.FromPemFiles(certificate, key) with { ClientCertificates = ClientCertificates.Require(key) });

        void Says<T>(string file, TlsOptions tls) where T : Exception =>
            Assert.Contains(file, Assert.Throws<T>(() => TlsServers.Start(transport, tls)).Message);
    }

    [Fact]
    public void What_the_portable_transport_cannot_honour_stops_the_start()
    {
        TlsOptions tls = TlsServers.OptionsFor(_pki);
        foreach ((string name, TlsOptions options) in (ReadOnlySpan<(string, TlsOptions)>)
        [
            ("SecureOptions", tls with { SecureOptions = 1 }),
            ("DhParametersFile", tls with { DhParametersFile = "dh.pem" }),
            ("LowMemory", tls with { LowMemory = true }),
            ("RevocationLists", tls with { RevocationLists = ["crl.pem"] }),
            ("OcspResponseFile", tls with { OcspResponseFile = "ocsp.der" }),
        ])
            Assert.Contains($"\"TlsOptions.{name}\"", Assert.Throws<PlatformNotSupportedException>(() => TlsServers.Start(Over.Sockets, options)).Message);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_expired_certificate_is_a_warning(Over transport)
    {
        using X509Certificate2 expired = _pki.Issue("localhost", notAfter: DateTimeOffset.UtcNow.AddDays(-1));
        (string certificate, string key) = _pki.WritePair("expired", expired);
        var loggers = new TelemetryTests.Loggers();
        await using Server server = TlsServers.Start(transport, new ServeOptions { LoggerFactory = loggers }, TlsOptions.FromPemFiles(certificate, key));
        var warning = Assert.Single(loggers.Entries, entry => entry.Id.Name == "CertificateExpired");
        Assert.Contains(certificate, warning.Text);
        Assert.Equal("Prebake.Tls", warning.Category);
    }

    public void Dispose() => _pki.Dispose();
}

[Hsts(365, IncludeSubDomains = true)]
[Redirect("/redirect", "/text", 301)]
internal sealed partial class StrictApp
{
    [Static("/static")] private const string Static = "static answer";
    [Static("/started")] private static string Started() => "made at start";
    [Get("/text")] private static string Text() => "handler answer";
    [Get("/json")] private static Point Json() => new(1, 2);
    [Get("/response")] private static Response Respond() => new("made") { Status = 201, Headers = { ["X-One"] = "1" } };
    [Get("/status")] private static Response Status() => new("") { Status = 418 };
    [Get("/throws")] private static string Throws() => throw new InvalidOperationException("woops");
}
