using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>
/// A body above its route's limit gets one answer, announced or found out, whoever reads it: through <c>[Error]</c> and
/// all that stands around, behind those who may refuse the request for another reason.
/// </summary>
public sealed partial class LongBodyTests
{
    internal sealed record Item(string Name);

    [JsonSerializable(typeof(Item))]
    internal sealed partial class LongJson : JsonSerializerContext;

    internal sealed record Caller(string Name);

    /// <summary>Counts the handlers that were called, which those of a refused body may be only if they read it.</summary>
    internal sealed class Calls
    {
        public int Begun;
        public readonly System.Collections.Concurrent.ConcurrentQueue<int> Answered = [];
    }

    internal sealed partial class App(Calls calls)
    {
        private const int Most = 100;

        [Use] private readonly CrossOrigin _origins = new() { Origins = ["https://app.example"] };

        [After] private void Seen(Response response)
        {
            calls.Answered.Enqueue(response.Status);
            response.Headers.Add("X-Seen", $"{response.Status}");
        }

        [Error] private static Response Refused(HttpException refusal) => Response.Text($"app {refusal.Status} {refusal.Detail}");
        [Error] private static Response Bug(Exception bug) => Response.Text($"bug {bug.GetType().Name}", 500);

        [Provide(Challenge = "Bearer")] private static Caller? Me([Header("X-Caller")] string? name) => name is null ? null : new Caller(name);

        [Post("/text"), MaxBody(Most)] private static string Text([Body] string body) => body;
        [Post("/bytes"), MaxBody(Most)] private static string Bytes([Body] byte[] body) => $"{body.Length}";
        [Post("/json"), MaxBody(Most)] private static string Json(Item item) => item.Name;
        [Post("/form"), MaxBody(Most)] private static string Form([Form] string name) => name;
        [Post("/whole"), MaxBody(Most)] private static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";
        [Post("/blocking"), MaxBody(Most), Blocking] private static string Blocks([Body] string body) => body;

        [Post("/parts"), MaxBody(Most)]
        private static async Task<string> Parts(Request request)
        {
            int count = 0;
            await foreach (FormPart part in request.PartsAsync()) count += (await part.BytesAsync()).Length;
            return $"{count}";
        }

        [Post("/pipe"), MaxBody(Most)] private static async Task<string> Pipe(Request request) => $"{await Bodies.CountAsync(request.Body)}";

        [Post("/swallows"), MaxBody(Most)]
        private static async Task<string> Swallows(Request request)
        {
            try { return await request.TextAsync(); }
            catch (HttpException) { return "all is well"; }
        }

        [Post("/wraps"), MaxBody(Most)]
        private static async Task<string> Wraps(Request request)
        {
            try { return await request.TextAsync(); }
            catch (HttpException e) { throw new InvalidOperationException("no body", e); }
        }

        [Post("/begun"), MaxBody(Most)]
        private static async IAsyncEnumerable<string> Begun(Request request)
        {
            yield return "begun";
            yield return await request.TextAsync();
        }

        [Mount("/part")] private readonly Part1 _part = new();
        [Mount("/around")] private readonly Round _round = new();
        [Mount("/guarded")] private readonly Doors _doors = new(calls);
        [Mount("/inside")] private readonly Inside _inside = new(calls);

        [Post("/mine"), MaxBody(Most)] private string Mine(Caller caller, [Body] string body) => $"{caller.Name} {body}";

        [Post("/n{id}"), MaxBody(10)] private static string Short(int id, [Body] string body) => $"short {id} {body}";
        [Post("/{name}"), MaxBody(Most)] private static string Long(string name, [Body] string body) => $"long {name} {body}";
        [Put("/n{id}"), MaxBody(Most)] private static string LongFirst(int id, [Body] string body) => $"long {id} {body}";
        [Put("/{name}"), MaxBody(10)] private static string ShortNext(string name, [Body] string body) => $"short {name} {body}";
    }

    internal sealed partial class Part1
    {
        [Error] private static Response? Refused(HttpException refusal) => refusal.Status == 413 ? Response.Text($"part {refusal.Status}") : null;
        [Post("/text"), MaxBody(100)] private static string Text([Body] string body) => body;
        [Post("/whole"), MaxBody(100)] private static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";
    }

