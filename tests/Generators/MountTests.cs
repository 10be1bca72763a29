using System.Text;
using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary><c>[Mount]</c>: one table for the routes of several classes.</summary>
public class MountTests
{
    private const string Two = """
        partial class App
        {
            [Mount("/api/users")] readonly Users _users = new("u");
            [Mount("/api/articles")] Articles Articles { get; } = new();
            [Get("/")] string Home() => "home";
        }

        [Header("X-Part", "users")]
        partial class Users(string name)
        {
            [Get("/")] private string All() => name + " all";
            [Get("/{id}")] private string One(int id, int page = 1) => name + " " + id + " " + page;
            [Get("/{id}/posts/{*rest}")] async Task<string> Posts(int id, string rest) { await Task.Yield(); return id + " " + rest; }
            [Post("/{from}-{to}")] static string Between(string from, string to) => from + " to " + to;
            [Static("/about")] const string About = "about users";
            [Static("/now")] string Now => name + " at the start";
            private enum Kind { Old, Young }
            [Get("/kind/{kind}")] private string OfKind(Kind kind) => "kind " + kind;
        }

        [Routes("/v1")]
        partial class Articles { [Get("/")] string All() => "articles"; [Get("/{slug}")] string One(string slug) => "article " + slug; }
        """;

    [Theory]
    [InlineData("GET", "/", "text home")]
    [InlineData("GET", "/api/users", "text u all")]
    [InlineData("GET", "/api/users/7", "text u 7 1")]
    [InlineData("HEAD", "/api/users/7", "text u 7 1")]
    [InlineData("GET", "/api/users/x", "400")]
    [InlineData("GET", "/api/users/7/posts/a/b", "text 7 a/b")]
    [InlineData("POST", "/api/users/ab-cd", "text ab to cd")]
    [InlineData("GET", "/api/users/kind/young", "text kind Young")]
    [InlineData("GET", "/api/articles/v1", "text articles")]
    [InlineData("GET", "/api/articles/v1/a%20b", "text article a b")]
    [InlineData("GET", "/users", "404")]
    [InlineData("GET", "/7", "404")]
    [InlineData("GET", "/api", "404")]
    [InlineData("DELETE", "/api/users", "405 GET, HEAD, OPTIONS")]
    public void Routes_of_parts_stand_in_one_table_below_their_prefix(string method, string path, string answer) =>
        Assert.Equal(answer, FakeExchange.Send(Harness.Generate(Two).AssertClean().Table(), method, path));

    [Fact]
    public void In_a_debug_build_as_well()
    {
        RouteTable table = Harness.Generate(Two, debug: true).AssertClean().Table();
        Assert.Equal("text u 7 1", FakeExchange.Send(table, "GET", "/api/users/7"));
        Assert.Contains("CallOne", table.ArmOf(table.Find(HttpMethod.Get, "/api/users/7"u8)));
    }

    [Fact]
    public void The_table_knows_of_parts_what_it_knows_of_its_own()
    {
        RouteTable table = Harness.Generate(Two).AssertClean().Table();
        int posts = table.Find(HttpMethod.Get, "/api/users/7/posts/a"u8);
        Assert.Equal(RouteTraits.Async | RouteTraits.HasFields, table.TraitsOf(posts));
        Assert.Equal("X-Part: users\r\n", Encoding.Latin1.GetString(table.FieldsOf(posts)));
        Assert.Equal("/api/users/{id}/posts/{*rest}", table.PatternOf(posts));
        foreach (string line in (string[])["/api/users/{id}", "Users.One", "/api/articles/v1/{slug}", "/api/users/about", "App.Home"]) Assert.Contains(line, table.Describe());
    }

    [Fact]
    public async Task Finished_responses_of_parts_are_those_of_the_table()
    {
        RouteTable table = Harness.Generate(Two).AssertClean().Table();
        await table.BakeAsync();
        Assert.Equal(2, table.StaticCount);
        Assert.EndsWith("about users", TextOf(table, "/api/users/about"));
        Assert.EndsWith("u at the start", TextOf(table, "/api/users/now"));
        Assert.Contains("X-Part: users\r\n", TextOf(table, "/api/users/about"));
    }

