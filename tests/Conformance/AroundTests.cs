using System.Collections.Concurrent;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>What stands around handlers: in which order it is called, and that it sees everything.</summary>
public sealed partial class AroundTests
{
    internal sealed record Item(string Name);

    [JsonSerializable(typeof(Item))]
    internal sealed partial class AroundJson : JsonSerializerContext;

    /// <summary>An object that several classes use.</summary>
    internal sealed class Stamp(string name)
    {
        [After] public void Put(Response response) => response.Headers.Add("X-Stamp", name);
    }

    internal sealed class Gate
    {
        [Before] public Response? Closed([Header("X-Closed")] string? closed) => closed is null ? null : new Response("closed " + closed) { Status = 503 };
    }

    [Header("X-Class", "sync")]
    internal sealed partial class Sync
    {
        public static readonly Response Shared = new("shared");

        [Use(Constants = false)] private readonly Stamp _outer = new("outer");
        [Use(Constants = false)] private readonly Gate _gate = new();
        [After(Constants = false)] private static void Inner(Response response, Request request) => response.Headers["X-Inner"] = $"{response.Status} {request.Method}";
        [Mount("/part")] private readonly Part _part = new();

        [Static("/constant")] private const string Constant = "constant";
        [Get("/text")] private static string Text() => "text";
        [Get("/null")] private static string? Null() => null;
        [Get("/utf8")] private static ReadOnlySpan<byte> Utf8() => "utf8"u8;
        [Get("/bytes")] private static byte[] Bytes() => "bytes"u8.ToArray();
        [Get("/json")] private static Item AsJson() => new("json");
        [Get("/json/later")] private static async Task<Item> Later() { await Task.Yield(); return new("later"); }
        [Get("/text/later")] private static async Task<string> TextLater() { await Task.Yield(); return "later"; }
        [Get("/empty")] private static void Empty() { }
        [Get("/shared")] private static Response AsShared() => Shared;
        [Get("/blocking"), Blocking] private static string Blocks() => "blocking";
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("bug");
        [Get("/bug/later")] private static async Task<string> BugLater() { await Task.Yield(); throw new HttpException(409, "later"); }
        [Get("/number/{id}"), Header("X-Route", "number")] private static string Number(int id) => $"{id}";
        [Get("/number/{id}.txt")] private static string NumberText(int id) => $"text {id}";
        [Get("/query")] private static string Query(int n) => $"{n}";
        [Get("/stream")] private static async IAsyncEnumerable<string> Stream() { yield return "a"; await Task.Yield(); yield return "b"; }
        [Get("/redirect")] private static Response Redirect() => Response.Redirect("/text");
        [Post("/small"), MaxBody(5)] private static string Small([Body] string body) => body;
        [Get("/cookie")] private static string Cookie(Request request) { request.Cookies.Set("a", "b"); return "cookie"; }
        [WebSocket("/socket")] private static WebSocketHandler? Socket() => null;
        [Error] private static string On(InvalidOperationException bug) => "told " + bug.Message;
    }

    internal sealed partial class Part
    {
        [Use] private readonly Stamp _stamp = new("part");
        [Before] private static Response? Check([Query] int? level) => level switch
        {
            null => null,
            > 5 => new Response("too high") { Status = 403 },
            < 0 => throw new InvalidOperationException("below"),
            _ => null,
        };
        [Get("/{id}")] private static string One(int id) => $"part {id}";
        [Get("/{id}/later")] private static async ValueTask<string> Later(int id) { await Task.Yield(); return $"part {id}"; }
    }

