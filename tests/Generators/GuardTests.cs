using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary><c>[Guard]</c>, <c>[Open]</c> and <c>[Routes(Guarded = true)]</c>.</summary>
public sealed class GuardTests
{
    private const string Source = """
        public sealed record Account(string Name);

        [Guard(nameof(App.HasKey))]
        public partial class App
        {
            public readonly List<string> Log = [];
            public bool HasKey([Header("X-Key")] string? key) { Log.Add("key"); return key == "5"; }
            [Provide(Challenge = "Bearer")] Account? Me([Header("X-User")] string? user) { Log.Add("me"); return user is null ? null : new(user); }

            [Get("/"), Open] string Home() => "home";
            [Get("/key")] string Key() => "key";
            [Delete("/{slug}"), Guard(nameof(Owns)), Guard("IsLate")] string Remove(string slug) => "removed " + slug;
            [Post("/{slug}"), Guard(nameof(Owns))] string Change(string slug, [Body] string body) => $"{slug} {body}";
            [Get("/own/{slug}"), Open, Guard(nameof(Owns))] string Own(string slug) => "own " + slug;
            [Get("/teapot"), Guard(nameof(Teapot))] string Coffee() => "coffee";
            [Static("/rules"), Open] const string Rules = "Be kind.";
            [WebSocket("/live"), Guard(nameof(Owns))] WebSocketHandler? Live(string slug) => null;
            [Health] bool Ready() => true;
            [Fetch] string Rest() => "rest";

            ValueTask<bool> Owns(string slug, Account me) { Log.Add("owns"); return new(slug == me.Name); }
            async Task<bool> IsLate(bool late = false) { Log.Add("late"); if (late) await Task.Yield(); return true; }
            static Response? Teapot([Header("X-Tea")] string? tea) => tea is null ? null : new("teapot") { Status = 418 };

            [Mount("/part"), Guard(nameof(IsLate))] readonly Part _part = new();
        }

        [Guard("IsGuest")]
        public partial class Part
        {
            [Get("/")] string All() => "part";
            [Get("/mine")] string Mine(Account me) => "mine " + me.Name;
            [Get("/open"), Open] string Public(Account? me) => "open " + me?.Name;
            private bool IsGuest([Header("X-Guest")] string? guest = "yes") => guest == "yes";
        }
        """;

    private static readonly Lazy<Generated> s_generated = new(() => Harness.Generate(Source).AssertClean());

    [Theory]
    [InlineData("GET", "/", "", "text home")]
    [InlineData("GET", "/key", "", "403")]
    [InlineData("GET", "/key", "X-Key=5", "text key")]
    [InlineData("DELETE", "/Ada", "X-User=Ada", "403")]
    [InlineData("DELETE", "/Ada", "X-User=Ada;X-Key=5", "text removed Ada")]
    [InlineData("DELETE", "/Bob", "X-User=Ada;X-Key=5", "403")]
    [InlineData("DELETE", "/Bob", "X-Key=5", "401 Bearer")]
    [InlineData("POST", "/Ada", "X-User=Ada;X-Key=5", "text Ada body")]
    [InlineData("POST", "/Bob", "X-User=Ada;X-Key=5", "403")]
    [InlineData("GET", "/own/Ada", "X-User=Ada", "text own Ada")]
    [InlineData("GET", "/own/Ada", "X-User=Bob", "403")]
    [InlineData("GET", "/teapot", "X-Key=5", "text coffee")]
    [InlineData("GET", "/teapot", "X-Key=5;X-Tea=green", "response teapot")]
    [InlineData("GET", "/rules", "", "static 0")]
    [InlineData("PUT", "/nothing/at/all", "", "403")]
    [InlineData("PUT", "/nothing/at/all", "X-Key=5", "text rest")]
    [InlineData("GET", "/part", "", "403")]
    [InlineData("GET", "/part", "X-Key=5", "text part")]
    [InlineData("GET", "/part", "X-Key=5;X-Guest=no", "403")]
    [InlineData("GET", "/part/mine", "X-Key=5", "401 Bearer")]
    [InlineData("GET", "/part/mine", "X-Key=5;X-User=Ada", "text mine Ada")]
    [InlineData("GET", "/part/open", "", "text open ")]
    [InlineData("GET", "/part/open", "X-User=Ada;X-Guest=no", "text open Ada")]
    public void A_request_goes_on_when_each_guard_says_so(string method, string path, string fields, string expected)
    {
        (string, string)[] head = [.. fields.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(field => (field.Split('=')[0], field.Split('=')[1]))];
        Assert.Equal(expected, FakeExchange.Send(s_generated.Value.Table(), method, path, "", "body", head));
    }

