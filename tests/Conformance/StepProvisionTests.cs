using System.Collections.Concurrent;

namespace Prebake.Conformance;

/// <summary>Steps that ask for what is provided, over sockets.</summary>
public sealed partial class StepProvisionTests
{
    internal sealed partial class App
    {
        public ConcurrentQueue<string> Log { get; } = [];

        [Provide(Challenge = "Bearer")]
        private async ValueTask<Caller?> Who([Header("X-User")] string? user)
        {
            await Task.Yield();
            Log.Enqueue($"who {user}");
            return user is null ? null : new Caller(user);
        }

        [Provide] private Lease Borrow(Caller? caller) => new(caller?.Name ?? "nobody", Log);

        [After] private static void Seen(Response response, Caller? caller) => response.Headers["X-Seen"] = $"{response.Status} {caller?.Name ?? "nobody"}";
        [Before] private static void Touch(Lease lease) => _ = lease.Name;

        [Get("/name")] private static string Name(Caller caller, Lease lease) => $"{caller.Name} {lease.Name}";
        [Post("/text")] private static string Text([Body] string body, Caller caller) => $"{caller.Name} {body.Length}";
        [Mount("/part")] private readonly Part _part = new();
    }

    internal sealed partial class Part
    {
        [Around] private static async Task<Response> Owner(Next next, Caller caller)
        {
            Response response = await next.RunAsync();
            response.Headers["X-Owner"] = caller.Name;
            return response;
        }

        [Get("/plain")] private static string Plain() => "plain";
        [Post("/text"), MaxBody(5)] private static string Text([Body] string body) => body;
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task What_steps_ask_for_is_there_once_and_disposed_of_once(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        foreach ((string method, string path, string? user, int status, string seen, string? owner) in new (string, string, string?, int, string, string?)[]
        {
            ("GET", "/name", "Ada", 200, "200 Ada", null),
            ("GET", "/name", null, 401, "401 nobody", null),
            ("POST", "/text", "Ada", 200, "200 Ada", null),
            ("GET", "/part/plain", "Ada", 200, "200 Ada", "Ada"),
            ("GET", "/part/plain", null, 401, "401 nobody", null),
            ("POST", "/part/text", "Ada", 200, "200 Ada", "Ada"),
            // What no route has is provided to the steps of the class that provides, and passes those of its parts that ask
            ("GET", "/part/nothing", "Ada", 404, "404 Ada", null),
            ("PUT", "/part/plain", "Ada", 405, "405 Ada", null),
            ("GET", "/nothing", null, 404, "404 nobody", null),
        })
        {
            app.Log.Clear();
            RawResponse response = Ask(server, method, path, user, method == "POST" ? "abc" : "");
            Assert.True((status, seen, owner) == (response.Status, response["x-seen"], response["x-owner"]), $"{method} {path} {user}: {response.Status} {response["x-seen"]} {response["x-owner"]}");
            Assert.Equal(status == 401 ? "Bearer" : null, response["www-authenticate"]);
            await Eventually.Until(() => app.Log.Count >= 2, path);
            Assert.Equal([$"who {user}", $"dispose {user ?? "nobody"}"], app.Log);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Nobody_who_is_refused_by_what_a_step_needs_is_asked_for_the_body(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using var client = new RawClient(server);
        client.Send("POST /part/text HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(401, client.Receive()!.Status);

        using var late = new RawClient(server);
        late.Send("POST /part/text HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nTransfer-Encoding: chunked\r\nExpect: 100-continue\r\n\r\n");
        Assert.Equal(100, late.Receive()!.Status);
        late.Send("6\r\nabcdef\r\n0\r\n\r\n");
        RawResponse response = late.Receive()!;
        Assert.Equal((413, "413 Ada", "Ada"), (response.Status, response["x-seen"], response["x-owner"]));
    }

    [Fact]
    public async Task A_test_puts_a_value_in_the_place_of_a_providers()
    {
        var app = new App();
        await using TestServer test = Serve.Test(app);
        test.Provide(_ => new Caller("Bob"));
        System.Net.Http.HttpResponseMessage response = await test.GetAsync("/part/plain");
        Assert.Equal(("plain", "Bob"), (await response.Content.ReadAsStringAsync(), response.Headers.GetValues("X-Owner").Single()));
        Assert.DoesNotContain("who ", app.Log);
    }

    private static RawResponse Ask(Server server, string method, string path, string? user, string body)
    {
        using var client = new RawClient(server);
        client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\n{(user is null ? "" : $"X-User: {user}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}");
        return client.Receive()!;
    }
}
