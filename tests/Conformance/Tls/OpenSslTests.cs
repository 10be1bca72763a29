using System.Diagnostics;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Prebake.Conformance.Clients;

namespace Prebake.Conformance.Tls;

/// <summary>What OpenSSL on the loops offers, asked by OpenSSL's own client. Skipped where that is not installed.</summary>
public sealed class OpenSslTests
{
    private static readonly string? s_openssl = Tools.Find("openssl");

    public static TheoryData<Over> Transports => new(Servers.TlsTransports.Where(transport => transport is not Over.Sockets));

    [Theory, MemberData(nameof(Transports))]
    public async Task Two_servers_with_the_same_ticket_keys_resume_each_other_s_sessions(Over transport)
    {
        if (s_openssl is null) return;
        string keys = Issued.FileOf("");
        await File.WriteAllBytesAsync(keys, RandomNumberGenerator.GetBytes(160));
        Issued certificate = Certificates.Authority.Issue("localhost");
        TlsOptions shared = certificate.Options with { TicketKeysFile = keys };
        await using Server one = HandshakeTests.Start(transport, shared), other = HandshakeTests.Start(transport, shared),
            stranger = HandshakeTests.Start(transport, certificate.Options);
        foreach (string version in (string[])["-tls1_2", "-tls1_3"])
        {
            string session = Issued.FileOf("");
            Assert.Contains("New, ", Ask(one, version, "-sess_out", session));
            Assert.Contains("Reused, ", Ask(other, version, "-sess_in", session));
            Assert.Contains("New, ", Ask(stranger, version, "-sess_in", session));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_ticket_outlives_a_renewal(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        string session = Issued.FileOf("");
        Assert.Contains("New, ", Ask(server, "-tls1_3", "-sess_out", session));
        Assert.True(server.RenewCertificates());
        Assert.Contains("Reused, ", Ask(server, "-tls1_3", "-sess_in", session));
    }

    // RFC 8446 appendix C.4: clients use a ticket once
    [Theory, MemberData(nameof(Transports))]
    public async Task Who_resumes_is_given_another_ticket(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        string session = Issued.FileOf("");
        const string Arrived = "Post-Handshake New Session Ticket arrived";
        Assert.Single(Regex.Matches(Ask(server, "-tls1_3", "-sess_out", session), Arrived));
        for (int i = 0; i < 3; i++)
        {
            string output = Ask(server, "-tls1_3", "-sess_in", session, "-sess_out", session);
            Assert.Contains("Reused, ", output);
            Assert.Single(Regex.Matches(output, Arrived));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_OCSP_response_is_stapled_for_those_that_ask(Over transport)
    {
        if (s_openssl is null) return;

        // As short as one can be: it says that the responder is busy (RFC 6960 section 4.2.1)
        string file = Issued.FileOf("");
        await File.WriteAllBytesAsync(file, [0x30, 0x03, 0x0a, 0x01, 0x03]);
        await using Server server = HandshakeTests.Start(
            transport, Certificates.Authority.Issue("localhost").Options with { OcspResponseFile = file });
        foreach (string version in (string[])["-tls1_2", "-tls1_3"])
        {
            Assert.Contains("trylater", Ask(server, version, "-status"));
            Assert.Contains("200 OK", Ask(server, version));
        }

        await File.WriteAllTextAsync(file, "-----BEGIN");
        Assert.False(server.RenewCertificates());
        Assert.Throws<CryptographicException>(() => HandshakeTests.Start(
            transport, Certificates.Authority.Issue("localhost").Options with { OcspResponseFile = file }));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Renegotiation_compression_and_old_versions_are_refused(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        string output = Ask(server, "-tls1_2");
        Assert.Contains("Compression: NONE", output);
        Assert.Contains("200 OK", output);
        Assert.DoesNotContain("200 OK", Run(server, "R\n", "-tls1_2"));
        Assert.DoesNotContain("200 OK", Ask(server, "-tls1_1", "-cipher", "ALL:@SECLEVEL=0"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Only_suites_that_are_allowed_are_spoken(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        Assert.Contains("Cipher is TLS_AES_128_GCM_SHA256", Ask(server, "-tls1_3"));
        Assert.Contains("Cipher is ECDHE-ECDSA-AES128-GCM-SHA256", Ask(server, "-tls1_2"));
        Assert.DoesNotContain("200 OK", Ask(server, "-tls1_2", "-cipher", "ECDHE-ECDSA-AES128-SHA"));

#pragma warning disable CA1416
        var chosen = new System.Net.Security.CipherSuitesPolicy([System.Net.Security.TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256]);
#pragma warning restore CA1416
        await using Server narrow = HandshakeTests.Start(
            transport, Certificates.Authority.Issue("localhost").Options with { CipherSuites = chosen });
        Assert.Contains("Cipher is TLS_CHACHA20_POLY1305_SHA256", Ask(narrow, "-tls1_3"));
        Assert.DoesNotContain("200 OK", Ask(narrow, "-tls1_2"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Low_memory_and_Diffie_Hellman_parameters_are_honoured(Over transport)
    {
        if (s_openssl is null) return;

        // RFC 7919 appendix A.1: made by others, since making some takes long
        string parameters = Path.Combine(Path.GetTempPath(), $"prebake-dh-{Guid.NewGuid():N}.pem");
        try
        {
            using (var made = Process.Start(new ProcessStartInfo(s_openssl)
            {
                ArgumentList = { "genpkey", "-genparam", "-algorithm", "DH", "-pkeyopt", "group:ffdhe2048", "-out", parameters },
                RedirectStandardError = true,
            })!)
                await made.WaitForExitAsync();
            if (!File.Exists(parameters)) return;

            Issued rsa = Certificates.Authority.Issue("localhost", rsa: true);
            await using Server server = HandshakeTests.Start(
                transport, rsa.Options with { DhParametersFile = parameters, LowMemory = true });
            Assert.Contains("200 OK", Ask(server, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"));
            await using Server without = HandshakeTests.Start(transport, rsa.Options);
            Assert.DoesNotContain("200 OK", Ask(without, "-tls1_2", "-cipher", "DHE-RSA-AES128-GCM-SHA256"));
        }
        finally
        {
            File.Delete(parameters);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Key_updates_are_followed(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        using Process process = Start(server, "-tls1_3");
        for (int i = 0; i < 3; i++)
        {
            process.StandardInput.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            process.StandardInput.Flush();

            // Behind the body before it
            for (string? line; (line = await process.StandardOutput.ReadLineAsync())?.EndsWith("HTTP/1.1 200 OK") != true;)
                Assert.NotNull(line);

            // The client's own key, and ours with it
            process.StandardInput.Write("K\n");
            process.StandardInput.Flush();
            for (string? line; (line = await process.StandardError.ReadLineAsync()) != "KEYUPDATE";)
                Assert.NotNull(line);
        }

        process.Kill();
    }

    // Each has the server say something, and OpenSSL has no limit of its own
    [Theory, MemberData(nameof(Transports))]
    public async Task Who_does_nothing_but_update_its_keys_is_let_go(Over transport)
    {
        if (s_openssl is null) return;
        await using Server server = HandshakeTests.Start(transport, Servers.Tls);
        using Process process = Start(server, "-tls1_3");
        try
        {
            process.StandardInput.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
            process.StandardInput.Flush();
            for (string? line; (line = await process.StandardOutput.ReadLineAsync())?.EndsWith("HTTP/1.1 200 OK") != true;)
                Assert.NotNull(line);

            // It takes one command for each read; 4 KiB are the answers to 150
            int updates = 0;
            try
            {
                for (bool goesOn = true; goesOn && updates < 500; updates++)
                {
                    process.StandardInput.Write("K\n");
                    process.StandardInput.Flush();
                    string? line;
                    while ((line = await process.StandardError.ReadLineAsync()) is not null and not "KEYUPDATE");
                    goesOn = line is not null;
                }
            }
            catch (IOException)
            {
                // It has gone
            }

            Assert.InRange(updates, 100, 400);
        }
        finally
        {
            process.Kill();
        }
    }

    private static string Ask(Server server, params string[] more) =>
        Run(server, "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n", [.. more, "-ign_eof"]);

    private static string[] ClientOf(Server server, string[] more) =>
        ["s_client", "-connect", $"127.0.0.1:{server.Port}", "-servername", "localhost", .. more];

    private static Process Start(Server server, params string[] more) => Process.Start(new ProcessStartInfo(s_openssl!, ClientOf(server, more))
    {
        RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true,
    })!;

    private static string Run(Server server, string input, params string[] more) =>
        Command.RunWith(input, s_openssl!, ClientOf(server, more)).Output;
}