    private static string? All(RawResponse response, string name) =>
        response[name] is null ? null : string.Join(", ", response.Fields.Where(field => field.Key == name).Select(field => field.Value));

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Every_response_passes_what_stands_around_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Sync());
        foreach ((string path, int status, string text, string stamps) in new (string, int, string, string)[]
        {
            ("/text", 200, "text", "outer"),
            ("/null", 404, "", "outer"),
            ("/utf8", 200, "utf8", "outer"),
            ("/bytes", 200, "bytes", "outer"),
            ("/json", 200, """{"Name":"json"}""", "outer"),
            ("/json/later", 200, """{"Name":"later"}""", "outer"),
            ("/text/later", 200, "later", "outer"),
            ("/empty", 204, "", "outer"),
            ("/shared", 200, "shared", "outer"),
            ("/shared", 200, "shared", "outer"),
            ("/blocking", 200, "blocking", "outer"),
            ("/bug", 500, "told bug", "outer"),
            ("/number/7", 200, "7", "outer"),
            ("/number/7.txt", 200, "text 7", "outer"),
            ("/stream", 200, "ab", "outer"),
            ("/redirect", 302, "", "outer"),
            ("/cookie", 200, "cookie", "outer"),
            ("/nothing", 404, "", "outer"),
            ("/part/7", 200, "part 7", "part, outer"),
            ("/part/7/later", 200, "part 7", "part, outer"),
            ("/part/a/b", 404, "", "part, outer"),
            ("/part/7?level=9", 403, "too high", "part, outer"),
            ("/part/7?level=-1", 500, "told below", "part, outer"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.True((status, text) == (response.Status, response.Text), $"{path}: {response.Status} {response.Text}");
            Assert.True((stamps, $"{status} GET") == (All(response, "x-stamp"), response["x-inner"]), $"{path}: {All(response, "x-stamp")} {response["x-inner"]}");
        }

        // Problem details of what was refused, 405, OPTIONS and HEAD, with the headers that they have anyway
        RawResponse query = RawClient.Ask(server, "/query?n=x");
        Assert.Equal((400, "application/problem+json", "outer", "400 GET"), (query.Status, query["content-type"], All(query, "x-stamp"), query["x-inner"]));
        RawResponse bad = RawClient.Ask(server, "/part/x");
        Assert.Equal((400, "outer"), (bad.Status, All(bad, "x-stamp")));
        RawResponse later = RawClient.Ask(server, "/bug/later");
        Assert.Equal((409, "application/problem+json", "409 GET"), (later.Status, later["content-type"], later["x-inner"]));
        RawResponse method = RawClient.Ask(server, "/part/7", method: "POST");
        Assert.Equal((405, "GET, HEAD, OPTIONS", "part, outer", "405 POST"), (method.Status, method["allow"], All(method, "x-stamp"), method["x-inner"]));
        RawResponse options = RawClient.Ask(server, "/text", method: "OPTIONS");
        Assert.Equal((204, "GET, HEAD, OPTIONS", "outer", null), (options.Status, options["allow"], All(options, "x-stamp"), options["content-length"]));
        RawResponse head = RawClient.Ask(server, "/text", method: "HEAD");
        Assert.Equal((200, "4", "", "200 HEAD"), (head.Status, head["content-length"], head.Text, head["x-inner"]));
        RawResponse number = RawClient.Ask(server, "/number/7");
        Assert.Equal(("number", "sync"), (number["x-route"], number["x-class"]));
        Assert.Equal("sync", RawClient.Ask(server, "/nothing")["x-class"]);
        Assert.Equal("a=b", RawClient.Ask(server, "/cookie")["set-cookie"]?.Split(';')[0]);

        // What is constant goes without, and what is shared stays as it was
        RawResponse constant = RawClient.Ask(server, "/constant");
        Assert.Equal(("constant", null), (constant.Text, All(constant, "x-stamp")));
        Assert.Equal(0, Sync.Shared.Headers.Count);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_before_answers_in_place_of_everything_behind_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Sync());
        foreach (string path in (string[])["/text", "/nothing", "/part/7", "/number/x", "/json/later", "/socket"])
        {
            RawResponse response = RawClient.Ask(server, path, "X-Closed: now\r\n");
            Assert.Equal((503, "closed now", "outer", null), (response.Status, response.Text, All(response, "x-stamp"), response["x-inner"]));
        }

        RawResponse method = RawClient.Ask(server, "/text", "X-Closed: now\r\n", "PUT");
        Assert.Equal((503, "closed now"), (method.Status, method.Text));
        Assert.Equal((426, "outer"), (RawClient.Ask(server, "/socket").Status, All(RawClient.Ask(server, "/socket"), "x-stamp")));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_body_that_is_refused_is_seen_too(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Sync());
        using var client = new RawClient(server);
        client.Send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nabcde");
        Assert.Equal(("abcde", "outer"), (client.Receive() is { } fits ? fits.Text : "", "outer"));
        client.Send("POST /small HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\n");
        RawResponse large = client.Receive()!;
        Assert.Equal((413, "outer", "413 POST", "close"), (large.Status, All(large, "x-stamp"), large["x-inner"], large["connection"]));

        using var chunked = new RawClient(server);
        chunked.Send("POST /small HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nabcdef\r\n");
        large = chunked.Receive()!;
        Assert.Equal((413, "outer", "413 POST"), (large.Status, All(large, "x-stamp"), large["x-inner"]));
    }

    /// <summary>Everything waits.</summary>
    internal sealed partial class Async
    {
        [After] private static async Task Outer(Response response) { await Task.Yield(); response.Headers.Add("X-Order", "outer"); }
        [Before] private async Task<Response?> Check(Request request)
        {
            await Task.Yield();
            return request.Headers["X-Closed"] is { } closed ? new Response("closed " + closed) { Status = 503 } : null;
        }

        [Around] private static async Task<Response> Twice(Request request, Next next)
        {
            await Task.Yield();
            Response response = await next.RunAsync();
            await Task.Yield();
            response.Headers.Add("X-Order", $"around {response.Status}");
            return request.Headers["X-Replace"] is { } text ? new Response(text) { Headers = { ["X-Order"] = "replaced" } } : response;
        }

        [Before] private static async ValueTask Count([Header("X-Count")] int? count) { await Task.Yield(); if (count > 5) throw new HttpException(429, "too many"); }
        [After] private static ValueTask<Response?> Inner(Response response)
        {
            response.Headers.Add("X-Order", "inner");
            return new(response.Status == 410 ? new Response("was here") { Status = 404, Headers = { ["X-Order"] = "swapped" } } : null);
        }

        [Mount("/part")] private readonly Part _part = new();
        [Get("/text")] private static string Text() => "text";
        [Get("/later")] private static async Task<string> Later() { await Task.Yield(); return "later"; }
        [Get("/gone")] private static Response Gone() => new() { Status = 410 };
        [Get("/bug")] private static async Task<string> Bug() { await Task.Yield(); throw new InvalidOperationException("bug"); }
        [Get("/number/{id}")] private static string Number(int id) => $"{id}";
        [Get("/number/{name}.txt")] private static string Name(string name) => name;
        [Get("/blocking"), Blocking] private static string Blocks() => "blocking";
        [Get("/json")] private static Item AsJson() => new("json");
        [Get("/stream")] private static async IAsyncEnumerable<string> Stream() { yield return "a"; await Task.Yield(); yield return "b"; }
        [Post("/body")] private static string Body([Body] string body) => body;
        [Post("/read")] private static async Task<string> Read(Request request) => await request.TextAsync();
        [Get("/path/{*rest}")] private static string Path(Request request, string rest) => $"{request.Path} {rest}";
        [WebSocket("/socket")] private static WebSocketHandler Socket() => new Echo();
        [Error] private static async Task<string> On(Exception error) { await Task.Yield(); return "told " + error.Message; }
    }

    internal sealed class Echo : WebSocketHandler
    {
        protected override ValueTask Message(string text) { Send(text); return default; }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Steps_that_wait_enclose_each_other_the_same_way(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Async());
        foreach ((string path, string fields, int status, string text, string order) in new (string, string, int, string, string)[]
        {
            ("/text", "", 200, "text", "inner, around 200, outer"),
            ("/later", "", 200, "later", "inner, around 200, outer"),
            ("/gone", "", 404, "was here", "swapped, around 404, outer"),
            ("/bug", "", 500, "told bug", "inner, around 500, outer"),
            ("/number/7", "", 200, "7", "inner, around 200, outer"),
            ("/number/x.txt", "", 200, "x", "inner, around 200, outer"),
            ("/number/x", "", 400, "told The parameter 'id' has an invalid value.", "inner, around 400, outer"),
            ("/blocking", "", 200, "blocking", "inner, around 200, outer"),
            ("/json", "", 200, """{"Name":"json"}""", "inner, around 200, outer"),
            ("/stream", "", 200, "ab", "inner, around 200, outer"),
            // Nothing was thrown: a method for any exception is not asked
            ("/nothing", "", 404, "", "inner, around 404, outer"),
            ("/path/a/b", "", 200, "/path/a/b a/b", "inner, around 200, outer"),
            ("/part/7", "", 200, "part 7", "inner, around 200, outer"),
            ("/part/7/later", "", 200, "part 7", "inner, around 200, outer"),
            ("/part/x", "", 400, "told The parameter 'id' has an invalid value.", "inner, around 400, outer"),
            ("/text", "X-Closed: now\r\n", 503, "closed now", "outer"),
            ("/text", "X-Replace: other\r\n", 200, "other", "replaced, outer"),
            ("/text", "X-Count: 9\r\n", 429, "told too many", "around 429, outer"),
            ("/text", "X-Count: x\r\n", 400, "told The parameter 'X-Count' is missing or has an invalid value.", "around 400, outer"),
        })
        {
            RawResponse response = RawClient.Ask(server, path, fields);
            Assert.True((status, text) == (response.Status, response.Text), $"{path} {fields}: {response.Status} {response.Text}");
            Assert.True(order == All(response, "x-order"), $"{path} {fields}: {All(response, "x-order")}");
        }

        using var client = new RawClient(server);
        for (int i = 0; i < 3; i++)
        {
            client.Send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            Assert.Equal("abc", client.Receive()!.Text);
            client.Send("POST /read HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc");
            Assert.Equal("abc", client.Receive()!.Text);
            client.Send("GET /text HTTP/1.1\r\nHost: a\r\n\r\nGET /later HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("text", client.Receive()!.Text);
            Assert.Equal("later", client.Receive()!.Text);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_handshake_of_a_WebSocket_passes_and_may_get_headers(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Async());
        using var client = new RawClient(server);
        client.Send("GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
            + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
        RawResponse response = client.Receive()!;
        Assert.Equal((101, "inner, around 101, outer"), (response.Status, All(response, "x-order")));
    }

    internal sealed partial class Synchronous
    {
        [Around] private static Response Guarded(Next next, Request request)
        {
            Response response = next.Run();
            response.Headers["X-Around"] = $"{response.Status}";
            return request.Path is "/twice" ? next.Run() : response;
        }

        [After] private static void Inner(Response response) => response.Headers["X-Inner"] = "1";
        [Get("/text")] private static string Text() => "text";
        [Get("/twice")] private static string Twice() => "twice";
        [Get("/bug")] private static string Bug() => throw new InvalidOperationException("bug");
        [Get("/number/{id}")] private static string Number(int id) => $"{id}";
        [Get("/blocking"), Blocking] private static string Blocks() => "blocking";
        [Error] private static string On(Exception error) => "told " + error.Message;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_synchronous_around_stays_synchronous(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Synchronous());
        foreach ((string path, int status, string text, string? around) in new (string, int, string, string?)[]
        {
            ("/text", 200, "text", "200"),
            ("/twice", 200, "twice", null),
            ("/bug", 500, "told bug", "500"),
            ("/number/7", 200, "7", "200"),
            ("/number/x", 400, "told The parameter 'id' has an invalid value.", "400"),
            ("/blocking", 200, "blocking", "200"),
            ("/nothing", 404, "", "404"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.True((status, text, around, "1") == (response.Status, response.Text, response["x-around"], response["x-inner"]), $"{path}: {response.Status} {response.Text}");
        }
    }

    internal sealed partial class Faulty
    {
        [After] private static void Outer(Response response) => response.Headers["X-Outer"] = $"{response.Status}";
        [After] private static void Breaks(Response response, Request request) { if (request.Path is "/after") throw new InvalidOperationException("after"); }
        [Around] private static async Task<Response> Around(Next next, Request request)
        {
            Response response = await next.RunAsync();
            return request.Path is "/around" ? throw new InvalidOperationException("around") : response;
        }

        [Before] private static void Before(Request request) { if (request.Path is "/before") throw new InvalidOperationException("before"); }
        [Get("/{name}")] private static string Name(string name) => name;
        [Error] private static string On(Exception error) => "told " + error.Message;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_a_step_throws_goes_to_the_error_handler_and_passes_those_outside_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Faulty());
        foreach ((string path, int status, string text) in new (string, int, string)[]
        {
            ("/x", 200, "x"), ("/after", 500, "told after"), ("/around", 500, "told around"), ("/before", 500, "told before"), ("/y", 200, "y"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.True((status, text, $"{status}") == (response.Status, response.Text, response["x-outer"]), $"{path}: {response.Status} {response.Text} {response["x-outer"]}");
        }
    }

    internal const string Folder = "around-files";

    [Routes(TrailingSlash = TrailingSlash.Redirect)]
    [Directory("/files", Folder, Fallthrough = true), File("/gone", Folder + "/gone.txt", Fallthrough = true)]
    internal sealed partial class Files
    {
        private int _seen;
        [After] private void Count(Response response) => response.Headers["X-Seen"] = $"{_seen++} {response.Status}";
        [Before] private async Task Wait() => await Task.Yield();
        [After] private static void Stamp(Response response) => response.Headers.Add("X-Stamp", "1");
        [Get("/file")] private static Response File() => Response.File(Folder + "/a.txt");
        [Get("/files/{name}.json")] private static string Name(string name) => name;
        [Fetch] private static string Rest(Request request) => $"rest {request.Path}";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Files_pass_once_whether_they_are_there_or_others_answer(Over transport)
    {
        Directory.CreateDirectory(Folder);
        string file = Path.Combine(Folder, "a.txt");
        if (!File.Exists(file)) await File.WriteAllTextAsync(file, "file");
        await using Server server = Servers.StartApp(transport, new Files());
        int seen = 0;
        foreach ((string path, int status, string text) in new (string, int, string)[]
        {
            ("/file", 200, "file"),
            ("/files/a.txt", 200, "file"),
            ("/files/none.txt", 200, "rest /files/none.txt"),
            ("/gone", 200, "rest /gone"),
            ("/files/b.json", 200, "b"),
            ("/other", 200, "rest /other"),
        })
        {
            RawResponse response = RawClient.Ask(server, path);
            Assert.True((status, text) == (response.Status, response.Text), $"{path}: {response.Status} {response.Text}");
            Assert.True(($"{seen++} {status}", "1") == (response["x-seen"], All(response, "x-stamp")), $"{path}: {response["x-seen"]} {All(response, "x-stamp")}");
        }

        RawResponse part = RawClient.Ask(server, "/file", "Range: bytes=1-2\r\n");
        Assert.Equal((206, "il", "1"), (part.Status, part.Text, part["x-stamp"]));
    }

    [Routes(TrailingSlash = TrailingSlash.Redirect)]
    internal sealed partial class Slashes
    {
        [After] private static void Stamp(Response response) => response.Headers.Add("X-Stamp", $"{response.Status}");
        [Get("/page")] private static string Page() => "page";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_redirect_to_the_other_slash_passes_too(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Slashes());
        RawResponse response = RawClient.Ask(server, "/page/");
        Assert.Equal((308, "/page", "308"), (response.Status, response["location"], response["x-stamp"]));
    }

    // Two parts under one prefix: the steps of the one are not called for a path that only the other takes
    internal sealed partial class Shared
    {
        [Mount("/")] private readonly Numbers _numbers = new();
        [Mount("/")] private readonly Names _names = new();
    }

    internal sealed partial class Numbers
    {
        [Before] private static Response Closed() => new("closed") { Status = 403 };
        [Get("/{id}")] private static string One(int id) => $"{id}";
    }

    internal sealed partial class Names
    {
        [After] private static void Stamp(Response response) => response.Headers["X-Names"] = "1";
        [Get("/{name}.txt")] private static string One(string name) => name;
        [Get("/{id}")] private static string Long(DateOnly id) => $"{id:yyyy}";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Steps_are_called_only_for_routes_that_take_the_path(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Shared());
        Assert.Equal("closed", RawClient.Ask(server, "/7").Text);
        Assert.Equal("2024", RawClient.Ask(server, "/2024-02-01").Text);
        RawResponse name = RawClient.Ask(server, "/a.txt");
        Assert.Equal(("a", "1"), (name.Text, name["x-names"]));
    }

    /// <summary>One that keeps what it was given, for whoever wants to go on with a request of the past.</summary>
    internal sealed partial class Keeping
    {
        private Next _kept;

        [Around]
        private Response Once(Next next, Request request)
        {
            if (request.Path is not "/keep") return next.Run();
            _kept = next;
            return new Response("kept");
        }

        [Get("/keep")] private static string Keep(Request request) => "shown to another: " + request.Headers["X-Secret"];

        [Get("/other")]
        private string Other()
        {
            try
            {
                return _kept.Run().BodyText;
            }
            catch (InvalidOperationException e)
            {
                return e.Message;
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_next_that_was_kept_does_not_go_on_with_the_request_of_another(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Keeping());
        using var client = new RawClient(server);
        client.Send("GET /keep HTTP/1.1\r\nHost: a\r\n\r\n");
        Assert.Equal("kept", client.Receive()!.Text);
        client.Send("GET /other HTTP/1.1\r\nHost: a\r\nX-Secret: of the second\r\n\r\n");
        Assert.StartsWith("This request has been answered", client.Receive()!.Text, StringComparison.Ordinal);
    }

    /// <summary>A stream that says when it has been disposed of.</summary>
    internal sealed class Watched(TaskCompletionSource gone) : MemoryStream("streamed"u8.ToArray())
    {
        protected override void Dispose(bool disposing)
        {
            gone.TrySetResult();
            base.Dispose(disposing);
        }
    }

    /// <summary>What is answered in the place of a stream.</summary>
    internal sealed partial class Replacing
    {
        public TaskCompletionSource Gone { get; set; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [After]
        private static Response? Swap(Response response, string how = "") => how switch
        {
            "after-throws" => throw new InvalidOperationException("after"),
            "after" => new Response("another"),
            _ => null,
        };

        [Mount("/later")] private readonly ReplacingLater _later;
        public Replacing() => _later = new ReplacingLater(this);
        [Get("/stream")] private Response Stream() => Response.Stream(new Watched(Gone), "text/plain");
        [Error] private static string On(Exception error) => "told " + error.Message;
    }

    internal sealed partial class ReplacingLater(Replacing app)
    {
        [Around]
        private static async Task<Response> Swap(Next next, string how = "")
        {
            Response response = await next.RunAsync();
            return how switch
            {
                "around-throws" => throw new InvalidOperationException("around"),
                "around" => new Response("another"),
                _ => response,
            };
        }

        [Get("/stream")]
        private async Task<Response> Stream()
        {
            await Task.Yield();
            return Response.Stream(new Watched(app.Gone), "text/plain");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stream_that_is_not_sent_in_the_end_is_disposed_of(Over transport)
    {
        var app = new Replacing();
        await using Server server = Servers.StartApp(transport, app);
        foreach ((string target, string text) in new (string, string)[]
        {
            ("/stream", "streamed"), ("/stream?how=after", "another"), ("/stream?how=after-throws", "told after"),
            ("/later/stream", "streamed"), ("/later/stream?how=around", "another"), ("/later/stream?how=around-throws", "told around"),
            ("/later/stream?how=after", "another"),
        })
        {
            app.Gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            RawResponse response = RawClient.Ask(server, target);
            Assert.True(text == response.Text, $"{target}: {response.Status} {response.Text}");
            await app.Gone.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }
    }

    /// <summary>One that does not wait for what it has begun, and one that begins it twice.</summary>
    internal sealed partial class Impatient
    {
        private readonly ConcurrentQueue<string> _log = [];
        private TaskCompletionSource _gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Around]
        private async Task<Response> Limit(Next next, Request request, string how = "")
        {
            if (how == "twice")
            {
                Task<Response> first = next.RunAsync().AsTask(), second = next.RunAsync().AsTask();
                _gate.TrySetResult();
                Response[] both = await Task.WhenAll(first, second);
                return new Response(both[0].BodyText + both[1].BodyText);
            }

            Task<Response> pending = next.RunAsync().AsTask();
            _ = Task.Run(async () =>
            {
                await Task.Yield();
                _log.Enqueue("opened");
                _gate.TrySetResult();
            });
            return how == "throws" ? throw new InvalidOperationException("limit") : new Response("limit") { Status = 503 };
        }

        [Get("/slow")]
        private async Task<string> Slow(Request request)
        {
            await _gate.Task;
            string secret = request.Headers["X-Secret"] ?? "";
            _log.Enqueue("slow " + secret);
            return secret;
        }

        [Error] private static string On(Exception error) => "told " + error.Message;

        public string TakeLog()
        {
            string all = string.Join(", ", _log);
            _log.Clear();
            _gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return all;
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_an_around_has_begun_ends_before_its_own_answer_is_sent(Over transport)
    {
        var app = new Impatient();
        await using Server server = Servers.StartApp(transport, app);
        using var client = new RawClient(server);
        for (int i = 0; i < 20; i++)
        {
            foreach ((string how, int status, string text) in new (string, int, string)[]
            {
                ("", 503, "limit"), ("throws", 500, "told limit"), ("twice", 200, $"s{i}s{i}"),
            })
            {
                client.Send($"GET /slow?how={how} HTTP/1.1\r\nHost: a\r\nX-Secret: s{i}\r\n\r\n");
                RawResponse response = client.Receive()!;
                Assert.True((status, text) == (response.Status, response.Text), $"{how}: {response.Status} {response.Text}");
                string log = app.TakeLog();
                Assert.True((how == "twice" ? $"slow s{i}, slow s{i}" : $"opened, slow s{i}") == log, $"{how}: {log}");
            }
        }

        Assert.Equal(0, server.PendingRequests);
    }
}
