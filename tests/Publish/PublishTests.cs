using System.Net;
using System.Net.Http.Json;

namespace Prebake.Publish;

/// <summary>The native binaries of the samples: published without a warning, small, and talked to.</summary>
// One at a time, as they build the same projects
[Collection("dotnet")]
public sealed class PublishTests
{
    // With InvariantGlobalization, without TLS; the budget that the project set itself
    private const long LargestHello = 3_500_000;

    [NativeFact]
    public async Task Hello_is_small_answers_drains_and_explains_itself()
    {
        using NativeSample sample = NativeSample.Publish("Hello");
        Assert.InRange(new FileInfo(sample.Executable).Length, 1, LargestHello);
        // A binary carries one transport: on Linux nothing of the portable one
        if (OperatingSystem.IsLinux()) Assert.Equal(-1, File.ReadAllBytes(sample.Executable).AsSpan().IndexOf("SocketAsyncEventArgs"u8));

        // And nothing of WebSockets, topics and backplanes, which it does not use
        byte[] binary = File.ReadAllBytes(sample.Executable);
        Assert.Equal(-1, binary.AsSpan().IndexOf("TopicLoop"u8));
        Assert.Equal(-1, binary.AsSpan().IndexOf("WebSocketProtocol"u8));
        Assert.Equal(-1, binary.AsSpan().IndexOf(System.Text.Encoding.Unicode.GetBytes("Sec-WebSocket")));

        using RunningServer server = sample.Start("--port=0");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };

        HttpResponseMessage constant = await http.GetAsync("/");
        Assert.Equal("Hello, World!", await constant.Content.ReadAsStringAsync());
        using var again = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { IfNoneMatch = { constant.Headers.ETag! } } };
        Assert.Equal(HttpStatusCode.NotModified, (await http.SendAsync(again)).StatusCode);
        Assert.Equal("Hello, you!", await http.GetStringAsync("/hello/you"));
        Assert.Equal(HttpStatusCode.MethodNotAllowed, (await http.DeleteAsync("/")).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/nowhere")).StatusCode);

        // A second one on the same port says which port, and what to do
        using RunningServer second = sample.Start($"--port={server.Url.Port}");
        (int code, string error) = second.Wait();
        Assert.Equal(1, code);
        Assert.Contains($"Is port {server.Url.Port} in use?", error);

        using RunningServer wrong = sample.Start("--port=lots");
        (code, error) = wrong.Wait();
        Assert.Equal(1, code);
        Assert.Contains("'lots'", error);

        server.Signal("TERM");
        Assert.Equal(0, server.Wait().Code);
    }

    [NativeFact]
    public async Task Rest_speaks_JSON()
    {
        using NativeSample sample = NativeSample.Publish("Rest");
        using RunningServer server = sample.Start("--port=0");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };

        HttpResponseMessage created = await http.PostAsJsonAsync("/todos", new { title = "write tests" });
        Assert.Equal(HttpStatusCode.Created, created.StatusCode);
        Assert.Contains("write tests", await http.GetStringAsync(created.Headers.Location));
        Assert.Contains("write tests", await http.GetStringAsync("/todos"));
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync("/todos/12345")).StatusCode);
        Assert.Equal(HttpStatusCode.BadRequest, (await http.PostAsync("/todos", new StringContent("{", null, "application/json"))).StatusCode);

        // Attributes that the linker would refuse if they were asked
        HttpResponseMessage refused = await http.PostAsJsonAsync("/todos", new { title = new string('x', 201) });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, refused.StatusCode);
        Assert.Contains("\"title\"", await refused.Content.ReadAsStringAsync());

        // Behind a provider and a guard, in a part
        Assert.Equal("Key", (await http.DeleteAsync("/admin/todos")).Headers.WwwAuthenticate.Single().ToString());
        foreach ((string key, HttpStatusCode status) in new[] { ("guest", HttpStatusCode.Forbidden), ("owner", HttpStatusCode.NoContent) })
        {
            using var clear = new HttpRequestMessage(HttpMethod.Delete, "/admin/todos") { Headers = { { "X-Key", key } } };
            Assert.Equal(status, (await http.SendAsync(clear)).StatusCode);
        }

        Assert.DoesNotContain("write tests", await http.GetStringAsync("/todos"));

        server.Interrupt();
        Assert.Equal(0, server.Wait().Code);
    }

    [NativeFact]
    public async Task The_portable_transport_works_in_a_native_binary_too()
    {
        using NativeSample sample = NativeSample.Publish("Hello", "-p:PrebakePortableTransport=true");
        using RunningServer server = sample.Start("--port=0");
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Url.Port}/") };

        Assert.Equal("Hello, World!", await http.GetStringAsync("/"));
        Assert.Equal("Hello, you!", await http.GetStringAsync("/hello/you"));

        server.Signal("TERM");
        Assert.Equal(0, server.Wait().Code);
    }
}
