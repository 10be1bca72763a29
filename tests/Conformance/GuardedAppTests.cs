using System.Text;

namespace Prebake.Conformance;

/// <summary>Providers and guards over sockets: who is refused, when the body is read, and when a value is disposed of.</summary>
public sealed class GuardedAppTests
{
    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_request_gets_what_is_provided_or_is_refused(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new GuardedApp());
        foreach ((string path, string? user, int status, string? text) in new (string, string?, int, string?)[]
        {
            ("/name", "Ada", 200, "Ada"),
            ("/name", null, 401, null),
            ("/maybe", null, 200, "nobody"),
            ("/maybe", "Ada", 200, "Ada"),
            ("/ada", "Ada", 200, "Ada's"),
            ("/ada", "Bob", 403, null),
            ("/ada", null, 401, null),
            ("/answer", null, 200, "handler"),
            ("/answer?answer=true", null, 203, "answered"),
            ("/blocking", "Ada", 200, "Ada second after first of Ada"),
            ("/blocking", null, 401, null),
            ("/number/5", "Ada", 200, "5 Ada"),
            ("/number/x", "Ada", 400, null),
            ("/number/x", null, 400, null),
            ("/nothing", "Ada", 200, "rest Ada"),
            ("/nothing", null, 401, null),
            ("/part/name", "Ada", 200, "Ada"),
            ("/part/name", "Eve", 403, "part said This is not for you."),
            ("/part/name", null, 401, "part said This route needs credentials."),
            ("/part/lease", null, 200, "first of nobody"),
            ("/name", "throws", 409, null),
            ("/part/name", "throws", 409, "part said made by a test"),
        })
        {
            RawResponse response = Ask(server, "GET", path, user);
            Assert.True(response.Status == status && (text is null || response.Text == text), $"{path} {user}: {response.Status} {response.Text}");
            if (status == 401)
            {
                Assert.Equal("Bearer realm=\"app\"", response["www-authenticate"]);
                Assert.Equal(path.StartsWith("/part", StringComparison.Ordinal) ? "part" : "app", response["x-from"]);
            }
            else Assert.Null(response["www-authenticate"]);
        }

