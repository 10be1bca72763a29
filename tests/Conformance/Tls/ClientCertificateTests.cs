using System.Security.Authentication;

namespace Prebake.Conformance.Tls;

/// <summary>Who may connect, and who it was.</summary>
public sealed class ClientCertificateTests
{
    private static readonly Issued s_server = Certificates.Authority.Issue("localhost"),
        s_known = Certificates.Authority.Issue("known"), s_revoked = Certificates.Authority.Issue("revoked"),
        s_expired = Certificates.Authority.Issue("expired", expired: true), s_foreign = Certificates.Other.Issue("foreign");

    public static TheoryData<Over, SslProtocols> Ways()
    {
        var ways = new TheoryData<Over, SslProtocols>();
        foreach (Over transport in Servers.TlsTransports)
        {
            ways.Add(transport, SslProtocols.Tls12);
            ways.Add(transport, SslProtocols.Tls13);
        }

        return ways;
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_required_certificate_is_required_and_shown_to_the_handler(Over transport, SslProtocols version)
    {
        await using Server server = HandshakeTests.Start(transport, s_server.Options with
        {
            ClientCertificates = ClientCertificates.Require(Certificates.Authority.AuthorityFile),
        });
        Assert.EndsWith("CN=known", Ask(server, version, s_known));
        Assert.EndsWith("CN=known", Ask(server, version, s_known, "/who-later"));
        AssertRefused(server, version, null);
        AssertRefused(server, version, s_foreign);
        AssertRefused(server, version, s_expired);
        Assert.EndsWith("CN=known", Ask(server, version, s_known));
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task An_allowed_certificate_may_be_left_out_and_may_not_be_another_s(Over transport, SslProtocols version)
    {
        await using Server server = HandshakeTests.Start(transport, s_server.Options with
        {
            ClientCertificates = ClientCertificates.Allow(Certificates.Authority.AuthorityFile),
        });
        Assert.EndsWith("CN=known", Ask(server, version, s_known));
        Assert.EndsWith("nobody", Ask(server, version, null));
        AssertRefused(server, version, s_foreign);
    }

    [Theory, MemberData(nameof(Ways))]
    public async Task A_revoked_certificate_is_refused(Over transport, SslProtocols version)
    {
        if (transport is Over.Sockets) return;          // it says at the start that it cannot look into such lists

        await using Server server = HandshakeTests.Start(transport, s_server.Options with
        {
            ClientCertificates = ClientCertificates.Require(Certificates.Authority.AuthorityFile),
            RevocationLists = [Certificates.Authority.Revoke(s_revoked)],
        });
        Assert.EndsWith("CN=known", Ask(server, version, s_known));
        AssertRefused(server, version, s_revoked);
    }

    // CVE-2025-23419: a ticket that was given out under a name that asks for no certificate
    [Theory, MemberData(nameof(Ways))]
    public async Task A_ticket_of_one_name_does_not_open_another(Over transport, SslProtocols version)
    {
        Issued guarded = Certificates.Authority.Issue("guarded.test");
        await using Server server = HandshakeTests.Start(transport, s_server.Options, guarded.Options with
        {
            ServerName = "guarded.test",
            ClientCertificates = ClientCertificates.Require(Certificates.Authority.AuthorityFile),
        });
        Assert.EndsWith("nobody", Ask(server, version, null));
        if (Tools.Find("openssl") is not { } openssl) return;

        string session = Issued.FileOf("");
        string flag = version is SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3";
        Assert.Contains("200 OK", Run(openssl, server, flag, "open.test", "-sess_out", session));
        Assert.Contains("200 OK", Run(openssl, server, flag, "open.test", "-sess_in", session));
        Assert.DoesNotContain("200 OK", Run(openssl, server, flag, "guarded.test", "-sess_in", session));
    }

    // It may have expired since the ticket was given out. Neither the order of the names nor their switch takes the others' tickets
    [Theory, MemberData(nameof(Ways))]
    public async Task Who_has_to_show_a_certificate_shows_it_on_each_connection(Over transport, SslProtocols version)
    {
        if (transport is Over.Sockets || Tools.Find("openssl") is not { } openssl) return;

        string flag = version is SslProtocols.Tls12 ? "-tls1_2" : "-tls1_3";
        TlsOptions guarded = Certificates.Authority.Issue("guarded.test").Options with
        {
            ServerName = "guarded.test",
            ClientCertificates = ClientCertificates.Require(Certificates.Authority.AuthorityFile),
        };
        TlsOptions open = Certificates.Authority.Issue("open.test").Options with { ServerName = "open.test" };
        foreach (TlsOptions[] order in (TlsOptions[][])[[guarded, open], [open, guarded]])
        {
            await using Server server = HandshakeTests.Start(transport, order);
            string session = Issued.FileOf(""), other = Issued.FileOf("");
            string[] shown = ["-cert", s_known.CertificateFile, "-key", s_known.KeyFile];
            Assert.Contains("200 OK", Run(openssl, server, flag, "guarded.test", [.. shown, "-sess_out", session]));
            if (new FileInfo(session).Length > 0)
            {
                string again = Run(openssl, server, flag, "guarded.test", [.. shown, "-sess_in", session]);
                Assert.Contains("200 OK", again);
                Assert.DoesNotContain("Reused, ", again);
            }

            Assert.Contains("200 OK", Run(openssl, server, flag, "open.test", "-sess_out", other));
            Assert.Contains("Reused, ", Run(openssl, server, flag, "open.test", "-sess_in", other));
        }
    }

    // RFC 9110 section 7.4
    [Theory, MemberData(nameof(Ways))]
    public async Task Who_shakes_hands_for_one_name_is_not_served_another_that_asks_for_certificates(Over transport, SslProtocols version)
    {
        TlsOptions guarded = Certificates.Authority.Issue("guarded.test").Options with
        {
            ServerName = "guarded.test",
            ClientCertificates = ClientCertificates.Allow(Certificates.Authority.AuthorityFile),
        };
        TlsOptions open = Certificates.Authority.Issue("*.open.test").Options with { ServerName = "*.open.test" };
        await using Server server = HandshakeTests.Start(transport, s_server.Options, guarded, open);

        foreach (string name in (string[])["a.open.test", "localhost", "127.0.0.1"])
        {
            Assert.EndsWith("nobody", Answer(name, "GET /who HTTP/1.1\r\nHost: b.open.test\r\n"));
            Assert.EndsWith("nobody", Answer(name, "GET /who HTTP/1.1\r\nHost: localhost\r\n"));
            Assert.EndsWith("nobody", Answer(name, "GET /who HTTP/1.1\r\nHost:\r\n"));
            foreach (string head in (string[])
                ["GET / HTTP/1.1\r\nHost: guarded.test\r\n", "GET /who HTTP/1.1\r\nHost: Guarded.TEST.:443\r\n",
                    "GET https://guarded.test/who HTTP/1.1\r\nHost: a.open.test\r\n"])
            {
                // The second request is not answered either
                string answer = Answer(name, $"{head}\r\nGET /who HTTP/1.1\r\nHost: localhost\r\n");
                Assert.StartsWith("HTTP/1.1 421 Misdirected Request\r\n", answer);
                Assert.EndsWith("\r\n\r\n", answer);
            }
        }

        Assert.EndsWith("CN=known", Answer("guarded.test", "GET /who HTTP/1.1\r\nHost: guarded.test\r\n", s_known));
        Assert.EndsWith("nobody", Answer("guarded.test", "GET /who HTTP/1.1\r\nHost: a.open.test\r\n"));

        // A renewal makes no difference
        using TlsClient old = new TlsClient(server).ShakeHands("guarded.test", version, s_known, resumes: false);
        Assert.True(server.RenewCertificates());
        Assert.EndsWith("CN=known", old.Ask("GET /who HTTP/1.1\r\nHost: guarded.test\r\n"));
        Assert.StartsWith("HTTP/1.1 421 ", Answer("localhost", "GET /who HTTP/1.1\r\nHost: guarded.test\r\n"));

        string Answer(string name, string head, Issued? certificate = null)
        {
            using var client = new TlsClient(server);
            return client.ShakeHands(name, version, certificate, resumes: false).Ask(head);
        }
    }

    private static string Run(string openssl, Server server, string version, string name, params string[] more)
    {
        var start = new System.Diagnostics.ProcessStartInfo(openssl)
        {
            RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (string argument in (string[])
            ["s_client", "-connect", $"127.0.0.1:{server.Port}", version, "-servername", name, "-ign_eof", .. more])
            start.ArgumentList.Add(argument);
        using var process = System.Diagnostics.Process.Start(start)!;
        process.ErrorDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        try
        {
            process.StandardInput.Write("GET /who HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It has been refused and has gone
        }

        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }

    private static string Ask(Server server, SslProtocols version, Issued? certificate, string path = "/who")
    {
        using var client = new TlsClient(server);
        return client.ShakeHands(protocols: version, certificate: certificate, resumes: false).Get(path);
    }

    // With TLS 1.3 the client has shaken hands before it is refused
    private static void AssertRefused(Server server, SslProtocols version, Issued? certificate)
    {
        try
        {
            Assert.Equal("", Ask(server, version, certificate));
        }
        catch (Exception e) when (e is IOException or AuthenticationException)
        {
        }
    }
}
