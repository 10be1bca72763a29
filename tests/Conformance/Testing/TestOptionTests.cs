using System.Net.Http;
using System.Net.WebSockets;
using System.Text;
using Prebake.Conformance.Tls;
using Prebake.Routing;

namespace Prebake.Conformance.Testing;

/// <summary>The options of a program count in memory, too.</summary>
public sealed class TestOptionTests
{
    [Fact]
    public async Task The_access_log_has_a_line_for_each_request()
    {
        var lines = new LineCollector();
        await using (TestServer test = Serve.Test(
            new TestedApp(), new ServeOptions { AccessLog = true, LoggerFactory = lines, Development = false }))
        {
            await test.GetStringAsync("/hello/bob");
        }

        string line = Assert.Single(lines.Lines, line => line.Contains("/hello/bob", StringComparison.Ordinal));
        Assert.Contains("127.0.0.1", line);
    }

    [Fact]
    public async Task With_certificates_the_connections_speak_tls()
    {
        await using TestServer test = Serve.Test(
            new TestedApp(), new ServeOptions { Tls = [Servers.Tls], HttpsRedirect = 80, Development = false });

        Assert.Equal("https://localhost/", test.BaseAddress.ToString());
        Assert.Equal("https://localhost/url", await test.GetStringAsync("/url"));
        byte[] body = new byte[1_000_000];
        Random.Shared.NextBytes(body);
        using HttpResponseMessage echoed = await test.PostAsync("/echo", new ByteArrayContent(body));
        Assert.Equal(body, await echoed.Content.ReadAsByteArrayAsync());

        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => test.GetAsync("/bug/bob"));
        Assert.Equal("a bug of bob", error.Message);

        await using WebSocketClient socket = await test.ConnectAsync("/socket");
        Assert.StartsWith("from ", (await socket.ReceiveAsync())?.Text);
    }

    [Fact]
    public async Task A_socket_in_memory_reaches_a_server_with_certificates()
    {
        await using Server server = Servers.StartApp(
            Servers.Transports[0], new TestedApp(), new ServeOptions { Tls = [Servers.Tls] });
        await using WebSocketClient client = await server.ConnectAsync("/socket");

        Assert.Equal("from ", (await client.ReceiveAsync())?.Text);
    }

    [Fact]
    public async Task A_client_of_another_kind_takes_the_handler()
    {
        await using TestServer test = Serve.Test(new TestedApp());
        using var client = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(test.CreateHandler());
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));

        await client.ConnectAsync(new Uri("ws://localhost/socket"), invoker, patience.Token);
        byte[] buffer = new byte[100];
        WebSocketReceiveResult received = await client.ReceiveAsync(buffer, patience.Token);
        Assert.StartsWith("from 127.0.0.1:", Encoding.UTF8.GetString(buffer, 0, received.Count));
    }

    [Fact]
    public void An_option_that_is_not_allowed_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(
            () => Serve.Test(new TestedApp(), new ServeOptions { MaxRequestHeadSize = 1 }));

    [Fact]
    public async Task What_a_test_provides_is_there_for_the_emitted_code()
    {
        await using TestServer test = Serve.Test(new TestedApp());
        test.Provide<string?>(request => request.Headers["X-Name"]).Provide(5);

        var request = new Request("/") { Headers = { ["X-Name"] = "bob" } };
        ProviderOverrides overrides = test.Server.Service.Settings.Overrides!;
        Assert.True(overrides.TryGet(request, out string? name));
        Assert.Equal("bob", name);
        Assert.True(overrides.TryGet(request, out int number));
        Assert.Equal(5, number);
        Assert.False(overrides.TryGet<Guid>(request, out _));
    }
}