        RawResponse head = Ask(server, "HEAD", "/name", null);
        Assert.Equal(401, head.Status);
        Assert.Equal("", head.Text);
        // The connection is as good as before
        using var client = new RawClient(server);
        foreach (string user in (string[])["Ada", "", "Bob"])
        {
            client.Send($"GET /name HTTP/1.1\r\nHost: a\r\n{(user.Length > 0 ? $"X-User: {user}\r\n" : "")}\r\n");
            Assert.Equal(user.Length > 0 ? 200 : 401, client.Receive()!.Status);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Nobody_who_is_refused_is_asked_for_the_body(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new GuardedApp());
        foreach ((string path, string refused, int status, string let, string text) in new (string, string, int, string, string)[]
        {
            ("/text", "", 401, "X-User: Ada\r\n", "Ada 3"),
            ("/part/text", "X-User: Eve\r\n", 403, "X-User: Ada\r\n", "Ada 3"),
        })
        {
            using var turned = new RawClient(server);
            turned.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{refused}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            Assert.Equal(status, turned.Receive()!.Status);

            using var client = new RawClient(server);
            client.Send($"POST {path} HTTP/1.1\r\nHost: a\r\n{let}Content-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            Assert.Equal(100, client.Receive()!.Status);
            client.Send("abc");
            RawResponse response = client.Receive()!;
            Assert.True((200, text) == (response.Status, response.Text), $"{path}: {response.Status} {response.Text}");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_may_come_with_the_head_or_in_pieces(Over transport)
    {
        var app = new GuardedApp();
        await using Server server = Servers.StartApp(transport, app);
        string body = new('x', 100_000);
        foreach ((string path, string text) in new[]
        {
            ("/text", "Ada 100000"), ("/own", "Ada 100000"), ("/late", "second after first of Ada 100000"), ("/part/text", "Ada 100000"),
        })
        {
            using var client = new RawClient(server);
            string head = $"POST {path} HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\n";
            client.Send($"{head}Content-Length: 100000\r\n\r\n{body}");
            Assert.Equal(text, client.Receive()!.Text);
            client.Send($"{head}Content-Length: 3\r\n\r\nabc");
            Assert.Equal(text.Replace("100000", "3", StringComparison.Ordinal), client.Receive()!.Text);
            client.Send($"{head}Transfer-Encoding: chunked\r\n\r\n");
            client.Send("3\r\nabc\r\n");
            client.Send("2\r\nde\r\n0\r\n\r\n");
            Assert.Equal(text.Replace("100000", "5", StringComparison.Ordinal), client.Receive()!.Text);
        }

        // Too long, and gone in the middle of it
        using (var client = new RawClient(server))
        {
            client.Send("POST /text HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\nzz\r\n");
            Assert.Equal(400, client.Receive()!.Status);
        }

        using (var client = new RawClient(server)) client.Send("POST /late HTTP/1.1\r\nHost: a\r\nContent-Length: 30\r\n\r\nabc");
        Assert.Equal("Ada 3", Ask(server, "POST", "/text", "Ada", "abc").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_provided_is_disposed_of_once_in_reverse_order(Over transport)
    {
        var app = new GuardedApp();
        await using Server server = Servers.StartApp(transport, app);
        string[] both = ["dispose second after first of Ada", "dispose first of Ada"];
        foreach ((string path, string[] log) in new[]
        {
            ("/lease", ["dispose first of Ada"]), ("/leases", both), ("/fails", both), ("/stream", both), ("/blocking", both), ("/part/lease", ["dispose first of Ada"]),
        })
        {
            app.Log.Clear();
            RawResponse response = Ask(server, "GET", path, "Ada");
            Assert.Equal(path == "/fails" ? 500 : 200, response.Status);
            await Eventually.Until(() => app.Log.Count >= log.Length, path);
            Assert.Equal(log, app.Log);
        }

        // One that throws does not keep the others from it, nor the server from going on
        app.Log.Clear();
        Assert.Equal(200, Ask(server, "GET", "/leases", "throws").Status);
        await Eventually.Until(() => app.Log.Count == 2);
        Assert.Equal("Ada", Ask(server, "GET", "/name", "Ada").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_provided_is_disposed_of_when_the_client_has_left(Over transport)
    {
        var app = new GuardedApp();
        await using Server server = Servers.StartApp(transport, app);
        using (var client = new RawClient(server))
        {
            client.Send("GET /leases?late=true HTTP/1.1\r\nHost: a\r\nX-User: Ada\r\n\r\n");
            await Eventually.Until(() => app.Log.Contains("waiting behind first of Ada"));
        }

        app.Gate.SetResult();
        await Eventually.Until(() => app.Log.Contains("dispose first of Ada"), "What the client left behind is still there.");
        Assert.Equal("first of Bob, second after first of Bob", Ask(server, "GET", "/leases", "Bob").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_WebSocket_begins_for_those_who_are_let_through(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new GuardedApp());
        const string Handshake = "GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
        using var refused = new RawClient(server);
        refused.Send(Handshake + "\r\n");
        RawResponse answer = refused.Receive()!;
        Assert.Equal((401, "Bearer realm=\"app\""), (answer.Status, answer["www-authenticate"]));

        using var client = new RawClient(server);
        client.Send(Handshake + "X-User: Ada\r\n\r\n");
        Assert.Equal(101, client.Receive(toHead: true)!.Status);
        Assert.Equal("\u0081\u0009hello Ada", Encoding.Latin1.GetString(client.ReadExactly(11)));
    }

    [Fact]
    public async Task A_test_puts_a_value_in_the_place_of_a_providers()
    {
        var app = new GuardedApp();
        await using TestServer test = Serve.Test(app);
        Assert.Equal(System.Net.HttpStatusCode.Unauthorized, (await test.GetAsync("/name")).StatusCode);
        test.Provide(_ => new Caller("Ada"));
        foreach (string path in (string[])["/name", "/part/name", "/maybe"]) Assert.Equal("Ada", await test.GetStringAsync(path));
        Assert.Equal("Ada's", await test.GetStringAsync("/ada"));

        // Neither the provider nor what it asks for is there; what the test gives is not disposed of
        var lease = new AsyncLease("lent", app.Log);
        test.Provide(_ => lease);
        Assert.Equal("Ada lent", await test.GetStringAsync("/blocking"));
        Assert.DoesNotContain("dispose lent", app.Log);
    }

    [Fact]
    public async Task A_part_that_needs_a_class_above_is_not_served_by_itself()
    {
        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(() => Servers.StartApp(Servers.Transports[^1], new GuardedPart())));
        Assert.Contains("which only a class that mounts this one provides; serve that class", refused.Message, StringComparison.Ordinal);
    }

    private static RawResponse Ask(Server server, string method, string path, string? user, string body = "")
    {
        using var client = new RawClient(server);
        client.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\n{(user is null ? "" : $"X-User: {user}\r\n")}Content-Length: {body.Length}\r\n\r\n{body}");
        return client.Receive(toHead: method == "HEAD")!;
    }
}
