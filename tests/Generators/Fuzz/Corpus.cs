using System.Text.RegularExpressions;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>Sources that people really have: the samples, the snippets of the documentation, and the apps of the tests.</summary>
internal static partial class Corpus
{
    // 6,000: what is longer is mostly code that the generator does not look at
    private const int LongestSource = 6_000;

    private static readonly Lazy<string[]> s_all = new(Read);

    public static string[] All => s_all.Value;

    private static string[] Read()
    {
        string root = Repository.Root;
        var sources = new List<string>();
        foreach (string file in Files("samples", "*.cs").Concat(Files("tests", "*.cs")))
        {
            string text = File.ReadAllText(file);
            if (Route().IsMatch(text) && text.Length <= LongestSource && !text.Contains("[Fact]", StringComparison.Ordinal) && !text.Contains("[Theory", StringComparison.Ordinal)) sources.Add(text);
        }

        foreach (string file in Files("docs", "*.md").Append(Path.Combine(root, "README.md")))
            sources.AddRange(Snippet().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")).Select(match => match.Groups[1].Value));

        sources.Add(Everything);
        return sources.Select(source => Directive().Replace(source.ReplaceLineEndings("\n"), "")).ToArray();

        IEnumerable<string> Files(string folder, string pattern) => Directory.GetFiles(Path.Combine(root, folder), pattern, SearchOption.AllDirectories)
            .Where(file => !file.Contains("/obj/", StringComparison.Ordinal) && !file.Contains("/bin/", StringComparison.Ordinal)).Order(StringComparer.Ordinal);
    }

    /// <summary>One of each thing that the generator reads.</summary>
    public const string Everything = """
        using System.Text.Json.Serialization;

        namespace Shop;

        [Flags] public enum Rights { None = 0, Read = 1, Write = 2 }
        public enum Color { Red, Grün }
        public sealed record Todo(int Id, string? Title, List<string?> Tags);
        public readonly record struct Point(int X, int Y);
        public interface IClock { DateTime Now { get; } }
        public sealed record Account(string Name);
        public sealed class Ledger(Account? owner) : IAsyncDisposable { public Account? Owner => owner; public ValueTask DisposeAsync() => default; }

        [JsonSerializable(typeof(Todo)), JsonSerializable(typeof(List<Todo>), TypeInfoPropertyName = "Todos"), JsonSerializable(typeof(Point?))]
        [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
        internal sealed partial class AppJson : JsonSerializerContext;

        [Routes("/api", TrailingSlash = TrailingSlash.Redirect, IgnoreCase = true)]
        [Header("X-All", "1"), CacheControl("max-age=60"), MaxBody(1000), IdleTimeout(2.5), Deadline(9), Health("/ready", Live = "/live")]
        [Redirect("/old", "/api/todos", 301), StaticFile("/logo.svg", "logo.svg"), StaticDirectory("/public", "public")]
        [File("/report", "report.pdf"), Prebake.Directory("/files", "files", Fallthrough = true)]
        public partial class Api(IClock clock)
        {
            private const string Name = "shop";
            [Static("/")] const string Home = "Hello, " + Name;
            [Static("/json", Status = 201, ContentType = "application/json", ETag = false)] static Todo First { get; } = new(1, "one", []);
            [Static("/bytes", Constant = true, Methods = "GET,POST")] static ReadOnlySpan<byte> Bytes => "abc"u8;
            [Static("/response")] static Response Made => new("x") { Status = 203, Headers = { ["X-Y"] = "z" } };
            [Static("/late")] async Task<string> Late() { await Task.Yield(); return clock.Now.ToString(); }

            [Get("/todos")] List<Todo> Todos(int page = 1, [Query("q")] string? search = null, Rights rights = Rights.Read, Color? color = null) => [];
            [Get("/todos/{id}"), Head("/todos/{id}")] async Task<Todo?> ById(int id, CancellationToken token) { await Task.Delay(1, token); return null; }
            [Post("/todos"), Blocking] Todo Add(Todo todo, [Header("X-User")] string user, [Cookie] Guid? session) => todo;
            [Put("/todos/{id}/{name}.{ext}"), MaxBody(long.MaxValue)] void Put(Guid id, string name, ReadOnlySpan<char> ext, [Body] byte[] body) { }
            [Route("/cache/{*rest}", "PURGE", "DELETE")] ValueTask Purge(string rest, Request request, Server server) => default;
            [Get("/events")] async IAsyncEnumerable<ServerSentEvent> Events() { yield return new("a"); await Task.Yield(); }
            [Get("/lines")] IAsyncEnumerable<Todo> Lines() => null!;
            [Get("/point")] Point? Where() => null;
            [Get("/made")] Response Other(Request request) => request.Path == "/x" ? Response.Json(new Todo(1, null, [])) : Response.Redirect("/");
            [Health] Task<bool> Ready() => Task.FromResult(true);
            [Fetch] Response? Rest(Request request) => request.Path switch { "/a" => new("a"), _ => null };
            [WebSocket("/chat/{room}-{id}", MaxPayloadLength = 64 * 1024, IdleTimeout = 30, Compress = Deflate.Shared, SendPings = false,
                Origins = ["https://a.example", "http://[::1]:3000"], Protocols = new[] { "v2", "v1" }), Header("X-Chat", "1")]
            Chat? Connect(string room, int id, Request request, [Query("k")] string? key) => key is null ? null : new Chat(room);
            [WebSocket("/notes")] async Task<WebSocketHandler> Notes(CancellationToken token) { await Task.Delay(1, token); return new NotesHandler(); }
            [Error] Response Failed(Exception error, Request request) => Response.Problem(500, error.Message);
            [Provide(Challenge = "Bearer")]
            async ValueTask<Account?> Me([Header("Authorization")] string? authorization, [Cookie] Guid? visit) { await Task.Yield(); return authorization is null ? null : new(authorization); }
            [Provide] static Ledger Ledger(Account? me, Request request, Rights rights = Rights.Read) => new(me);
            [Provide] Point? At(int x = 0) => x > 0 ? new Point(x, x) : null;
            [Delete("/mine/{id}"), Guard(nameof(Owns)), Guard("IsEarly")] string Drop(int id, Account me, Ledger ledger) => me.Name;
            [Post("/mine"), Guard(nameof(IsEarly))] string Put([Body] string body, Account? me, Point? at) => body;
            ValueTask<bool> Owns(int id, Account me) => new(id > 0);
            private static Response? IsEarly(string? at) => at is null ? null : new("late");
            [Mount("/part")] readonly Part _part = new();
            [Mount("/again")] static Part? Again { get; } = new();
        }

        [Routes("/v1", IgnoreCase = true), Header("X-Part", "1")]
        sealed partial class Part
        {
            [Get("/{id}")] private string One(int id) => "one";
            [Get("/mine/{id}"), Guard("IsOpen")] private async Task<string> Mine(string id, Account me, [Provided] Ledger ledger) { await Task.Yield(); return id; }
            private bool IsOpen(Account? me, [Header("X")] int n = 1) => n > 0;
            [Static("/")] const string Root = "root";
            [Static("/late")] string Late => DateTime.Now.ToString();
            [Mount("/inner")] readonly Inner _inner = new();
            [Fetch] string Rest() => "rest";
            [Error] string Failed(Exception error) => "failed";

            [Routes(IgnoreCase = true), StaticDirectory("/", "public")]
            private partial class Inner { [Post("/{from}-{to}")] void Move(string from, Guid to) { } [WebSocket("/ws")] Chat Connect() => new("x"); }
        }

        public sealed class Chat(string room) : WebSocketHandler
        {
            protected override void Open() { Subscribe(room); Send("welcome"); SendPing("ping"u8); }
            protected override ValueTask Message(string text) { Publish(room, text); Publish("all", "x"u8); if (!IsSubscribed("all")) Unsubscribe("chat"); return default; }
            protected override async ValueTask Message(ReadOnlyMemory<byte> data) { await Task.Delay(1); Send("pong"u8); CloseSocket(4000, "bye"); }
            protected override void Close(int code, string reason) => Console.WriteLine(reason);
        }

        internal class NotesHandler : WebSocketHandler<Todo>
        {
            protected override ValueTask Message(Todo message) { SendJson(message); return default; }
            protected override void Drain() => Task.Delay(1).Wait();
        }

        [Serve(Port = 3000, Hostname = "localhost", IdleTimeout = 10)]
        partial class Small
        {
            [Get("/{a}-{b}")] static string Pair(string a, long b) => a + b;
            internal static partial class Inner { internal sealed partial class App { [Get("/")] string Home() => "inner"; } }
        }

        [SecurityHeaders(ContentSecurityPolicy = "default-src 'self'; img-src *", FrameOptions = "DENY", ResourcePolicy = null)]
        partial class Enclosed
        {
            [Use] readonly CrossOrigin _origins = new() { Origins = ["https://a.example"], Credentials = true };
            [Use(Constants = false)] Stamp Stamp { get; } = new();
            [Before] Response? Check([Header("X-Key")] string? key, int page = 1) => key is null ? new Response { Status = 401 } : null;
            [Before(Constants = false)] async ValueTask<HttpException?> Limit(Request request) { await Task.Yield(); return null; }
            [Around] async Task<Response> Timed(Next next, Request request) => await next.RunAsync();
            [After] async Task Log(Response response, Request request) => await Task.Yield();
            [Get("/{id}")] string One(int id) => "";
            [Mount("/stamped")] readonly Stamped _stamped = new();
            [Error] Response OnRefusal(HttpException refusal) => Response.Problem(refusal.Status);
            [Error] string? OnArgument(ArgumentException argument) => argument.Message;
        }

        public sealed class Stamp { [After] public void Put(Response response) => response.Headers["X"] = "1"; [Before] public static void Seen() { } }
        partial class Stamped { [Around] Response Round(Next next) => next.Run(); [Get("/{id}")] string One(Guid id) => ""; }
        """;

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)] private static partial Regex Snippet();
    [GeneratedRegex("^#:.*$", RegexOptions.Multiline)] private static partial Regex Directive();
    [GeneratedRegex(@"\[(Get|Post|Fetch|Static|Route|Serve|WebSocket)\b")] private static partial Regex Route();
}