    [Fact]
    public void A_part_is_an_app_of_its_own_too()
    {
        RouteTable table = Harness.Generate(Two).AssertClean().Table("Articles");
        Assert.Equal("text article x", FakeExchange.Send(table, "GET", "/v1/x"));
    }

    [Fact]
    public void Parts_mount_parts_and_prefixes_compose()
    {
        RouteTable table = Harness.Generate("""
            [Routes("/a")] partial class App { readonly Middle _middle = new(); [Mount("/b")] Middle Middle => _middle; }
            [Routes("/c")] partial class Middle { [Mount("/d")] static readonly Inner s_inner = new(); [Get("/{x}")] string X(int x) => "x" + x; }
            partial class Inner { [Get("/{y}.txt")] string Y(int y) => "y" + y; [Static("/s")] string S => "s"; }
            """).AssertClean().Table();
        Assert.Equal("text x1", FakeExchange.Send(table, "GET", "/a/b/c/1"));
        Assert.Equal("text y2", FakeExchange.Send(table, "GET", "/a/b/c/d/2.txt"));
        Assert.Equal("404", FakeExchange.Send(table, "GET", "/a/b/d/2.txt"));
    }

    [Fact]
    public void One_class_can_be_mounted_twice_each_with_its_own_object()
    {
        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/a")] readonly Part _a = new("one"); [Mount("/longer/b")] readonly Part _b = new("two"); }
            partial class Part(string name) { [Get("/{id}")] string One(int id) => name + id; }
            """).AssertClean().Table();
        Assert.Equal("text one1", FakeExchange.Send(table, "GET", "/a/1"));
        Assert.Equal("text two2", FakeExchange.Send(table, "GET", "/longer/b/2"));
    }

    [Fact]
    public void The_nearest_fetch_answers_what_no_route_has()
    {
        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/api")] readonly Api _api = new(); [Fetch] string Else() => "app"; }
            partial class Api { [Mount("/deep")] readonly Deep _deep = new(); [Get("/x")] string X() => "x"; [Fetch] string Else() => "api"; }
            partial class Deep { [Get("/y")] string Y() => "y"; [Fetch] string Else() => "deep"; }
            """).AssertClean().Table();
        Assert.True(table.FetchesByPath);
        Assert.Equal("text app", FakeExchange.Send(table, "GET", "/nothing"));
        Assert.Equal("text app", FakeExchange.Send(table, "GET", "/apix"));
        Assert.Equal("text api", FakeExchange.Send(table, "GET", "/api/nothing"));
        Assert.Equal("text api", FakeExchange.Send(table, "GET", "/api"));
        Assert.Equal("text deep", FakeExchange.Send(table, "GET", "/api/deep/nothing"));
        Assert.Equal("text x", FakeExchange.Send(table, "GET", "/api/x"));
        Assert.Contains("[Fetch] below /api/deep", table.Describe());
    }

    [Fact]
    public void The_nearest_error_handler_is_asked()
    {
        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/api")] readonly Api _api = new(); [Mount("/plain")] readonly Plain _plain = new(); [Error] string On(Exception e) => "app"; }
            partial class Api { [Mount("/deep")] readonly Deep _deep = new(); [Get("/x")] string X() => "x"; [Error] string On(Exception e) => "api"; }
            partial class Deep { [Get("/y")] string Y() => "y"; [Error] string On(Exception e) => "deep " + e.Message; }
            partial class Plain { [Get("/z")] string Z() => "z"; }
            """).AssertClean().Table();
        Assert.True(table.HasErrorHandler);
        Assert.Equal("text app", ErrorAt(table, "/q"));
        Assert.Equal("text app", ErrorAt(table, "/plain/z"));
        Assert.Equal("text api", ErrorAt(table, "/api/x"));
        Assert.Equal("text deep m", ErrorAt(table, "/api/deep/y"));
    }

    [Fact]
    public void Where_no_error_handler_is_near_the_framework_answers()
    {
        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/api")] readonly Api _api = new(); [Get("/")] string A() => ""; }
            partial class Api { [Get("/x")] string X() => "x"; [Error] string On(Exception e) => "api"; }
            """).AssertClean().Table();
        Assert.Equal("nobody", ErrorAt(table, "/"));
        Assert.Equal("text api", ErrorAt(table, "/api/x"));
    }

    [Fact]
    public void Headers_of_the_innermost_class_go_with_what_is_refused_below_it()
    {
        foreach (bool debug in (bool[])[false, true])
        {
            RouteTable table = Harness.Generate("""
                [Header("X", "app")] partial class App { [Mount("/api")] readonly Api _api = new(); [Mount("/plain")] readonly Plain _plain = new(); }
                [Header("X", "api")] partial class Api { [Mount("/deep")] readonly Deep _deep = new(); [Get("/x")] string X() => "x"; }
                [Header("X", "déep"), Routes("/v")] partial class Deep { [Get("/y")] string Y() => "y"; }
                partial class Plain { [Get("/z")] string Z() => "z"; }
                """, debug).AssertClean().Table();
            Assert.Equal("X: app\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/other"u8)));
            Assert.Equal("X: app\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/plain/q"u8)));
            Assert.Equal("X: api\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/api/deep"u8)));
            Assert.Equal("X: déep\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/api/deep/v/q"u8)));
        }
    }

    [Fact]
    public void Private_parts_JSON_contexts_sockets_health_and_folders_of_parts_work()
    {
        Generated generated = Harness.Generate("""
            using System.Text.Json.Serialization;
            partial class App
            {
                [Mount("/p")] readonly Part _part = new();
                [Health]
                private sealed partial class Part
                {
                    [Get("/json/{n}")] Item Json(int n) => new(n);
                    [WebSocket("/ws/{room}")] Chat Ws(string room) => new();
                    [Health] bool Ready() => true;
                }
            }
            record Item(int N);
            sealed class Chat : WebSocketHandler { protected override ValueTask Message(string text) => default; }
            [JsonSerializable(typeof(Item))] partial class Context : JsonSerializerContext;
            """);
        Assert.Empty(generated.Diagnostics);
        Assert.Contains("/p/ws/{room}", generated.Source);
        Assert.Contains("/p/healthz", generated.Source);
        Assert.Contains("/p/readyz", generated.Source);
        Assert.Contains("Slice(PathStart)", generated.Source);
    }

    [Fact]
    public void Links_go_through_the_mounts()
    {
        Generated generated = Harness.Generate(Two + """

            static class Uses
            {
                static string A() => App.Paths.Users.One(5, page: 2);
                static string B() => App.Paths.Articles.One("x y");
                static string C() => App.Paths.Home() + App.Paths.Users.All();
                static string D() => Articles.Paths.One("x");
            }
            """).AssertClean();
        System.Reflection.Assembly assembly = generated.Load();
        string Of(string name) => (string)assembly.GetType("Uses")!.GetMethod(name, System.Reflection.BindingFlags.NonPublic | System.Reflection.BindingFlags.Static)!.Invoke(null, null)!;
        Assert.Equal("/api/users/5?page=2", Of("A"));
        Assert.Equal("/api/articles/v1/x%20y", Of("B"));
        Assert.Equal("//api/users", Of("C"));
        Assert.Equal("/v1/x", Of("D"));
    }

    [Fact]
    public void Links_of_a_part_give_way_to_a_link_of_the_same_name()
    {
        Generated generated = Harness.Generate("""
            partial class App { [Mount("/u")] readonly Part _users = new(); [Get("/")] string Users() => ""; static string L() => Paths.UsersPaths.Users(1) + Paths.Users(); }
            partial class Part { [Get("/{id}")] string Users(int id) => ""; }
            """).AssertClean();
        Assert.Contains("class UsersPaths", generated.Source);
    }

    [Theory]
    [InlineData("PB0040", "\"/a/{x}\"", """partial class App { [Mount("/a")] readonly Part _part = new(); [Get("/a/{x}")] string Home(string x) => ""; } partial class Part { [Get("/{id}")] string One(int id) => ""; }""")]
    [InlineData("PB0040", "\"/x\"", """partial class App { [Mount("/a")] readonly Part _part = new(); [Mount("/a")] readonly Other _other = new(); } partial class Part { [Get("/x")] string One() => ""; } partial class Other { [Get("/x")] string Two() => ""; }""")]
    [InlineData("PB0150", "/a/", """partial class App { [Mount("/a/")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0150", "/{x}", """partial class App { [Mount("/{x}")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0010", "a", """partial class App { [Mount("a")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0151", "Part", """partial class App { [Mount("/a")] readonly Part _part = new(); } class Part { string One() => ""; }""")]
    [InlineData("PB0151", "string", """partial class App { [Mount("/a")] readonly string _part = ""; }""")]
    [InlineData("PB0151", "int[]", """partial class App { [Mount("/a")] readonly int[] _part = []; }""")]
    [InlineData("PB0151", "IPart", """partial class App { [Mount("/a")] readonly IPart? _part = null; } interface IPart;""")]
    [InlineData("PB0152", "_app", """partial class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Mount("/b")] readonly App _app = new(); }""")]
    [InlineData("PB0152", "_app", """partial class App { [Mount("/a")] readonly App _app = new(); }""")]
    [InlineData("PB0153", "null!", """partial class App { [Mount("/a")] readonly Part _part = null!; } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0153", "(default)!", """partial class App { [Mount("/a")] Part Part { get; } = (default)!; } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0154", "_b", """partial class App { [Mount("/a")] readonly Part _a = new(); [Mount("/a")] readonly Part _b = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0155", "_part", """[Routes(IgnoreCase = true)] partial class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0156", "_part", """partial class App { [Mount("/a")] readonly Part _part = new(); } [Routes(TrailingSlash = TrailingSlash.Redirect)] partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0156", "_part", """[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)] partial class App { [Mount("/a")] readonly Part _part = new(); } [Routes(TrailingSlash = TrailingSlash.Strict)] partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0156", "_inner", """partial class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Mount("/b")] readonly Inner _inner = new(); } [Routes(TrailingSlash = TrailingSlash.Redirect)] partial class Inner { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0156", "_part", """partial class App { [Mount("/a")] readonly Part _part = new(); } [Hsts] partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("PB0001", "App", """class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    public void What_cannot_be_mounted_is_an_error_at_its_place(string id, string place, string source)
    {
        Generated generated = Harness.Generate(source);
        Assert.Contains(generated.Diagnostics, diagnostic => diagnostic.Id == id && Text(diagnostic).Contains(place));
        Assert.All(generated.Diagnostics, diagnostic => Assert.True(diagnostic.Id == id || id == "PB0152", diagnostic.ToString()));

        string Text(Diagnostic diagnostic) => diagnostic.Location.SourceTree is null
            ? source.Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)
            : diagnostic.Location.SourceTree.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length);
    }

    [Theory]
    [InlineData("""[Routes(TrailingSlash = TrailingSlash.Redirect), Hsts] partial class App { [Mount("/a")] readonly Part _part = new(); } [Routes(TrailingSlash = TrailingSlash.Redirect), Hsts] partial class Part { [Get("/x")] string One() => ""; }""")]
    [InlineData("""[Routes(TrailingSlash = TrailingSlash.Redirect)] partial class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Mount("/b")] readonly Inner _inner = new(); } [Routes(TrailingSlash = TrailingSlash.Redirect)] partial class Inner { [Get("/x")] string One() => ""; }""")]
    [InlineData("""[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)] [Routes(TrailingSlash = TrailingSlash.Strict)] partial class App { [Mount("/a")] readonly Part _part = new(); } partial class Part { [Get("/x")] string One() => ""; }""")]
    public void A_part_that_says_nothing_else_is_fine(string source) => Harness.Generate(source).AssertClean();

    [Fact]
    public void A_conflict_across_parts_names_both_routes_and_the_mounts()
    {
        Diagnostic conflict = Assert.Single(Harness.Generate("""
            partial class App { [Mount("/a")] readonly Part _part = new(); [Get("/a/x")] string Home() => ""; }
            partial class Part { [Get("/x")] string One() => ""; }
            """).Diagnostics);
        Assert.Equal("'GET /a/x' of 'Part.One' and 'GET /a/x' of 'App.Home' answer the same requests; change a segment or remove one of them",
            conflict.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(0, conflict.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Equal([1, 0], conflict.AdditionalLocations.Select(location => location.GetLineSpan().StartLinePosition.Line));
    }

    [Fact]
    public void A_conflict_within_a_part_is_said_once()
    {
        Generated generated = Harness.Generate("""
            partial class App { [Mount("/a")] readonly Part _part = new(); [Get("/")] string A() => ""; }
            partial class Part { [Get("/x")] string One() => ""; [Get("/x")] string Two() => ""; }
            """);
        Assert.Equal("PB0040", Assert.Single(generated.Diagnostics).Id);
    }

    [Fact]
    public void A_redirect_of_a_part_is_looked_at_where_the_part_is_mounted()
    {
        const string Part = """[Redirect("/old", "/a/new")] partial class Part { [Get("/new")] string New() => ""; }""";
        Harness.Generate("""partial class App { [Mount("/a")] readonly Part _part = new(); } """ + Part).AssertClean();
        Assert.Equal("PB0044", Assert.Single(Harness.Generate("""partial class App { [Mount("/b")] readonly Part _part = new(); } """ + Part).Diagnostics).Id);
    }

    [Fact]
    public void Null_is_said_before_anything_is_served()
    {
        Generated generated = Harness.Generate("""
            public partial class App(bool has) { [Mount("/a")] readonly Part? _part = has ? new() : null; }
            public partial class Part { [Get("/x")] string One() => ""; }
            """).AssertClean();
        Assert.Equal("text ", FakeExchange.Send(generated.Table("App", true), "GET", "/a/x"));
        var thrown = Assert.Throws<System.Reflection.TargetInvocationException>(() => generated.Table("App", false));
        Assert.Contains("'App._part' is null", thrown.InnerException!.InnerException?.Message ?? thrown.InnerException.Message);
    }

    [Fact]
    public void A_folder_at_the_root_of_a_part_keeps_its_slash()
    {
        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/docs")] readonly Docs _docs = new(); }
            [Directory("/", "/tmp")] partial class Docs;
            """).AssertClean().Table();
        Assert.True(table.Find(HttpMethod.Get, "/docs"u8) >= 0);
        Assert.True(table.Find(HttpMethod.Get, "/docs/a/b"u8) >= 0);
        Assert.Contains("redirect to its slash", table.Describe());
    }

    [Fact]
    public void Without_case_the_prefix_has_none_either()
    {
        RouteTable table = Harness.Generate("""
            [assembly: Routes(IgnoreCase = true)]
            partial class App { [Mount("/Api")] readonly Part _part = new(); }
            [Header("X", "1")] partial class Part { [Get("/Users-{id}")] string One(int id) => "" + id; }
            """).AssertClean().Table();
        Assert.Equal("text 7", FakeExchange.Send(table, "GET", "/aPI/uSERS-7"));
        Assert.Equal("X: 1\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/API/q"u8)));
    }

    private static string ErrorAt(RouteTable table, string path)
    {
        var exchange = new FakeExchange(path);
        int declined = 0;
        return table.RunError(exchange, new InvalidOperationException("m"), ref declined) ? exchange.Answer : "nobody";
    }

    private static string TextOf(RouteTable table, string path) =>
        Encoding.Latin1.GetString(table.GetStatic(table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path))).Response);
}
