using System.Net;
using System.Net.Http;
using System.Text;

namespace Prebake.Conformance.Proxies;

/// <summary>Who a client behind proxies is, and who it can only say that it is.</summary>
public sealed class ForwardedTests
{
    private const ForwardedHeaders All =
        ForwardedHeaders.XForwardedFor | ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost;

    /// <summary>A page's origin, and what a proxy says in front of a server that is asked for as <c>app</c>.</summary>
    [Theory]
    [InlineData("https://shop.example", "X-Forwarded-Host: shop.example", All, 101, 200)]
    [InlineData("https://shop.example:8443", "X-Forwarded-Host: shop.example:8443", All, 101, 200)]
    [InlineData("http://app", "X-Forwarded-For: 198.51.100.7", All, 101, 200)]
    [InlineData("https://evil.example", "X-Forwarded-Host: shop.example", All, 403, 403)]
    [InlineData("null", "X-Forwarded-Host: shop.example", All, 403, 403)]
    // Nobody has said that this proxy's word about hosts counts
    [InlineData("https://shop.example", "X-Forwarded-Host: shop.example", ForwardedHeaders.XForwardedFor, 403, 403)]
    public async Task A_page_of_the_host_that_the_client_asked_for_is_the_servers_own(string origin, string line, ForwardedHeaders trusted, int upgrade, int post)
    {
        await using Server server = Serve.Start(new PagesApp(), new ServeOptions
        {
            Port = 0, Hostname = "127.0.0.1", TrustedProxies = ["127.0.0.0/8"], ForwardedHeaders = trusted,
        });
        using var socket = new RawClient(server);
        Assert.Equal(upgrade, socket.Send(
            $"GET /socket HTTP/1.1\r\nHost: app\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
            + $"Origin: {origin}\r\n{line}\r\n\r\n").Receive()!.Status);
        using var page = new RawClient(server);
        Assert.Equal(post, page.Send($"POST /change HTTP/1.1\r\nHost: app\r\nContent-Length: 0\r\nOrigin: {origin}\r\n{line}\r\n\r\n").Receive()!.Status);
    }

    /// <summary>A peer, lines separated by bars, and the client that they name.</summary>
    public static TheoryData<string, string, string> XForwarded => new()
    {
        // Nothing is said
        { "10.0.0.1", "", "10.0.0.1 http localhost" },
        { "203.0.113.9", "", "203.0.113.9 http localhost" },

        // Nobody else's word counts
        { "203.0.113.9", "X-Forwarded-For: 10.0.0.1|X-Forwarded-Proto: https|X-Forwarded-Host: a", "203.0.113.9 http localhost" },

        // One proxy
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "x-forwarded-for:\t198.51.100.7 ", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7:4711", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: [2001:db8::1]:4711", "2001:db8::1 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 2001:db8::1", "2001:db8::1 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: ::ffff:198.51.100.7", "198.51.100.7 http localhost" },
        { "::ffff:10.0.0.1", "X-Forwarded-For: 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7|X-Forwarded-Proto: https|X-Forwarded-Host: app.example:8443", "198.51.100.7 https app.example:8443" },
        { "10.0.0.1", "X-Forwarded-Proto: HTTPS", "10.0.0.1 https localhost" },
        { "10.0.0.1", "X-Forwarded-Proto: wss", "10.0.0.1 https localhost" },

        // What the client has written stands in front and is not read
        { "10.0.0.1", "X-Forwarded-For: 10.0.0.9, 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 192.0.2.1|X-Forwarded-For: 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: <script>, 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: ,,,, 198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 192.0.2.1, 198.51.100.7|X-Forwarded-Proto: https, http", "198.51.100.7 http localhost" },