    internal sealed partial class Round
    {
        [Around] private static async Task<Response> Around(Next next)
        {
            Response response = await next.RunAsync();
            response.Headers.Add("X-Around", $"{response.Status}");
            return response;
        }

        [Post("/text"), MaxBody(100)] private static string Text([Body] string body) => body;
        [Post("/whole"), MaxBody(100)] private static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";
    }

    /// <summary>Guards of every kind, in front of handlers of every kind.</summary>
    internal sealed partial class Doors(Calls calls)
    {
        private static bool IsIn(Caller caller) => caller.Name.Length > 0;
        private static async ValueTask<bool> IsInLater(Caller caller) { await Task.Yield(); return caller.Name.Length > 0; }
        private void Begin() => Interlocked.Increment(ref calls.Begun);

        [Post("/text"), Guard(nameof(IsIn)), MaxBody(100)] private string Text([Body] string body) { Begin(); return body; }
        [Post("/later"), Guard(nameof(IsInLater)), MaxBody(100)] private string Later([Body] string body) { Begin(); return body; }
        [Post("/unread"), Guard(nameof(IsIn)), MaxBody(100)] private string Unread() { Begin(); return "done"; }
        [Post("/unread-later"), Guard(nameof(IsInLater)), MaxBody(100)] private string UnreadLater() { Begin(); return "done"; }
        [Post("/whole"), Guard(nameof(IsInLater)), MaxBody(100)] private async Task<string> Whole(Request request) { Begin(); return $"{(await request.BytesAsync()).Length}"; }
        [Post("/blocking"), Guard(nameof(IsIn)), MaxBody(100), Blocking] private string Blocks([Body] string body) { Begin(); return body; }
        [Fetch, Guard(nameof(IsIn))] private string Rest(Request request) { Begin(); return $"{request.Path}"; }
    }

    /// <summary>The same inside of a step that waits for nothing.</summary>
    internal sealed partial class Inside(Calls calls)
    {
        [Around] private static Response Around(Next next)
        {
            Response response = next.Run();
            response.Headers.Add("X-Around", $"{response.Status}");
            return response;
        }

        private static bool IsIn(Caller caller) => caller.Name.Length > 0;

        [Post("/text"), Guard(nameof(IsIn)), MaxBody(100)]
        private string Text([Body] string body) { Interlocked.Increment(ref calls.Begun); return body; }
    }

    /// <summary>Nobody shapes anything: refusals are no more than a status.</summary>
    internal sealed partial class Plain
    {
        [Provide(Challenge = "Bearer")] private static Caller? Me([Header("X-Caller")] string? name) => name is null ? null : new Caller(name);

        [Post("/text"), MaxBody(100)] private static string Text([Body] string body) => body;
        [Post("/whole"), MaxBody(100)] private static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";
        [Post("/mine"), MaxBody(100)] private static string Mine(Caller caller, [Body] string body) => $"{caller.Name} {body}";
        [Post("/unread"), MaxBody(100)] private static string Unread(Caller caller) => caller.Name;
    }

    /// <summary>Only the route that declines has a limit of its own, above the server's.</summary>
    internal sealed partial class Generous
    {
        [Post("/n{id}"), MaxBody(100)] private static string Number(int id, [Body] string body) => $"number {id} {body}";
        [Post("/{name}")] private static string Text(string name, [Body] string body) => $"text {name} {body}";
        [Put("/n{id}"), MaxBody(100)] private static async Task<string> Number(int id, Request request) => $"number {id} {await request.TextAsync()}";
        [Put("/{name}")] private static async Task<string> Text(string name, Request request) => $"text {name} {await request.TextAsync()}";
    }

    /// <summary>Only what stands in front of the handlers parses the number.</summary>
    internal sealed partial class Numbered
    {
        private static bool IsSmall(int id) => id < 100;
        [Provide] private static Caller Numbers(int id) => new($"caller {id}");

