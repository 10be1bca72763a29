using System.Net;
using System.Net.Http;
using System.Text;

namespace Prebake.Conformance.Testing;

/// <summary>What a client sees of an app in memory is what it sees of one with a port.</summary>
public sealed class TestServerTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    /// <summary>In memory, or a server with a port as a program would be.</summary>
    public enum At { Memory, Port }

    private sealed record Tested(TestServer Server, TestedApp App, Server? Program) : IAsyncDisposable
    {
        public static Tested Start(At at, ServeOptions? options = null)
        {
            var app = new TestedApp();
            options ??= new ServeOptions { IdleTimeout = TimeSpan.FromMinutes(1), HeadTimeout = TimeSpan.FromMinutes(1) };
            if (at is At.Memory) return new(Serve.Test(app, options), app, null);

            Server program = Serve.Start(app, options with { Port = 0, Hostname = "127.0.0.1" });
            return new(Serve.Test(app, program.Url), app, program);
        }

        public async ValueTask DisposeAsync()
        {
            await Server.DisposeAsync();
            if (Program is not null) await Program.StopAsync(closeActiveConnections: true);
        }
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task Handlers_of_every_kind_answer(At at)
    {
        await using Tested test = Tested.Start(at);

        Assert.Equal("constant", await test.Server.GetStringAsync("/constant"));
        Assert.Equal("hello bob", await test.Server.GetStringAsync("/hello/bob"));
        Assert.Equal("later", await test.Server.GetStringAsync("/later"));
        Assert.Equal($"{test.Server.BaseAddress}url", await test.Server.GetStringAsync("/url"));

        using HttpResponseMessage missing = await test.Server.GetAsync("/missing");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using HttpResponseMessage wrong = await test.Server.DeleteAsync("/later");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, wrong.StatusCode);
        Assert.Contains("GET", wrong.Content.Headers.Allow);
        using HttpResponseMessage teapot = await test.Server.GetAsync("/teapot");
        Assert.Equal(418, (int)teapot.StatusCode);
        Assert.Contains("short and stout", await teapot.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task In_memory_there_is_no_port()
    {
        await using TestServer test = Serve.Test(new TestedApp(), new ServeOptions { Port = 1, Hostname = "nowhere.invalid" });

        Assert.True(test.IsInMemory);
        Assert.Null(test.Server.Port);
        Assert.Equal("http://localhost/", test.BaseAddress.ToString());
        Assert.Equal("constant", await test.GetStringAsync("/constant"));
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_connection_is_used_again(At at)
    {
        await using Tested test = Tested.Start(at);

        string first = await test.Server.GetStringAsync("/from");
        Assert.StartsWith("127.0.0.1:", first);
        Assert.Equal(first, await test.Server.GetStringAsync("/from"));

        using HttpClient other = test.Server.CreateClient();
        Assert.NotEqual(first, await other.GetStringAsync("/from"));
    }

    [Fact]
    public async Task A_client_can_be_anywhere()
    {
        await using TestServer test = Serve.Test(new TestedApp());
        using HttpClient client = test.CreateClient(new TestClientOptions { Address = IPAddress.Parse("2001:db8::7") });

        Assert.StartsWith("[2001:db8::7]:", await client.GetStringAsync("/from"));
    }

    [Theory]
    [InlineData(At.Memory, 0), InlineData(At.Memory, 1), InlineData(At.Memory, 3_000_000)]
    [InlineData(At.Port, 0), InlineData(At.Port, 3_000_000)]
    public async Task A_body_comes_back(At at, int length)
    {
        await using Tested test = Tested.Start(at);
        byte[] body = new byte[length];
        Random.Shared.NextBytes(body);

        using HttpResponseMessage counted = await test.Server.PostAsync("/echo", new ByteArrayContent(body));
        Assert.Equal(body, await counted.Content.ReadAsByteArrayAsync());

        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Post, "/echo");
        request.Content = new StreamContent(new MemoryStream(body));
        request.Headers.TransferEncodingChunked = true;
        using HttpResponseMessage chunked = await test.Server.SendAsync(request);
        Assert.Equal(body, await chunked.Content.ReadAsByteArrayAsync());
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_client_that_expects_100_is_told_to_go_on_or_not(At at)
    {
        await using Tested test = Tested.Start(at);

        async Task<HttpResponseMessage> PostAsync(string path)
        {
            var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Post, path) { Content = new StringContent("body") };
            request.Headers.ExpectContinue = true;
            return await test.Server.SendAsync(request).WaitAsync(s_patience);
        }

        using HttpResponseMessage accepted = await PostAsync("/echo");
        Assert.Equal("body", await accepted.Content.ReadAsStringAsync());
        using HttpResponseMessage refused = await PostAsync("/never");
        Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task Limits_are_kept(At at)
    {
        await using Tested test = Tested.Start(at);

        using HttpResponseMessage large = await test.Server.PostAsync("/refused", new StringContent("eleven bytes"));
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, large.StatusCode);
        using HttpResponseMessage longPath = await test.Server.GetAsync("/" + new string('a', 9000));
        Assert.Equal(HttpStatusCode.RequestUriTooLong, longPath.StatusCode);
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task Bytes_of_your_own_are_read_as_they_are(At at)
    {
        await using Tested test = Tested.Start(at);
        await using Stream connection = await test.Server.OpenConnectionAsync();

        await connection.WriteAsync("GET /constant HTTP/1.1\r\nHost : a\r\n\r\n"u8.ToArray());
        using var reader = new StreamReader(connection, Encoding.Latin1);
        Assert.Equal("HTTP/1.1 400 Bad Request", await reader.ReadLineAsync().WaitAsync(s_patience));
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_stream_comes_piece_by_piece_and_ends_with_its_trailers(At at)
    {
        await using Tested test = Tested.Start(at);
        using var request = new HttpRequestMessage(System.Net.Http.HttpMethod.Get, "/pieces");
        using HttpResponseMessage response =
            await test.Server.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

        await using Stream body = await response.Content.ReadAsStreamAsync();
        byte[] buffer = new byte[6];
        await body.ReadExactlyAsync(buffer).AsTask().WaitAsync(s_patience);
        Assert.Equal("first ", Encoding.UTF8.GetString(buffer));

        test.App.Gate.SetResult();
        using var reader = new StreamReader(body);
        Assert.Equal("second", await reader.ReadToEndAsync().WaitAsync(s_patience));
        Assert.Equal("all;dur=1", Assert.Single(response.TrailingHeaders.GetValues("Server-Timing")));
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_client_keeps_its_cookies_and_another_has_none(At at)
    {
        await using Tested test = Tested.Start(at);

        using HttpResponseMessage login = await test.Server.GetAsync("/login");
        Assert.Contains("Secure", Assert.Single(login.Headers.GetValues("Set-Cookie")));
        Assert.Equal("s3cret", await test.Server.GetStringAsync("/me"));

        using HttpClient other = test.Server.CreateClient();
        Assert.Equal("nobody", await other.GetStringAsync("/me"));
        using HttpClient forgetful = test.Server.CreateClient(new TestClientOptions { KeepCookies = false });
        await forgetful.GetStringAsync("/login");
        Assert.Equal("nobody", await forgetful.GetStringAsync("/me"));
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_redirect_is_shown_and_not_followed(At at)
    {
        await using Tested test = Tested.Start(at);
        using HttpResponseMessage moved = await test.Server.GetAsync("/moved");

        Assert.InRange((int)moved.StatusCode, 300, 399);
        Assert.Equal("/constant", moved.Headers.Location?.ToString());
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_cut_connection_is_an_exception(At at)
    {
        await using Tested test = Tested.Start(at);
        await Assert.ThrowsAsync<HttpRequestException>(() => test.Server.GetAsync("/cut"));
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_client_that_gives_up_has_left(At at)
    {
        await using Tested test = Tested.Start(at);
        using var cancellation = new CancellationTokenSource();
        Task<HttpResponseMessage> asking = test.Server.GetAsync("/stuck", cancellation.Token);
        await test.App.Gate.Task.WaitAsync(s_patience);

        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await test.App.Left.Task.WaitAsync(s_patience);
    }

    [Theory, InlineData(At.Memory), InlineData(At.Port)]
    public async Task A_socket_talks(At at)
    {
        await using Tested test = Tested.Start(at);
        await using WebSocketClient client = await test.Server.ConnectAsync("/socket");

        Assert.StartsWith("from 127.0.0.1:", (await client.ReceiveAsync())?.Text);
        string large = new('a', 200_000);
        await client.SendAsync(large);
        Assert.Equal(large, (await client.ReceiveAsync())?.Text);
        await client.CloseAsync();
        Assert.Equal(1000, client.CloseCode);

        var refused = await Assert.ThrowsAsync<WebSocketRefusedException>(
            () => test.Server.ConnectAsync("/socket/refused").AsTask());
        Assert.Equal(403, refused.Response.Status);
    }

    [Fact]
    public async Task To_dispose_of_it_cuts_what_is_at_work()
    {
        var app = new TestedApp();
        TestServer test = Serve.Test(app);
        Task<HttpResponseMessage> asking = test.GetAsync("/stuck");
        await app.Gate.Task.WaitAsync(s_patience);

        await test.DisposeAsync().AsTask().WaitAsync(s_patience);
        await app.Left.Task.WaitAsync(s_patience);
        await Assert.ThrowsAnyAsync<Exception>(() => asking.WaitAsync(s_patience));
        Assert.Throws<ObjectDisposedException>(() => test.CreateClient());
    }

    [Fact]
    public async Task A_server_that_has_stopped_takes_nothing_more()
    {
        await using TestServer test = Serve.Test(new TestedApp());
        await test.GetStringAsync("/constant");

        await test.Server.StopAsync().WaitAsync(s_patience);
        await Assert.ThrowsAsync<HttpRequestException>(() => test.GetAsync("/constant"));
    }

    [Fact]
    public async Task Many_servers_answer_at_the_same_time()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(async i =>
        {
            await using TestServer test = Serve.Test(new TestedApp());
            string[] answers =
                await Task.WhenAll(Enumerable.Range(0, 20).Select(j => test.GetStringAsync($"/hello/{i}-{j}")));
            Assert.Equal(Enumerable.Range(0, 20).Select(j => $"hello {i}-{j}"), answers);
        })).WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Theory]
    [InlineData("relative"), InlineData("ftp://localhost/"), InlineData("/path")]
    public void An_address_that_no_server_has_is_refused(string address) =>
        Assert.Throws<ArgumentException>(() => Serve.Test(new Uri(address, UriKind.RelativeOrAbsolute)));

    [Fact]
    public async Task Of_a_program_only_responses_can_be_seen()
    {
        await using Tested test = Tested.Start(At.Port);

        Assert.False(test.Server.IsInMemory);
        Assert.Throws<InvalidOperationException>(() => test.Server.Exceptions);
        Assert.Throws<InvalidOperationException>(() => test.Server.Server);
        Assert.Throws<InvalidOperationException>(() => test.Server.Provide("a"));
        Assert.Throws<InvalidOperationException>(
            () => test.Server.CreateClient(new TestClientOptions { Address = IPAddress.Loopback }));
    }
}