        // Several proxies, all trusted
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7, 10.0.0.2", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 192.0.2.1, 198.51.100.7, 10.0.0.2, 10.0.0.3", "198.51.100.7 http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7, 10.0.0.2|X-Forwarded-Proto: https, http", "198.51.100.7 https localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7, 10.0.0.2|X-Forwarded-Proto: https", "198.51.100.7 https localhost" },
        { "10.0.0.1", "X-Forwarded-For: 10.0.0.9, 10.0.0.2", "10.0.0.9 http localhost" },

        // Not known, rather than somebody else
        { "10.0.0.1", "X-Forwarded-For: unknown", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: ", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7,", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 198.51.100.7 10.0.0.2", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 010.0.0.9", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: 2130706433", " http localhost" },
        { "10.0.0.1", "X-Forwarded-For: fe80::1%eth0", " http localhost" },

        // What is not a scheme or a host is not said
        { "10.0.0.1", "X-Forwarded-Proto: javascript|X-Forwarded-Host: a b", "10.0.0.1 http localhost" },
        { "10.0.0.1", "X-Forwarded-Host: a/../b", "10.0.0.1 http localhost" },
        { "10.0.0.1", "X-Forwarded-Host: evil@app.example", "10.0.0.1 http localhost" },
        { "10.0.0.1", "X-Forwarded-Host: ", "10.0.0.1 http localhost" },

        // Another header is not the one
        { "10.0.0.1", "Forwarded: for=192.0.2.1;proto=https;host=a", "10.0.0.1 http localhost" },
    };

    [Theory, MemberData(nameof(XForwarded))]
    public Task X_forwarded_names_the_client(string peer, string lines, string client) =>
        AssertClientAsync(All, peer, lines, client);

    public static TheoryData<string, string, string> Forwarded => new()
    {
        { "10.0.0.1", "", "10.0.0.1 http localhost" },
        { "203.0.113.9", "Forwarded: for=192.0.2.1;proto=https", "203.0.113.9 http localhost" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "forwarded: FOR=\"198.51.100.7:4711\"; Proto=https ;HOST=app.example", "198.51.100.7 https app.example" },
        { "10.0.0.1", "Forwarded: For=\"[2001:db8::1]:4711\"", "2001:db8::1 http localhost" },
        { "10.0.0.1", "Forwarded: for=192.0.2.43, for=198.51.100.7;proto=https", "198.51.100.7 https localhost" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7;proto=https, for=10.0.0.2;proto=http", "198.51.100.7 https localhost" },
        { "10.0.0.1", "Forwarded: for=192.0.2.1|Forwarded: for=198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: for=192.0.2.1,,for=198.51.100.7,", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: by=10.0.0.1;for=198.51.100.7;secret=\"a\\\"b,c;d\"", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: for=\"198.51.100.\\7\"", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: for=unknown;proto=https", " https localhost" },
        { "10.0.0.1", "Forwarded: for=_hidden", " http localhost" },
        { "10.0.0.1", "Forwarded: proto=https", " https localhost" },
        { "10.0.0.1", "Forwarded: for=10.0.0.9, for=_hidden;proto=https", " https localhost" },

        // Without the quotes that a colon asks for, as CloudFront and others write it
        { "10.0.0.1", "Forwarded: for=[2001:db8::1]", "2001:db8::1 http localhost" },
        { "10.0.0.1", "Forwarded: for=[2001:db8::1]:4711;proto=https", "2001:db8::1 https localhost" },
        { "10.0.0.1", "Forwarded: by=10.0.0.1;for=2001:db8::1,for=10.0.0.2;host=app.example:8443;proto=https", "2001:db8::1 http localhost" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7:4711;host=app.example:8443;proto=https", "198.51.100.7 https app.example:8443" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7:4711, for=10.0.0.2:80", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: for=[198.51.100.7", " http localhost" },
        { "10.0.0.1", "Forwarded: for=:", " http localhost" },

        // A client's quote that never ends must not take the proxy's element with it, nor hide the client behind the
        // proxy
        { "10.0.0.1", "Forwarded: for=\"192.0.2.1, for=198.51.100.7", " http localhost" },
        { "10.0.0.1", "Forwarded: for=\"|Forwarded: for=198.51.100.7", "198.51.100.7 http localhost" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7;for=192.0.2.1", " http localhost" },
        { "10.0.0.1", "Forwarded: for = 198.51.100.7", " http localhost" },
        { "10.0.0.1", "Forwarded: 198.51.100.7", " http localhost" },
        { "10.0.0.1", "Forwarded: for=198.51.100.7;host=\"a b\";proto=ftp", "198.51.100.7 http localhost" },

        { "10.0.0.1", "X-Forwarded-For: 192.0.2.1|X-Forwarded-Proto: https", "10.0.0.1 http localhost" },
    };

    [Theory, MemberData(nameof(Forwarded))]
    public Task Forwarded_names_the_client(string peer, string lines, string client) =>
        AssertClientAsync(ForwardedHeaders.Forwarded, peer, lines, client);

    [Fact]
    public Task A_host_counts_only_if_it_is_asked_for() => AssertClientAsync(
        new ServeOptions().ForwardedHeaders, "10.0.0.1",
        "X-Forwarded-For: 198.51.100.7|X-Forwarded-Proto: https|X-Forwarded-Host: evil.example", "198.51.100.7 https localhost");

    [Fact]
    public async Task Without_trusted_proxies_nothing_counts()
    {
        await using TestServer test = Serve.Test(new ProxiedApp());
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/client");
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");

        using HttpResponseMessage response = await test.SendAsync(request);
        Assert.Equal("127.0.0.1 http localhost", await response.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task After_an_await_the_client_is_the_same()
    {
        await using TestServer test = Serve.Test(new ProxiedApp(), new ServeOptions { TrustedProxies = ["127.0.0.0/8"] });
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Post, "/later") { Content = new StringContent("four") };
        request.Headers.Add("X-Forwarded-For", "198.51.100.7");

        using HttpResponseMessage response = await test.SendAsync(request);
        Assert.Equal("198.51.100.7 http localhost 4", await response.Content.ReadAsStringAsync());
    }

    [Theory, InlineData("/client"), InlineData("/constant"), InlineData("/missing")]
    public async Task The_access_log_has_the_client(string path)
    {
        var lines = new LineCollector();
        await using (TestServer test = Serve.Test(new ProxiedApp(), new ServeOptions
        {
            TrustedProxies = ["127.0.0.0/8"], AccessLog = true, LoggerFactory = lines, Development = false,
        }))
        {
            using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, path);
            request.Headers.Add("X-Forwarded-For", "198.51.100.7");
            using HttpResponseMessage response = await test.SendAsync(request);
        }

        Assert.Contains("198.51.100.7", Assert.Single(lines.Lines, line => line.Contains(path, StringComparison.Ordinal)));
    }

    [Fact]
    public void Options_that_cannot_be_meant_are_refused()
    {
        Assert.Throws<ArgumentException>(() => Serve.Test(new ProxiedApp(), new ServeOptions { TrustedProxies = ["10.0.0.1/8"] }));
        Assert.Throws<ArgumentException>(() => Serve.Test(new ProxiedApp(), new ServeOptions { TrustedProxies = null! }));
        Assert.Throws<ArgumentException>(() => Serve.Test(new ProxiedApp(), new ServeOptions { ProxyProtocol = true }));
        Assert.Throws<ArgumentException>(() => Serve.Test(new ProxiedApp(), new ServeOptions
        {
            TrustedProxies = ["10.0.0.0/8"], ForwardedHeaders = ForwardedHeaders.Forwarded | ForwardedHeaders.XForwardedFor,
        }));
    }

    private static async Task AssertClientAsync(ForwardedHeaders headers, string peer, string lines, string client)
    {
        var options = new ServeOptions { TrustedProxies = ["10.0.0.0/8"], ForwardedHeaders = headers };
        await using TestServer test = Serve.Test(new ProxiedApp(), options);
        await using Stream connection = await test.OpenConnectionAsync(IPAddress.Parse(peer));
        string fields = string.Concat(lines.Split('|', StringSplitOptions.RemoveEmptyEntries).Select(line => line + "\r\n"));
        await connection.WriteAsync(Encoding.Latin1.GetBytes(
            $"GET /client HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n{fields}\r\n"));

        using var reader = new StreamReader(connection);
        string response = await reader.ReadToEndAsync().WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(client, response[(response.IndexOf("\r\n\r\n", StringComparison.Ordinal) + 4)..]);
    }
}