        [Post("/n{id}"), Guard(nameof(IsSmall)), MaxBody(10)] private static string Short(string id, [Body] string body) => $"short {id} {body}";
        [Post("/{name}"), MaxBody(100)] private static string Long(string name, [Body] string body) => $"long {name} {body}";
        private static bool IsSmallToo(short id) => id < 100;
        [Patch("/n{id}"), Guard(nameof(IsSmallToo)), MaxBody(10)] private static string Short(int id, [Body] string body) => $"short {id} {body}";
        [Patch("/{name}"), MaxBody(100)] private static string LongThree(string name, [Body] string body) => $"long {name} {body}";
        [Put("/n{id}"), MaxBody(10)] private static string Short(string id, Caller caller, [Body] string body) => $"short {id} {caller.Name} {body}";
        [Put("/{name}"), MaxBody(100)] private static string LongToo(string name, [Body] string body) => $"long {name} {body}";

        [Mount("/part"), Guard(nameof(IsSmall))] private readonly NumberedPart _part = new();
        [Post("/part/{name}"), MaxBody(100)] private static string BesidePart(string name, [Body] string body) => $"beside {name} {body}";
    }

    internal sealed partial class NumberedPart
    {
        [Post("/n{id}"), MaxBody(10)] private static string Short(string id, [Body] string body) => $"part {id} {body}";
    }

    /// <summary>The route that is tried first has no limit of its own, and declines behind an [Around].</summary>
    internal sealed partial class Enclosed
    {
        [Around] private static async Task<Response> Around(Next next)
        {
            Response response = await next.RunAsync();
            response.Headers.Add("X-Around", $"{response.Status}");
            return response;
        }

        [Post("/n{id}")] private static string Number(int id, [Body] string body) => $"number {id} {body}";
        [Post("/{name}"), MaxBody(10)] private static string Text(string name, [Body] string body) => $"text {name} {body}";
    }

    /// <summary>The same around what waits for nothing.</summary>
    internal sealed partial class EnclosedAtOnce
    {
        [Around] private static Response Around(Next next)
        {
            Response response = next.Run();
            response.Headers.Add("X-Around", $"{response.Status}");
            return response;
        }

        [Post("/n{id}")] private static string Number(int id, [Body] string body) => $"number {id} {body}";
        [Post("/{name}"), MaxBody(10)] private static string Text(string name, [Body] string body) => $"text {name} {body}";
    }

    /// <summary>It is guarded only where it is mounted.</summary>
    internal sealed partial class Watched
    {
        [After] private static void Seen(Response response) => response.Headers.Add("X-Part", $"{response.Status}");

        [Post("/text"), MaxBody(100)] private static string Text([Body] string body) => body;
        [Post("/unread"), MaxBody(100)] private static string Unread() => "done";
        [Post("/whole"), MaxBody(100)] private static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";
    }

    /// <summary>The same one floor below, between parts without steps and guards of their own.</summary>
    internal sealed partial class Between
    {
        [Mount("/watched")] private readonly Watched _watched = new();
    }

    internal sealed partial class Gatehouse
    {
        [Provide(Challenge = "Bearer")] private static Caller? Me([Header("X-Caller")] string? name) => name is null ? null : new Caller(name);
        private static bool IsIn(Caller caller) => caller.Name.Length > 0;
        private static async ValueTask<bool> IsInLater(Caller caller) { await Task.Yield(); return caller.Name.Length > 0; }

        [Error] private static Response Refused(HttpException refusal) => Response.Text($"app {refusal.Status} {refusal.Detail}");
        [Mount("/now"), Guard(nameof(IsIn))] private readonly Watched _now = new();
        [Mount("/later"), Guard(nameof(IsInLater))] private readonly Watched _later = new();
        [Mount("/deep"), Guard(nameof(IsIn))] private readonly Between _deep = new();
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    private static readonly string s_long = new('x', 1_000);

    private static string TypeOf(string path) => path switch
    {
        "/json" => "application/json",
        "/form" => "application/x-www-form-urlencoded",
        "/parts" => "multipart/form-data; boundary=b",
        _ => "text/plain",
    };

    private static string BodyOf(string path) => path switch
    {
        "/json" => $$"""{"Name":"{{s_long}}"}""",
        "/form" => $"name={s_long}",
        "/parts" => $"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n{s_long}\r\n--b--\r\n",
        _ => s_long,
    };

