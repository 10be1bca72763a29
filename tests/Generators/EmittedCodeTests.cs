namespace Prebake.Generators.Tests;

/// <summary>What F12 shows: a few files that a reviewer can read.</summary>
public class EmittedCodeTests
{
    private const string Source = """
        namespace Samples;

        [Redirect("/old", "/", 301)]
        partial class App
        {
            [Static("/"), CacheControl("max-age=60")] const string Home = "Hello, World!";
            [Static("/started")] static string Started() => DateTime.UtcNow.ToString("O");
            [Get("/hello/{name}")] string Hello(string name) => $"Hello, {name}!";
            [Get("/users/{id}.json")] string User(int id, bool full = false) => "";
            [Delete("/users/{id}")] void Remove(Guid id) { }
            [Get("/files/{*rest}"), MaxBody(0)] Task<string> File(string rest) => Task.FromResult(rest);
            [Fetch] string Rest() => "404";
        }
        """;

    [Fact]
    public void Release() => Golden.Match(Harness.Generate(Source).AssertClean().Source);

    [Fact]
    public void Debug() => Golden.Match(Harness.Generate(Source, debug: true).AssertClean().Source);

    [Fact]
    public void Stub() => Golden.Match(Harness.Generate("""namespace Samples; partial class App { [Get("broken")] string A() => ""; }""").AssertCompiles().Source);

    [Fact]
    public void Main() => Golden.Match(Harness.Generate("""[Serve(Port = 3000, Hostname = "localhost", IdleTimeout = 2.5)] partial class App { [Fetch] string A() => ""; }""",
        kind: Microsoft.CodeAnalysis.OutputKind.ConsoleApplication).AssertClean().Result.GeneratedTrees.Single(tree => tree.FilePath.EndsWith("Program.g.cs")).ToString());

    [Fact]
    public void Steps() => Golden.Match(Harness.Generate("""
        namespace Samples;

        partial class App
        {
            [Use] readonly CrossOrigin _origins = new() { Origins = ["https://app.example"] };
            [Before] Response? Admit([Header("X-Key")] string? key) => key is null ? new Response { Status = 401 } : null;
            [Around] async Task<Response> Timed(Next next) => await next.RunAsync();
            [Before] async ValueTask Count(Request request) => await Task.Yield();
            [After] void Stamp(Response response) => response.Headers["X"] = "1";
            [Mount("/users")] readonly Users _users = new();
            [Get("/")] string Home() => "home";
            [Error] string OnRefusal(HttpException refusal) => refusal.Message;
        }

        partial class Users
        {
            [Before] void Seen() { }
            [Get("/{id}")] string One(int id) => "";
        }
        """).AssertClean().Source);

    [Fact]
    public void Providers() => Golden.Match(Harness.Generate("""
        namespace Samples;

        record Account(string Name);
        record Rights(Account Of, bool Writes);
        sealed class Connection : IDisposable { public void Dispose() { } }

        partial class App
        {
            [Provide(Challenge = "Bearer")] async ValueTask<Account?> Me([Header("Authorization")] string? authorization)
            {
                await Task.Yield();
                return authorization is null ? null : new(authorization);
            }

            [Provide] Rights RightsOf(Account me, bool writes = false) => new(me, writes);
            [Provide] Connection Connect() => new();
            bool MayWrite(Rights rights) => rights.Writes;

            [Get("/{id}")] string One(int id, Account? me) => "";
            [Get("/open")] string Open(Connection connection) => "";
            [Post("/{id}"), Guard(nameof(MayWrite))] string Write(int id, [Body] string text, Rights rights, Connection connection) => "";
            [Mount("/users")] readonly Users _users = new();
        }

        partial class Users
        {
            [Get("/{name}")] string User(string name, [Provided] Account me) => "";
        }
        """).AssertClean().Source);

    [Fact]
    public void Sockets() => Golden.Match(Harness.Generate("""
        namespace Samples;

        partial class App
        {
            [WebSocket("/chat", IdleTimeout = 30, Origins = ["https://a.example"], Compress = Deflate.Shared)] Chat? Connect(string? key) => key is null ? null : new();
            [WebSocket("/rooms/{id}")] async Task<WebSocketHandler> Room(int id) { await Task.Yield(); return id > 0 ? new Chat() : new Chat(); }
        }

        sealed class Chat : WebSocketHandler { protected override ValueTask Message(string text) => default; protected override void Drain() { } }
        """).AssertClean().Source);

    [Fact]
    public void Output_is_the_same_each_time() => Assert.Equal(Harness.Generate(Source).Source, Harness.Generate(Source).Source);

    [Fact]
    public void Debug_builds_hold_no_literal_data()
    {
        // dotnet/runtime#131752: hot reload ends at the second edit of a method with such data
        string source = Harness.Generate(Source, debug: true).Source;
        Assert.DoesNotContain("\"u8", source);
        Assert.DoesNotContain("new int[]", source);
    }

    [Fact]
    public void Lines_end_in_line_feeds() => Assert.DoesNotContain('\r', Harness.Generate(Source.Replace("\n", "\r\n")).Source);
}
