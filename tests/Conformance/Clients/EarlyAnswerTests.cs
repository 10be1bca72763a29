using System.Net;
using System.Net.Http;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>
/// Real clients that post more than the server reads: the response is there before the body has been sent, and the client must get to see it
/// (honojs/node-server#327, psf/requests#2422). Most clients send all of the body before they read, so a server that closes at once with unread bytes
/// resets the connection and takes its own response back.
/// </summary>
public sealed partial class EarlyAnswerTests
{
    internal sealed partial class Door
    {
        [Post("/401")] private static Response SignIn() => Response.Text("Sign in first", 401);
        [Post("/404")] private static async Task<Response> Later()
        {
            await Task.Yield();
            return Response.Text("Not here", 404);
        }

        [Post("/413"), MaxBody(10)] private static string Small([Body] ReadOnlySpan<byte> body) => $"{body.Length} bytes";
        [Mount("/429")] private readonly Busy _busy = new();
    }

    /// <summary>A step answers in front of a handler that takes the whole body.</summary>
    internal sealed partial class Busy
    {
        [Before] private static Response Refuse() => Response.Text("Later", 429);
        [Post("/")] private static string Take([Body] byte[] body) => $"{body.Length} bytes";
    }

    /// <summary>What one client sends, how often.</summary>
    private sealed record Errand(Server Server, int Port, int Status, int Size, bool Chunked, int Tries)
    {
        public string Url => $"http://127.0.0.1:{Port}/{Status}";
    }

    // Fifty tries of everything take minutes; by default each client tries each size, and each status with one of them
    private static readonly int? s_tries =
        int.TryParse(Environment.GetEnvironmentVariable("PREBAKE_CLIENT_TRIES"), out int tries) ? tries : null;

