using System.Net.Http;
using Prebake.Conformance.Tls;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>https as small tools and proxies speak it; all of them verify the certificate where they can.</summary>
public sealed class SecureToolsTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(
        transport, new TestApp(), TlsServers.Patient with { Tls = [Servers.Tls] }));

    private static string Authority => Certificates.Authority.AuthorityFile;

    public static TheoryData<Over> Transports => new(Servers.TlsTransports);

    // From 7.88 to 8.4 it offers nothing else in ALPN (curl/curl#12259)
    [ToolTheory("curl"), MemberData(nameof(Transports))]
    public void Curl_asks_with_HTTP_1_0(Over transport)
    {
        foreach (string version in (string[])["--http1.0", "--http1.1", "--http2"])
        {
            string url = $"https://localhost:{s_servers.Of(transport).Port}/text";
            Outcome outcome = Command.Run(
                Tools.Find("curl")!, "-sS", version, "--cacert", Authority, "--resolve", $"localhost:{new Uri(url).Port}:127.0.0.1", url, url);
            Assert.True(outcome.Output == "handler answerhandler answer", version + outcome.Output + outcome.Error);
        }
    }

    [ToolTheory("ab"), MemberData(nameof(Transports))]
    public void Ab_sees_no_failure(Over transport)
    {
        foreach (string[] how in (string[][])[["-f", "TLS1.2"], ["-f", "TLS1.3"], ["-k", "-f", "TLS1.3"]])
        {
            Outcome outcome = Command.Run(
                Tools.Find("ab")!, ["-n", "100", "-c", "10", .. how, $"https://127.0.0.1:{s_servers.Of(transport).Port}/text"]);
            Assert.True(
                outcome.Output.Contains("Complete requests:      100", StringComparison.Ordinal)
                    && outcome.Output.Contains("Failed requests:        0", StringComparison.Ordinal)
                    && !outcome.Output.Contains("Non-2xx", StringComparison.Ordinal),
                outcome.Output + outcome.Error);
        }
    }

    [ToolTheory("wget"), MemberData(nameof(Transports))]
    public void Wget_reads_to_the_end(Over transport)
    {
        foreach (string[] how in (string[][])[[], ["--no-http-keep-alive"], ["--secure-protocol=TLSv1_2"]])
        {
            Outcome outcome = Command.Run(
                Tools.Find("wget")!,
                ["-q", "-O", "-", "--tries=1", "--no-proxy", $"--ca-certificate={Authority}", .. how, $"https://localhost:{s_servers.Of(transport).Port}/text"]);
            Assert.True(outcome.Output == "handler answer", outcome.Output + outcome.Error);
        }
    }

    // Its HttpClient would rather have HTTP/2, and asks anew for each client: the second and third resume
    [ToolTheory("java"), MemberData(nameof(Transports))]
    public void Java_asks_and_posts_megabytes(Over transport)
    {
        const string Program = """
            import java.io.*; import java.net.URI; import java.net.http.*; import java.security.*; import java.security.cert.*;
            import java.util.*; import javax.net.ssl.*;
            public class Fetch {
              public static void main(String[] arguments) throws Exception {
                KeyStore trust = KeyStore.getInstance(KeyStore.getDefaultType());
                trust.load(null, null);
                try (InputStream file = new FileInputStream(arguments[1])) {
                  trust.setCertificateEntry("authority", CertificateFactory.getInstance("X.509").generateCertificate(file));
                }
                TrustManagerFactory managers = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
                managers.init(trust);
                SSLContext context = SSLContext.getInstance("TLS");
                context.init(null, managers.getTrustManagers(), null);
                byte[] body = new byte[3 << 20];
                Arrays.fill(body, (byte) 'x');
                for (String version : new String[] { "TLSv1.2", "TLSv1.3" }) {
                  SSLParameters parameters = new SSLParameters();
                  parameters.setProtocols(new String[] { version });
                  for (int round = 0; round < 3; round++) {
                    HttpClient client = HttpClient.newBuilder().sslContext(context).sslParameters(parameters).build();
                    URI text = URI.create("https://localhost:" + arguments[0] + "/text"), echo = text.resolve("/echo");
                    HttpResponse<String> answer = client.send(HttpRequest.newBuilder(text).build(), HttpResponse.BodyHandlers.ofString());
                    HttpResponse<byte[]> back = client.send(
                      HttpRequest.newBuilder(echo).POST(HttpRequest.BodyPublishers.ofByteArray(body)).build(), HttpResponse.BodyHandlers.ofByteArray());
                    System.out.println(version + " " + answer.version() + " " + answer.body() + " " + Arrays.equals(body, back.body()));
                  }
                }
              }
            }
            """;
        DirectoryInfo folder = Directory.CreateTempSubdirectory("prebake-java-");
        try
        {
            string file = Path.Combine(folder.FullName, "Fetch.java");
            File.WriteAllText(file, Program);
            Outcome outcome = Command.Run(Tools.Find("java")!, file, $"{s_servers.Of(transport).Port}", Authority);
            if (outcome.Error.Contains("jdk.compiler", StringComparison.Ordinal)) return;           // it runs what others have compiled, and nothing else

            IEnumerable<string> expected = new[] { "TLSv1.2", "TLSv1.3" }
                .SelectMany(version => Enumerable.Repeat($"{version} HTTP_1_1 handler answer true", 3));
            Assert.True(outcome.Lines.SequenceEqual(expected), outcome.Output + outcome.Error);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    [ToolTheory("haproxy"), MemberData(nameof(Transports))]
    public async Task HAProxy_speaks_https_to_the_server_and_checks_its_health(Over transport)
    {
        await using FrontServer front = await FrontServer.HAProxyAsync(
            s_servers.Of(transport),
            // A check may take as long as there is between two of them
            $"ssl verify required ca-file {Authority} sni str(localhost) alpn http/1.1 check inter 30s");
        await AskThrough(front);
    }

    // It resumes its sessions for each request, since it closes each connection
    [ToolTheory("nginx"), MemberData(nameof(Transports))]
    public async Task Nginx_speaks_https_to_the_server(Over transport)
    {
        string verifies = $"proxy_ssl_verify on; proxy_ssl_trusted_certificate {Authority}; proxy_ssl_name localhost; "
            + "proxy_ssl_server_name on; proxy_ssl_protocols ";
        foreach (string version in (string[])["TLSv1.2;", "TLSv1.3;"])
        {
            await using FrontServer front = await FrontServer.NginxAsync(s_servers.Of(transport), buffering: true, verifies + version);
            await AskThrough(front);
        }
    }

    private static async Task AskThrough(FrontServer front)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };
        var body = new byte[3 << 20];
        new Random(1).NextBytes(body);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal("handler answer", await http.GetStringAsync($"http://127.0.0.1:{front.Port}/text"));
            using HttpResponseMessage response = await http.PostAsync($"http://127.0.0.1:{front.Port}/echo", new ByteArrayContent(body));
            Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
        }
    }
}
