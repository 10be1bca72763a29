using System.Net;

namespace Prebake.Conformance;

/// <summary>An app made of parts, over sockets: what the dispatcher decides by prefix.</summary>
public sealed partial class MountedAppTests
{
    [Header("X-From", "whole")]
    internal sealed partial class Whole
    {
        [Mount("/api")] private readonly Api _api = new();
        [Mount("/open")] private readonly Open _open = new();
        [Get("/")] private static string Home() => "home";
        [Get("/fails")] private static string Fails() => throw new HttpException(409, "whole");
    }

    [Header("X-From", "api")]
    internal sealed partial class Api
    {
        [Mount("/deep")] private readonly Deep _deep = new();
        [Static("/constant")] private const string Constant = "constant";
        [Static("/late")] private static async Task<string> Late() { await Task.Yield(); return "late"; }
        [Get("/{id}")] private static string One(int id) => $"one {id}";
        [Get("/{id}/fails")] private static async Task<string> Fails(int id) { await Task.Yield(); throw new HttpException(409, $"api {id}"); }
        [Post("/body")] private static string Post([Body] string body, [Query] int n) => body + n;
        [Get("/{id}/blocking"), Blocking] private static string Blocks(int id) => $"blocking {id}";
        [Error] private static Response On(Exception error) => new("api said " + error.Message) { Status = error is HttpException http ? http.Status : 500 };
    }

    internal sealed partial class Deep
    {
        [Get("/{name}.txt")] private static string Name(string name) => "deep " + name;
        [Fetch] private static async Task<Response> Rest(Request request)
        {
            string path = request.Path.ToString();
            return new Response($"fetch {path} {(await request.TextAsync()).Length}") { Status = 404 };
        }
    }

    internal sealed partial class Open
    {
        [Get("/fails")] private static string Fails() => throw new HttpException(409, "open");
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Parts_answer_below_their_prefix(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Whole());
        foreach ((string method, string path, int status, string text, string? from) in new (string, string, int, string, string?)[]
        {
            ("GET", "/", 200, "home", "whole"),
            ("GET", "/api/7", 200, "one 7", "api"),
            ("GET", "/api/constant", 200, "constant", "api"),
            ("GET", "/api/late", 200, "late", "api"),
            ("GET", "/api/7/blocking", 200, "blocking 7", "api"),
            ("GET", "/api/deep/a%20b.txt", 200, "deep a b", null),
            ("GET", "//api/./deep/x.txt", 200, "deep x", null),
            ("GET", "/api/7/fails", 409, "api said api 7", "api"),
            ("GET", "/api/deep/nothing", 404, "fetch /api/deep/nothing 0", null),
            ("PUT", "/api/deep/x.txt", 404, "fetch /api/deep/x.txt 0", null),
        })
        {
            RawResponse response = RawClient.Ask(server, path, method: method);
            Assert.True((status, text) == (response.Status, response.Text), $"{method} {path}: {response.Status} {response.Text}");
            Assert.Equal(from, response["x-from"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_is_refused_has_the_headers_and_the_error_handler_of_the_nearest_class(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Whole());
        RawResponse missing = RawClient.Ask(server, "/api/a/b/c");
        Assert.Equal((404, "api"), (missing.Status, missing["x-from"]));
        RawResponse other = RawClient.Ask(server, "/nothing");
        Assert.Equal((404, "whole"), (other.Status, other["x-from"]));
        RawResponse method = RawClient.Ask(server, "/api/7", method: "DELETE");
        Assert.Equal((405, "api", "GET, HEAD, OPTIONS"), (method.Status, method["x-from"], method["allow"]));

        // What does not parse is refused to the part, too
        RawResponse bad = RawClient.Ask(server, "/api/x");
        Assert.Equal(400, bad.Status);
        Assert.StartsWith("api said ", bad.Text);

        // No [Error] below which these are: problem details
        foreach (string path in (string[])["/fails", "/open/fails"])
        {
            RawResponse failed = RawClient.Ask(server, path);
            Assert.Equal(409, failed.Status);
            Assert.Equal("application/problem+json", failed["content-type"]);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Bodies_reach_the_handlers_of_parts_and_the_fetch_of_the_nearest(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Whole());
        using var client = new RawClient(server);
        client.Send("POST /api/body?n=5 HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal("abc5", client.Receive()!.Text);
        client.Send("POST /api/deep/nothing HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
        Assert.Equal("fetch /api/deep/nothing 3", client.Receive()!.Text);
    }
}