    [Fact]
    public void Guards_run_from_the_outermost_inwards_and_in_the_order_in_which_they_are_written()
    {
        Type type = s_generated.Value.Load().GetType("App")!;
        object app = Activator.CreateInstance(type)!;
        var table = (RouteTable)typeof(Tables).GetMethod(nameof(Tables.Create))!.MakeGenericMethod(type).Invoke(null, [app])!;
        Assert.Equal("text removed Ada", FakeExchange.Send(table, "DELETE", "/Ada", "", "", ("X-User", "Ada"), ("X-Key", "5")));
        Assert.Equal(["key", "me", "owns", "late"], (List<string>)type.GetField("Log")!.GetValue(app)!);
    }

    [Fact]
    public void Listings_show_which_routes_are_guarded_and_which_are_open()
    {
        string text = s_generated.Value.Table().Describe();
        foreach (string line in (string[])
        [
            @"App\.Home +open +handler", @"App\.Key +guard HasKey +handler", @"App\.Remove +guard HasKey, Account, guard Owns, guard IsLate +handler",
            @"App\.Rules +open +constant", @"Part\.All +guard HasKey, guard IsLate, guard IsGuest +handler", @"Part\.Public +open, Account\? +handler", @"App\.Ready +open +",
        ])
            Assert.Matches(line, text);
    }

    [Theory]
    [InlineData("[Get(\"/\"), Guard(\"Nobody\")] string A() => \"\";", "PB0170")]
    [InlineData("[Get(\"/\"), Guard(nameof(G))] string A() => \"\"; bool G() => true; bool G(int n) => true;", "PB0170")]
    [InlineData("[Get(\"/\"), Guard(nameof(G))] string A() => \"\"; string G() => \"\";", "PB0169")]
    [InlineData("[Get(\"/\"), Guard(nameof(G))] string A() => \"\"; Task G() => Task.CompletedTask;", "PB0169")]
    [InlineData("[Get(\"/\"), Guard(nameof(G))] string A() => \"\"; bool G([Body] string body) => true;", "PB0166")]
    [InlineData("[Get(\"/\"), Guard(nameof(G))] string A() => \"\"; bool G(Random other) => true;", "PB0163")]
    [InlineData("[Static(\"/\"), Guard(nameof(G))] const string A = \"\"; bool G() => true;", "PB0173")]
    [InlineData("[Error, Guard(nameof(G))] string A(Exception e) => \"\"; bool G() => true; [Get(\"/\")] string B() => \"\";", "PB0174")]
    [InlineData("[Get(\"/\"), Open] string A() => \"\";", "PB0174")]
    public void What_cannot_be_a_guard_is_said(string members, string id) => AssertOnly(id, "partial class App { " + members + " }");

