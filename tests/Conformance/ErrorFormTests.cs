using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>One form of error: which <c>[Error]</c> method makes the response to what.</summary>
public sealed partial class ErrorFormTests
{
    internal sealed record Order(string Item);

    [JsonSerializable(typeof(Order))]
    internal sealed partial class FormJson : JsonSerializerContext;

    internal class Missing(string what) : Exception($"no {what}");

    internal sealed class Gone(string what) : Missing(what);

    [Header("X-App", "form")]
    internal sealed partial class Form
    {
        [Mount("/part")] private readonly Part _part = new();
        [Mount("/bare")] private readonly Bare _bare = new();

        [Get("/user/{id}")] private static string? User(int id) => id == 7 ? "Ada" : null;
        [Get("/missing")] private static string Missed() => throw new Missing("cat");
        [Get("/gone")] private static async Task<string> WasThere() { await Task.Yield(); throw new Gone("dog"); }
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("bug");
        [Get("/login"), Header("X-Route", "login")] private static string Login() => throw new HttpException(401, "Log in.") { Headers = { ["WWW-Authenticate"] = "Bearer" } };
        [Get("/later")] private static string Later() => throw new HttpException(429) { Headers = { ["Retry-After"] = "5", ["X-App-Own"] = "refusal" } };
        [Get("/elsewhere")] private static string Elsewhere() => throw new HttpException(403) { Headers = { ["WWW-Authenticate"] = "Bearer" } };
        [Get("/fields")] private static string Fields() => throw new HttpException(422, "Mend it.") { Errors = [new FieldError("name", "is taken")] };
        [Post("/order")] private static string Post(Order order) => order.Item;
        [Post("/stream"), MaxBody(10)] private static string Small([Body] string body) => body;
        [WebSocket("/socket")] private static WebSocketHandler? Socket() => null;
        [Get("/file")] private static Response File() => Response.File("/nothing/is/here");

        [Error] private static Response OnRefusal(HttpException refusal)
        {
            if (refusal.Status == 403) return new Response("moved") { Status = 404 };
            var response = new Response($"refused {refusal.Status} {refusal.Detail} {string.Join(",", refusal.Errors.Select(error => error.Name))}".TrimEnd());
            if (refusal.Status == 429) response.Headers["X-App-Own"] = "method";
            return response;
        }

        [Error] private static Response OnMissing(Missing missing) => new("missing " + missing.Message) { Status = 404 };
        [Error] private static Response OnBug(Exception bug, Request request) => new($"bug {bug.Message} {request.Path}") { Status = 500 };
    }

    internal sealed partial class Part
    {
        [Mount("/deep")] private readonly Deep _deep = new();
        [Get("/gone")] private static string WasThere() => throw new Gone("part");
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("part");
        [Get("/null")] private static string? Nothing() => null;
        [Error] private static async Task<Response?> OnRefusal(HttpException refusal)
        {
            await Task.Yield();
            return refusal.Status == 404 ? null : new Response($"part {refusal.Status}");
        }
    }

    internal sealed partial class Deep
    {
        [Get("/gone")] private static string WasThere() => throw new Gone("deep");
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("deep");
        [Get("/{id}")] private static string One(int id) => $"{id}";
        [Error] private static string? OnGone(Gone gone) => gone.Message == "no deep" ? null : "deep";
        [Error] private static string? OnRefusal(HttpException refusal) => null;
    }

    internal sealed partial class Bare
    {
        [Get("/x")] private static string X() => "x";
    }

    internal sealed partial class Plain
    {
        [Mount("/only")] private readonly Only _only = new();
        [Get("/x")] private static string X() => "x";
    }