    private static string HeadOf(string path, string fields, string method = "POST") =>
        $"{method} {path} HTTP/1.1\r\nHost: a\r\nOrigin: https://app.example\r\nContent-Type: {TypeOf(path)}\r\n{fields}\r\n";

    private static string Chunk(string text) => $"{text.Length:x}\r\n{text}\r\n";

    /// <summary>The ways in which a body may turn out to be too long: what is sent at once, and what when the handler has begun to read.</summary>
    private static IEnumerable<(string Name, string Fields, string First, string? Then)> Ways(string body)
    {
        yield return ("announced", $"Content-Length: {body.Length}\r\n", "", null);
        yield return ("announced, and sent", $"Content-Length: {body.Length}\r\n", body, null);
        yield return ("in chunks", "Transfer-Encoding: chunked\r\n", Chunk(body), null);
        yield return ("in chunks that come later", "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n", "", Chunk(body[..50]) + Chunk(body[50..]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task It_is_refused_in_one_form_however_it_is_read(Over transport)
    {
        var calls = new Calls();
        var loggers = new TelemetryTests.Loggers();
        await using Server server = Servers.StartApp(transport, new App(calls), new ServeOptions { LoggerFactory = loggers, AccessLog = true });
        int count = 0;
        foreach (string path in (string[])
            ["/text", "/bytes", "/json", "/form", "/whole", "/blocking", "/parts", "/pipe", "/swallows", "/wraps", "/part/text", "/part/whole", "/around/text", "/around/whole"])
        {
            foreach ((string name, string fields, string first, string? then) in Ways(BodyOf(path)))
            {
                using var client = new RawClient(server);
                client.Send(HeadOf(path, fields) + first);
                if (then is not null)
                {
                    Assert.Equal(100, client.Receive()!.Status);
                    client.Send(then);
                }

                RawResponse response = client.Receive()!;
                string text = path.StartsWith("/part/", StringComparison.Ordinal) ? "part 413" : "app 413 The body exceeds the server's limit.";
                string? around = path.StartsWith("/around/", StringComparison.Ordinal) ? "413" : null;
                Assert.True((413, text, "413", "https://app.example", "close", around)
                    == (response.Status, response.Text, response["x-seen"], response["access-control-allow-origin"], response["connection"], response["x-around"]),
                    $"{path} {name}: {response.Status} {response.Text} {response["x-seen"]} {response["connection"]} {response["x-around"]}");
                Assert.True(client.FinishSending().IsClosed(), $"{path} {name}");
                count++;
            }
        }

        // Each was seen once by what stands around, and once by the log
        await Eventually.Until(() => Logged().Length >= count, () => $"{Logged().Length} of {count} are in the log");
        Assert.Equal(Enumerable.Repeat(413, count), calls.Answered);
        await server.DisposeAsync();
        Assert.Equal(Enumerable.Repeat(413, count), Logged());
        Assert.DoesNotContain(loggers.Entries, entry => entry.Error is not null);

        int[] Logged() => [.. loggers.Entries.Where(entry => entry.Category == "Prebake.Access").Select(entry => (int)entry.Values["Status"]!)];
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task So_is_one_whose_chunks_are_malformed(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(new Calls()));
        foreach (string path in (string[])["/text", "/whole", "/parts", "/pipe", "/swallows", "/around/whole"])
        {
            using var client = new RawClient(server);
            client.Send(HeadOf(path, "Transfer-Encoding: chunked\r\nExpect: 100-continue\r\n"));
            Assert.Equal(100, client.Receive()!.Status);
            client.Send("zz\r\n");
            RawResponse response = client.Receive()!;
            Assert.True((400, "app 400 The body's chunks are malformed.", "400", "close") == (response.Status, response.Text, response["x-seen"], response["connection"]),
                $"{path}: {response.Status} {response.Text}");
            Assert.True(client.FinishSending().IsClosed());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Behind_the_head_of_a_response_it_is_cut(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(new Calls()));
        using var client = new RawClient(server);
        client.Send(HeadOf("/begun", "Transfer-Encoding: chunked\r\n") + Chunk("abc"));
        RawResponse head = client.Receive(toHead: true)!;
        Assert.Equal(200, head.Status);
        Assert.Equal("begun", client.ReadChunk());
        client.Send(Chunk(s_long));
        Assert.ThrowsAny<Exception>(() => client.ReadChunk());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Who_may_not_send_it_hears_that_first(Over transport)
    {
        var calls = new Calls();
        await using Server server = Servers.StartApp(transport, new App(calls), new ServeOptions { MaxRequestBodySize = 500 });
        string[] paths =
        [
            "/mine", "/guarded/text", "/guarded/later", "/guarded/unread", "/guarded/unread-later", "/guarded/whole", "/guarded/blocking", "/guarded/nothing", "/inside/text",
        ];
        foreach (string path in paths)
        {
            foreach (string expect in (string[])["", "Expect: 100-continue\r\n"])
            {
                foreach ((string caller, int status) in ((string, int)[])[("", 401), ("X-Caller: Ada\r\n", 413)])
                {
                    using var client = new RawClient(server);
                    client.Send(HeadOf(path, $"{caller}{expect}Content-Length: 1000\r\n"));
                    RawResponse response = client.Receive()!;
                    Assert.True((status, $"{status}", "close", status == 401 ? "Bearer" : null)
                        == (response.Status, response["x-seen"], response["connection"], response["www-authenticate"]),
                        $"{path} {expect}{caller}: {response.Status} {response.Text} {response["x-seen"]} {response["connection"]}");
                    if (status == 413) Assert.Equal("app 413 The body exceeds the server's limit.", response.Text);
                    Assert.True(client.FinishSending().IsClosed());
                }
            }
        }

        // No handler has been called for any of them
        await Eventually.Until(() => server.PendingRequests == 0, "Some request has not ended.");
        Assert.Equal(0, calls.Begun);

        // And those who may send less than that do
        using var fine = new RawClient(server);
        foreach (string path in paths)
            Assert.Equal(200, fine.Send(HeadOf(path, "X-Caller: Ada\r\nContent-Length: 3\r\n") + "abc").Receive()!.Status);
        Assert.Equal(paths.Length - 1, calls.Begun);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Where_nobody_shapes_it_it_is_a_status(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Plain());
        foreach (string path in (string[])["/text", "/whole", "/mine", "/unread"])
        {
            foreach ((string name, string fields, string first, string? then) in Ways(s_long))
            {
                // What nobody asks for is not waited for
                if (path == "/unread" && !name.StartsWith("announced", StringComparison.Ordinal)) continue;

                using var client = new RawClient(server);
                client.Send(HeadOf(path, "X-Caller: Ada\r\n" + fields) + first);
                if (then is not null)
                {
                    Assert.Equal(100, client.Receive()!.Status);
                    client.Send(then);
                }

                RawResponse response = client.Receive()!;
                Assert.True((413, "", "0", "close", null) == (response.Status, response.Text, response["content-length"], response["connection"], response["content-type"]),
                    $"{path} {name}: {response.Status} {response.Text}");
            }
        }

        foreach (string path in (string[])["/mine", "/unread"])
            Assert.Equal(401, new RawClient(server).Send(HeadOf(path, "Content-Length: 1000\r\n")).Receive()!.Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_limit_is_that_of_the_route_that_takes_the_path(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(new Calls()));
        AskWithFifty(server, "POST", "/nx", "long nx", "app 413 The body exceeds the server's limit.");
        AskWithFifty(server, "POST", "/n5", null, "app 413 The body exceeds the server's limit.");
        AskWithFifty(server, "PUT", "/n5", "long 5", "app 413 The body exceeds the server's limit.");
        AskWithFifty(server, "PUT", "/nx", null, "app 413 The body exceeds the server's limit.");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_limit_of_a_route_that_declines_is_not_in_the_place_of_the_servers(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Generous(), new ServeOptions { MaxRequestBodySize = 10 });
        foreach (string method in (string[])["POST", "PUT"])
        {
            AskWithFifty(server, method, "/n5", "number 5", "");
            AskWithFifty(server, method, "/nx", null, "");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_limit_is_that_of_the_route_that_takes_the_path_also_where_a_guard_or_a_provider_declines_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Numbered());
        AskWithFifty(server, "POST", "/n5", null, "");
        AskWithFifty(server, "POST", "/nx", "long nx", "");
        AskWithFifty(server, "PUT", "/n5", null, "");
        AskWithFifty(server, "PUT", "/nx", "long nx", "");
        AskWithFifty(server, "PATCH", "/n5", null, "");
        AskWithFifty(server, "PATCH", "/n70000", "long n70000", "");        // the guard's short takes less than the handler's int
        AskWithFifty(server, "POST", "/part/n5", null, "");
        AskWithFifty(server, "POST", "/part/nx", "beside nx", "");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_limit_of_a_route_that_is_tried_next_inside_of_a_step_counts(Over transport)
    {
        string fits = new('f', 50);
        await using Server waiting = Servers.StartApp(transport, new Enclosed());
        await using Server prompt = Servers.StartApp(transport, new EnclosedAtOnce());
        foreach (Server server in (Server[])[waiting, prompt])
        {
            foreach ((string path, int status, string text) in ((string, int, string)[])[("/n5", 200, "number 5 " + fits), ("/nx", 413, "")])
            {
                foreach (string body in (string[])[fits, Chunk(fits[..5]) + Chunk(fits[5..]) + "0\r\n\r\n"])
                {
                    using var client = new RawClient(server);
                    string fields = body == fits ? "Content-Length: 50\r\n" : "Transfer-Encoding: chunked\r\n";
                    RawResponse response = client.Send(HeadOf(path, fields) + body).Receive()!;
                    Assert.True((status, $"{status}") == (response.Status, response["x-around"]) && (status == 413 || response.Text == text),
                        $"{path} {fields}: {response.Status} {response.Text} {response["x-around"]}");
                }
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task The_steps_of_a_part_see_it_although_only_the_class_that_mounts_it_guards(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new Gatehouse());
        foreach (string part in (string[])["/now", "/later", "/deep/watched"])
        {
            foreach (string path in (string[])["/text", "/unread", "/whole"])
            {
                foreach ((string name, string fields, string first, string? then) in Ways(s_long))
                {
                    // What nobody asks for is not waited for
                    if (path == "/unread" && !name.StartsWith("announced", StringComparison.Ordinal)) continue;

                    using var client = new RawClient(server);
                    client.Send(HeadOf(part + path, "X-Caller: Ada\r\n" + fields) + first);
                    if (then is not null)
                    {
                        Assert.Equal(100, client.Receive()!.Status);
                        client.Send(then);
                    }

                    RawResponse response = client.Receive()!;
                    Assert.True((413, "app 413 The body exceeds the server's limit.", "413") == (response.Status, response.Text, response["x-part"]),
                        $"{part}{path} {name}: {response.Status} {response.Text} {response["x-part"]}");
                }

                // Who may not go in is none of the part's business
                RawResponse refused = new RawClient(server).Send(HeadOf(part + path, "Content-Length: 1000\r\n")).Receive()!;
                Assert.Equal((401, null), (refused.Status, refused["x-part"]));
            }
        }
    }

    /// <summary>Fifty bytes, at once and behind the head, announced and in chunks.</summary>
    /// <param name="reply">What stands before the body in the response; null for a refusal.</param>
    private static void AskWithFifty(Server server, string method, string path, string? reply, string refusal)
    {
        string fits = new('f', 50);
        foreach (bool isChunked in (bool[])[false, true])
        {
            foreach (bool isLate in (bool[])[false, true])
            {
                using var client = new RawClient(server);
                string body = isChunked ? Chunk(fits[..5]) + Chunk(fits[5..]) + "0\r\n\r\n" : fits;
                client.Send(HeadOf(path, isChunked ? "Transfer-Encoding: chunked\r\n" : "Content-Length: 50\r\n", method) + (isLate ? "" : body));
                if (isLate && (reply is not null || isChunked)) client.Send(body);
                RawResponse response = client.Receive()!;
                Assert.True((reply is null ? 413 : 200, reply is null ? refusal : $"{reply} {fits}") == (response.Status, response.Text),
                    $"{method} {path} {isChunked} {isLate}: {response.Status} {response.Text}");
            }
        }
    }
}