    [Theory]
    [InlineData("[Routes(Guarded = true)] partial class App { [Get(\"/\")] string A() => \"\"; }", "PB0171")]
    [InlineData("[assembly: Routes(Guarded = true)] partial class App { [Get(\"/\")] string A() => \"\"; }", "PB0171")]
    [InlineData("[assembly: Routes(Guarded = true)] [Routes(Guarded = false)] partial class App { [Get(\"/\")] string A() => \"\"; }", null)]
    [InlineData("[Routes(Guarded = true)] partial class App { [Get(\"/\")] string A(Account? me) => \"\"; [Provide(Challenge = \"Bearer\")] Account? Me() => null; }", "PB0171")]
    [InlineData("[Routes(Guarded = true)] partial class App { [Get(\"/\")] string A(Account me) => \"\"; [Provide] Account Me() => new(\"\"); }", "PB0171")]
    [InlineData("[Routes(Guarded = true)] partial class App { [Get(\"/\")] string A(Account me) => \"\"; [Provide(Challenge = \"Bearer\")] Account? Me() => null; }", null)]
    [InlineData("[Routes(Guarded = true)] partial class App { [Get(\"/\"), Guard(nameof(G))] string A() => \"\"; bool G() => true; [Fetch] string F() => \"\"; }", "PB0171")]
    [InlineData("[Routes(Guarded = true)] partial class App { [Static(\"/\")] const string A = \"\"; }", "PB0173")]
    [InlineData("[Routes(Guarded = true), Health] partial class App { [Static(\"/\"), Open] const string A = \"\"; [Error] string E(Exception e) => \"\"; }", null)]
    [InlineData("[Routes(Guarded = true), Redirect(\"/a\", \"/\")] partial class App { [Get(\"/\"), Open] string A() => \"\"; }", null)]
    [InlineData("[Guard(\"G\"), Directory(\"/\", \"public\")] partial class App { bool G() => true; }", null)]
    [InlineData("[Guard(\"G\"), StaticFile(\"/\", \"logo.svg\")] partial class App { bool G() => true; }", "PB0173")]
    [InlineData("[Guard(\"G\")] partial class App { bool G() => true; }", "PB0174")]
    // Below: what is mounted, unless it is guarded from above
    [InlineData("[Routes(Guarded = true)] partial class App { [Mount(\"/p\")] readonly Part _part = new(); } partial class Part { [Get(\"/\")] string A() => \"\"; }", "PB0171")]
    [InlineData("[Routes(Guarded = true)] partial class App { [Mount(\"/p\"), Guard(nameof(G))] readonly Part _part = new(); bool G() => true; } partial class Part { [Get(\"/\")] string A() => \"\"; }", null)]
    [InlineData("[Guard(\"G\")] partial class App { [Mount(\"/p\")] readonly Part _part = new(); bool G() => true; } [Routes(Guarded = true)] partial class Part { [Get(\"/\")] string A() => \"\"; }", null)]
    [InlineData("partial class App { [Mount(\"/p\"), Guard(nameof(G))] readonly Part _part = new(); [Mount(\"/q\")] readonly Part _open = new(); bool G() => true; } [Routes(Guarded = true)] partial class Part { [Get(\"/\")] string A() => \"\"; }", "PB0171")]
    [InlineData("partial class App { [Mount(\"/p\"), Guard(nameof(G))] readonly Part _part = new(); bool G() => true; } partial class Part { [Static(\"/\")] const string A = \"\"; }", "PB0173")]
    [InlineData("partial class App { [Mount(\"/p\"), Guard(nameof(G))] readonly Part _part = new(); bool G() => true; } partial class Part { [Get(\"/\"), Open] string A() => \"\"; }", null)]
    [InlineData("partial class App { [Mount(\"/p\")] readonly Part _part = new(); [Provide(Challenge = \"Basic\")] Account? Me() => null; } [Routes(Guarded = true)] partial class Part { [Get(\"/\")] string A(Account me) => \"\"; }", null)]
    [InlineData("partial class App { [Mount(\"/p\")] readonly Part _part = new(); [Provide] Account Me() => new(\"\"); } [Routes(Guarded = true)] partial class Part { [Get(\"/\")] string A(Account me) => \"\"; }", "PB0171")]
    public void Nothing_is_open_by_oversight(string source, string? id)
    {
        source += " public sealed record Account(string Name);";
        if (id is null) Harness.Generate(source, files: Files, data: "abc"u8.ToArray()).AssertClean();
        else AssertOnly(id, source);
    }

    private const string Files = "project\t/nowhere\nfile\tlogo.svg\t\t0:0:3:0123456789abcdef\n";

    private static void AssertOnly(string id, string source)
    {
        Generated generated = Harness.Generate(source, files: Files, data: "abc"u8.ToArray());
        Diagnostic[] found = [.. generated.Diagnostics];
        Assert.True(found.Length > 0 && found.All(diagnostic => diagnostic.Id == id), string.Join("\n", found.AsEnumerable()));
        Assert.All(found, diagnostic => Assert.NotEqual(Location.None, diagnostic.Location));
        generated.AssertCompiles();
    }
}