    internal sealed partial class Only
    {
        [Get("/x")] private static string X() => throw new InvalidOperationException("told");
        [Error] private static string OnBug(InvalidOperationException bug) => "only " + bug.Message;
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task The_most_specific_method_of_the_nearest_class_makes_the_response(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Form());
        foreach ((string path, int status, string text) in new (string, int, string)[]
        {
            ("/user/7", 200, "Ada"),
            ("/user/8", 404, "refused 404"),
            ("/user/x", 400, "refused 400 The parameter 'id' has an invalid value. id"),
            ("/nothing", 404, "refused 404"),
            ("/missing", 404, "missing no cat"),
            ("/gone", 404, "missing no dog"),
            ("/bug", 500, "bug bug /bug"),
            ("/fields", 422, "refused 422 Mend it. name"),
            ("/bare/nothing", 404, "refused 404"),
            ("/socket", 426, "refused 426 This route speaks the WebSocket protocol, version 13."),
            // A method of a part that declines, and parts without one for it
            ("/part/nothing", 404, "refused 404"),
            ("/part/null", 404, "refused 404"),
            ("/part/gone", 404, "missing no part"),
            ("/part/bug", 500, "bug part /part/bug"),
            ("/part/deep/gone", 404, "missing no deep"),
            ("/part/deep/bug", 500, "bug deep /part/deep/bug"),
            ("/part/deep/x", 400, "part 400"),
            ("/part/deep/a/b", 404, "refused 404"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.True((status, text) == (response.Status, response.Text), $"{path}: {response.Status} {response.Text}");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_refusal_brings_its_headers_whoever_makes_the_response(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Form());
        RawResponse method = RawClient.Ask(server, "/user/7", method: "DELETE");
        Assert.Equal((405, "GET, HEAD, OPTIONS", "form", "refused 405"), (method.Status, method["allow"], method["x-app"], method.Text));

        RawResponse login = RawClient.Ask(server, "/login");
        Assert.Equal((401, "Bearer", "login"), (login.Status, login["www-authenticate"], login["x-route"]));

        // The method's own header counts, and so does its own status
        RawResponse later = RawClient.Ask(server, "/later");
        Assert.Equal((429, "5", "method"), (later.Status, later["retry-after"], later["x-app-own"]));
        RawResponse moved = RawClient.Ask(server, "/elsewhere");
        Assert.Equal((404, "moved", null), (moved.Status, moved.Text, moved["www-authenticate"]));

        RawResponse socket = RawClient.Ask(server, "/socket");
        Assert.Equal("websocket", socket["upgrade"]);

        // An asynchronous method, and one that has declined before
        RawResponse part = RawClient.Ask(server, "/part/null", method: "POST");
        Assert.Equal((405, "GET, HEAD, OPTIONS", "part 405"), (part.Status, part["allow"], part.Text));
        Assert.Equal(("", "11"), (RawClient.Ask(server, "/nothing", method: "HEAD").Text, RawClient.Ask(server, "/nothing", method: "HEAD")["content-length"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Bodies_that_are_refused_have_the_same_form(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Form());
        foreach ((string head, string body, int status, string text) in new (string, string, int, string)[]
        {
            ("POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", "{}", 415, "refused 415 This route takes application/json."),
            ("POST /order HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", "", 400, "refused 400 This route needs a body. $"),
            ("POST /stream HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", "", 413, "refused 413 The body exceeds the server's limit."),
            ("POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "b\r\n01234567890\r\n", 413, "refused 413 The body exceeds the server's limit."),
            ("POST /stream HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n", "zz\r\n", 400, "refused 400 The body's chunks are malformed."),
            ("POST /nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\n", "{}", 404, "refused 404"),
        })
        {
            using var client = new RawClient(server);
            client.Send(head + body);
            RawResponse response = client.Receive()!;
            Assert.True((status, text) == (response.Status, response.Text), $"{head}: {response.Status} {response.Text}");
            // A body that was not read to its end leaves no request to follow
            Assert.Equal(status is 413 || text.EndsWith("malformed.", StringComparison.Ordinal) ? "close" : null, response["connection"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Where_no_method_takes_a_refusal_it_stays_what_it_was(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Plain());
        RawResponse bug = RawClient.Ask(server, "/only/x");
        Assert.Equal((500, "only told"), (bug.Status, bug.Text));
        foreach (string path in (string[])["/nothing", "/only/nothing"])
        {
            RawResponse missing = RawClient.Ask(server, path);
            Assert.Equal((404, "", "0", null), (missing.Status, missing.Text, missing["content-length"], missing["content-type"]));
        }

        RawResponse method = RawClient.Ask(server, "/only/x", method: "PUT");
        Assert.Equal((405, "GET, HEAD, OPTIONS", "0"), (method.Status, method["allow"], method["content-length"]));
    }
}