    private static readonly int[] s_sizes = [300_000, 1_500_000, 5_000_000, 50_000_000];
    private static readonly int[] s_statuses = [401, 404, 413, 429];

    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new Door()));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task The_HttpClient_of_dotnet_sees_the_response(Over transport)
    {
        foreach (Errand errand in Errands(transport)) Expect(errand, await WithHttpClientAsync(errand));
    }

    [ToolTheory("python3"), MemberData(nameof(Transports))]
    public void The_http_client_of_Python_sees_the_response(Over transport) => Check(transport, errand => WithPython(errand, "http.client"));

    [ToolTheory("python3"), MemberData(nameof(Transports))]
    public void The_urllib_of_Python_sees_the_response(Over transport) => Check(transport, errand => WithPython(errand, "urllib"));

    [PythonTheory("requests"), MemberData(nameof(Transports))]
    public void Requests_sees_the_response(Over transport) => Check(transport, errand => WithPython(errand, "requests"));

    [ToolTheory("node"), MemberData(nameof(Transports))]
    public void The_http_module_of_Node_sees_the_response(Over transport) => Check(transport, errand => WithNode(errand, "http"));

    [ToolTheory("node"), MemberData(nameof(Transports))]
    public void The_fetch_of_Node_sees_the_response(Over transport) => Check(transport, errand => WithNode(errand, "fetch"));

    [ToolTheory("curl"), MemberData(nameof(Transports))]
    public void Curl_sees_the_response(Over transport) => Check(transport, errand => WithCurl(errand, expects: false));

    [ToolTheory("curl"), MemberData(nameof(Transports))]
    public void Curl_that_asks_first_sees_the_response(Over transport) => Check(transport, errand => WithCurl(errand, expects: true));

    [ToolTheory("nginx"), MemberData(nameof(Transports))]
    public async Task Clients_of_nginx_see_the_response(Over transport)
    {
        await using FrontServer front = await FrontServer.NginxAsync(s_servers.Of(transport), buffering: true);
        foreach (Errand errand in Errands(transport)) Expect(errand, await WithHttpClientAsync(errand with { Port = front.Port }));
    }

    [ToolTheory("nginx"), MemberData(nameof(Transports))]
    public async Task Clients_of_nginx_that_does_not_buffer_see_the_response(Over transport)
    {
        await using FrontServer front = await FrontServer.NginxAsync(s_servers.Of(transport), buffering: false);
        foreach (Errand errand in Errands(transport)) Expect(errand, await WithHttpClientAsync(errand with { Port = front.Port }));
    }

    [ToolTheory("haproxy"), MemberData(nameof(Transports))]
    public async Task Clients_of_HAProxy_see_the_response(Over transport)
    {
        await using FrontServer front = await FrontServer.HAProxyAsync(s_servers.Of(transport));
        foreach (Errand errand in Errands(transport)) Expect(errand, await WithHttpClientAsync(errand with { Port = front.Port }));
    }

    private static void Check(Over transport, Func<Errand, string[]> run)
    {
        foreach (Errand errand in Errands(transport)) Expect(errand, run(errand));
    }

    private static IEnumerable<Errand> Errands(Over transport)
    {
        Server server = s_servers.Of(transport);
        foreach (int status in s_statuses)
        {
            foreach (int size in s_sizes)
            {
                foreach (bool chunked in (bool[])[false, true])
                {
                    bool isUsual = status == 401 || size == 1_500_000;
                    if (s_tries is not null || isUsual) yield return new(server, server.Port!.Value, status, size, chunked, s_tries ?? 2);
                }
            }
        }
    }

    private static void Expect(Errand errand, string[] said) =>
        Assert.True(
            said.Length == errand.Tries && said.All(line => line == $"{errand.Status}"),
            $"{errand.Size} bytes{(errand.Chunked ? " in chunks" : "")}, {errand.Status} expected {errand.Tries} times: " +
            string.Join("; ", said.GroupBy(line => line).Select(group => $"{group.Count()} × {group.Key}")));

    private static async Task<string[]> WithHttpClientAsync(Errand errand)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromMinutes(2) };
        var said = new List<string>();
        for (int i = 0; i < errand.Tries; i++)
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, errand.Url) { Content = new ByteArrayContent(new byte[errand.Size]) };
            if (errand.Chunked) request.Headers.TransferEncodingChunked = true;
            try
            {
                using HttpResponseMessage response = await http.SendAsync(request);
                await response.Content.ReadAsByteArrayAsync();
                said.Add($"{(int)response.StatusCode}");
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                said.Add((e.InnerException ?? e).Message);
            }
        }

        return [.. said];
    }

    private static string[] WithPython(Errand errand, string library)
    {
        const string Script = """
            import sys
            library, url, size, chunked, tries = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4] == 'True', int(sys.argv[5])
            body = bytes(size)
            def pieces():
                for at in range(0, size, 65536): yield body[at:at + 65536]
            def ask():
                if library == 'http.client':
                    import http.client, urllib.parse
                    at = urllib.parse.urlsplit(url)
                    connection = http.client.HTTPConnection(at.netloc, timeout=120)
                    if chunked: connection.request('POST', at.path, pieces(), {'Transfer-Encoding': 'chunked'}, encode_chunked=True)
                    else: connection.request('POST', at.path, body)
                    response = connection.getresponse()
                    response.read()
                    return response.status
                if library == 'urllib':
                    import urllib.request, urllib.error
                    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
                    try: return opener.open(urllib.request.Request(url, pieces() if chunked else body, method='POST'), timeout=120).status
                    except urllib.error.HTTPError as e: return e.code
                import requests
                session = requests.Session()
                session.trust_env = False
                return session.post(url, data=pieces() if chunked else body, timeout=120).status_code
            for _ in range(tries):
                try: print(ask())
                except Exception as e: print(type(e).__name__, str(e).replace('\n', ' '))
            """;
        return Command.Run(Tools.Find("python3")!, "-c", Script, library, errand.Url, $"{errand.Size}", $"{errand.Chunked}", $"{errand.Tries}").Lines;
    }

    private static string[] WithNode(Errand errand, string library)
    {
        const string Script = """
            const http = require('http');
            const [library, url, size, chunked, tries] = process.argv.slice(1);
            const body = Buffer.alloc(Number(size));
            const usesHttp = () => new Promise((resolve, reject) => {
                const headers = chunked === 'True' ? { 'Transfer-Encoding': 'chunked' } : { 'Content-Length': body.length };
                const request = http.request(url, { method: 'POST', agent: false, headers }, response => {
                    response.resume();
                    response.on('end', () => resolve(response.statusCode));
                    response.on('error', reject);
                });
                request.on('error', reject);
                for (let at = 0; at < body.length; at += 65536) request.write(body.subarray(at, at + 65536));
                request.end();
            });
            const usesFetch = async () => {
                const stream = chunked === 'True' ? new Blob([body]).stream() : body;
                const response = await fetch(url, { method: 'POST', body: stream, duplex: 'half' });
                await response.arrayBuffer();
                return response.status;
            };
            (async () => {
                for (let i = 0; i < Number(tries); i++) {
                    try { console.log(await (library === 'http' ? usesHttp() : usesFetch())); }
                    catch (e) { console.log(String(e.cause ?? e)); }
                }
                process.exit(0);
            })();
            """;
        return Command.Run(Tools.Find("node")!, "-e", Script, library, errand.Url, $"{errand.Size}", $"{errand.Chunked}", $"{errand.Tries}").Lines;
    }

    private static string[] WithCurl(Errand errand, bool expects)
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(file, new byte[errand.Size]);
            var said = new List<string>();
            for (int i = 0; i < errand.Tries; i++)
            {
                List<string> arguments = ["-q", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--noproxy", "*", "--max-time", "120", "-X", "POST"];
                arguments.AddRange(errand.Chunked ? ["-T", file, "-H", "Transfer-Encoding: chunked"] : ["--data-binary", "@" + file]);
                arguments.AddRange(["-H", expects ? "Expect: 100-continue" : "Expect:", errand.Url]);
                Outcome outcome = Command.Run(Tools.Find("curl")!, [.. arguments]);
                said.Add(outcome.ExitCode == 0 ? outcome.Output : $"{outcome.Output}, exit code {outcome.ExitCode}");
            }

            return [.. said];
        }
        finally
        {
            File.Delete(file);
        }
    }
}
