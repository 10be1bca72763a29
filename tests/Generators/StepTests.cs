using System.Text;
using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>What stands around handlers, without a connection: order, parameters, parts.</summary>
public sealed class StepTests
{
    private const string Names = "class Name(string name) { [Before] public Response? Check([Query] string? at) => at == name ? new Response(name) : null; [After] public Response Put(Response response) => new(name + \"(\" + response.BodyText + \")\"); }\n";

    [Theory]
    [InlineData("", "response c(text home)")]
    [InlineData("at=a", "response a")]
    [InlineData("at=b", "response a(response b)")]
    [InlineData("at=c", "response c(response c)")]
    public void Steps_are_called_in_the_order_of_their_declarations(string query, string expected)
    {
        // The methods of an object are in the order of theirs: what its own [Before] answers does not pass its [After]
        RouteTable table = Harness.Generate(Names + """
            partial class App
            {
                [Use] readonly Name _a = new("a");
                [Use] Name B { get; } = new("b");
                [After] static Response Last(Response response) => new("c(" + response.BodyText + ")");
                [Before] static Response? Check([Query] string? at) => at == "c" ? new Response("c") : null;
                [Get("/")] string Home() => "home";
            }
            """).AssertClean().Table();
        string all = FakeExchange.Send(table, "GET", "/", query);
        string inner = query is "" or "at=c" ? $"response a(response b({expected}))" : expected;
        Assert.Equal(inner, all);
    }

    [Theory]
    [InlineData("X-Level: 5", "n=2&flag=true", "response 5 2 True x Green")]
    [InlineData("X-Level: x", "n=2", "bad X-Level")]
    [InlineData("X-Level: 5", "", "bad n")]
    [InlineData("X-Level: 5", "n=2&colour=blue", "response 5 2 False x Blue")]
    public void Parameters_of_steps_are_bound_like_those_of_handlers(string field, string query, string expected)
    {
        foreach (bool debug in (bool[])[false, true])
        {
            RouteTable table = Harness.Generate("""
                enum Colour { Green, Blue }
                partial class App
                {
                    [Before] Response? Check([Header("X-Level")] int level, int n, [Query] bool flag = false, [Query("e")] string exchange = "x", Colour colour = Colour.Green) =>
                        new($"{level} {n} {flag} {exchange} {colour}");
                    [Get("/")] string Home() => "home";
                }
                """, debug: debug).AssertClean().Table();
            string[] parts = field.Split(": ");
            Assert.Equal(expected, FakeExchange.Send(table, "GET", "/", query, "", (parts[0], parts[1])));
        }
    }

    [Fact]
    public void Names_of_parameters_do_not_collide_with_what_is_emitted()
    {
        Harness.Generate("""
            partial class App
            {
                [Use] readonly Odd _odd = new();
                [Before] Response? Check(string? response_, string? next_, string? pending_, string? route_, string? _use0, string? error, string? answer_) => null;
                [Before] async Task<Response?> Wait(string? response_, string? next_, string? pending_, string? route_, string? exchange, string? answer_) { await Task.Yield(); return null; }
                [After] void Done(Response response, string? response_, string? _app) { }
                [Around] async Task<Response> Round(Next next, string? next_, string? route_, string? route) => await next.RunAsync();
                [Get("/{route}")] string Home(string route, string? next, string? response) => "home";
            }
            class Odd { [Before] public static void Count(string? _use0) { } [After] internal async ValueTask Later(Response @this) => await Task.Yield(); }
            """).AssertClean();
    }

    [Fact]
    public void Only_a_part_of_a_class_with_steps_is_asked_whether_it_takes_a_path()
    {
        const string Plain = """partial class Users { [Get("/{id}")] string One(int id) => ""; }""";
        Generated app = Harness.Generate("""partial class App { [Before] void A() { } [Get("/{id}")] string One(int id) => ""; [Mount("/users")] readonly Users _users = new(); }""" + Plain).AssertClean();
        Assert.DoesNotContain("Takes(", app.Source);

        RouteTable table = Harness.Generate("""
            partial class App { [Mount("/")] readonly Numbers _numbers = new(); [Mount("/")] readonly Names _names = new(); }
            partial class Numbers { [Before] Response Closed() => new("closed"); [Mount("/")] readonly Inner _inner = new(); }
            partial class Inner { [Get("/{id}")] string One(int id) => ""; }
            partial class Names { [Get("/{id}")] string One(Guid id) => "guid"; }
            """).AssertClean().Table();
        Assert.Equal("response closed", FakeExchange.Send(table, "GET", "/7"));
        Assert.Equal("text guid", FakeExchange.Send(table, "GET", "/00000000-0000-0000-0000-000000000000"));
    }

    [Fact]
    public void A_part_with_steps_gets_what_a_class_above_provides()
    {
        RouteTable table = Harness.Generate("""
            record User(string Name);
            partial class App
            {
                [Provide] static User Me([Query] string name) => new(name);
                [Mount("/part")] readonly Part _part = new();
                [Get("/")] string Home() => "home";
            }
            partial class Part
            {
                [Before] Response? Check([Query] int? n) => n > 5 ? new Response("closed") : null;
                [After] static Response Put(Response response) => new("(" + response.BodyText + ")");
                [Get("/{id}")] string One(int id, User me) => me.Name + id;
                [Get("/{id}/plain")] string Plain(int id) => "plain " + id;
            }
            """).AssertClean().Table();
        Assert.Equal("response (text ada7)", FakeExchange.Send(table, "GET", "/part/7", "name=ada"));
        Assert.Equal("response (text plain 7)", FakeExchange.Send(table, "GET", "/part/7/plain"));
        Assert.Equal("response closed", FakeExchange.Send(table, "GET", "/part/7", "name=ada&n=9"));
        Assert.Equal("400", FakeExchange.Send(table, "GET", "/part/x", "name=ada"));
    }

    [Theory]
    [InlineData("/own")]
    [InlineData("/given")]
    [InlineData("/plain/b")]
    [InlineData("/stepped/b")]
    [InlineData("/round/b")]
    [InlineData("/round/inner/b")]
    [InlineData("/later/b")]
    [InlineData("/free")]
    public void Steps_are_called_before_the_body_has_come(string path)
    {
        RouteTable table = Harness.Generate("""
            record User(string Name);
            partial class App
            {
                [Before] static Response? Check([Query] string? at) => at == "app" ? new Response("stopped") : null;
                [Provide] static User Me() => new("ada");
                [Post("/own")] static string Own([Body] string body) => body;
                [Post("/given")] static string Given([Body] string body, User me) => body;
                [Post("/free")] static string Free([Query] string? at) => "free";
                [Mount("/plain")] readonly Plain _plain = new();
                [Mount("/stepped")] readonly Stepped _stepped = new();
                [Mount("/round")] readonly Round _round = new();
                [Mount("/later")] readonly Later _later = new();
            }
            partial class Plain { [Post("/b")] static string B([Body] byte[] body) => System.Text.Encoding.UTF8.GetString(body); }
            partial class Stepped { [Before] static Response? Check([Query] string? at) => at == "part" ? new Response("stopped") : null; [Post("/b")] static string B([Body] string body) => body; }
            partial class Round
            {
                [Around] static Response Around(Next next) => next.Run();
                [Post("/b")] static string B([Body] string body) => body;
                [Mount("/inner")] readonly Plain _plain = new();
            }
            partial class Later
            {
                [Before] static async Task<Response?> Check([Query] string? at) { await Task.CompletedTask; return at == "part" ? new Response("stopped") : null; }
                [Around] static Response Around(Next next) => next.Run();
                [Post("/b")] static string B([Body] string body) => body;
            }
            """).AssertClean().Table();
        bool isFree = path == "/free";
        int route = table.Find(HttpMethod.Post, Encoding.UTF8.GetBytes(path));
        Assert.Equal(isFree ? RouteTraits.None : RouteTraits.WaitsForBody, table.TraitsOf(route) & (RouteTraits.WaitsForBody | RouteTraits.BuffersBody));

        foreach (string at in (string[])["app", "part", ""])
        {
            if (at == "part" && !path.StartsWith("/stepped", StringComparison.Ordinal) && !path.StartsWith("/later", StringComparison.Ordinal)) continue;

            foreach (bool isLate in (bool[])[true, false])
            {
                var exchange = new FakeExchange(path, "at=" + at, "body") { BodyIsLate = isLate };
                Assert.True(table.Run(exchange, route));
                Assert.True(SpinWait.SpinUntil(() => exchange.Answer.Length > 0, TimeSpan.FromSeconds(30)));
                Assert.Equal(at.Length > 0 ? "response stopped" : isFree ? "text free" : path.StartsWith("/round", StringComparison.Ordinal) || path.StartsWith("/later", StringComparison.Ordinal) ? "response text body" : "text body", exchange.Answer);
                Assert.Equal(isLate && at.Length == 0 && !isFree, exchange.HasWaited);
            }
        }
    }

    [Fact]
    public void An_app_without_steps_is_compiled_as_before()
    {
        string source = Harness.Generate("""partial class App { [Get("/{id}")] string One(int id) => ""; [Mount("/users")] readonly Users _users = new(); } partial class Users { [Get("/")] string All() => ""; [Post("/")] string Add([Body] string body) => body; }""")
            .AssertClean().Source;
        foreach (string word in (string[])["Encloses", "RunRoute", "RunUnrouted", "TryEnter", "Takes", "Leave", "WaitsForBody", "HasWholeBody"]) Assert.DoesNotContain(word, source);
    }

    [Fact]
    public void The_list_of_routes_has_them()
    {
        RouteTable table = Harness.Generate(Names + """
            partial class App
            {
                [Use] readonly Name _a = new("a");
                [Around] Response Round(Next next) => next.Run();
                [Get("/")] string Home() => "home";
                [Error] string On(ArgumentException error) => "";
                [Error] string Else() => "";
            }
            """).AssertClean().Table();
        string list = table.Describe();
        foreach (string text in (string[])["[Before]", "App._a.Check", "[After]", "App._a.Put", "[Around]", "App.Round", "[Error] ArgumentException", "App.On"]) Assert.Contains(text, list);
        Assert.Equal("response a(response text home)".Replace("response text", "text"), FakeExchange.Send(table, "GET", "/").Replace("response text", "text"));
    }

    [Fact]
    public void Null_is_said_when_the_table_is_made()
    {
        InvalidOperationException error = Assert.ThrowsAny<Exception>(() => Harness.Generate(Names + """
            partial class App { [Use] readonly Name? _a; [Get("/")] string Home() => "home"; }
            """).AssertClean().Table()) is { } thrown && (thrown as InvalidOperationException ?? thrown.InnerException as InvalidOperationException) is { } found ? found : throw new InvalidOperationException("another one");
        Assert.Contains("'App._a' is null", error.Message);
    }

    private static string[] LinesOf(RouteTable table, string path) =>
        Encoding.Latin1.GetString(table.GetStatic(table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path))).Response).Split("\r\n\r\n")[0].Split("\r\n");

    [Fact]
    public async Task Headers_that_steps_set_to_constants_are_in_the_bytes_of_constants()
    {
        foreach (bool debug in (bool[])[false, true])
        {
            RouteTable table = Harness.Generate("""
                partial class App
                {
                    const string Version = "7";
                    [Use] readonly CrossOrigin _origins = new() { Origins = ["*"], ExposedHeaders = ["X-A", "X-B"] };
                    [Use] CrossOrigin Own { get; } = new CrossOrigin();
                    [After] void Outer(Response response) { response.Headers["X-Version"] = "v" + Version; response.Headers["x-order"] = "outer"; }
                    [After] static void Inner(Response response) => response.Headers["X-Order"] = "inner";
                    [After(Constants = false)] static void Not(Response response) => response.Headers["X-Not"] = "1";
                    [Static("/constant")] const string Constant = "constant";
                    [Static("/json")] static readonly string Started = Environment.NewLine;
                    [Static("/own"), Header("X-Route", "own")] static Response Own2() => new("own") { Headers = { ["X-Own"] = "2" } };
                    [Get("/")] string Home() => "home";
                }
                """, debug: debug).AssertClean().Table();
            await table.BakeAsync();
            foreach (string path in (string[])["/constant", "/json", "/own"])
            {
                string[] lines = LinesOf(table, path);
                foreach (string line in (string[])["Access-Control-Allow-Origin: *", "Access-Control-Expose-Headers: X-A, X-B", "X-Version: v7", "x-order: outer"]) Assert.Single(lines, line);
                Assert.DoesNotContain(lines, line => line.StartsWith("X-Not", StringComparison.Ordinal) || line.EndsWith("inner", StringComparison.Ordinal));
            }

            Assert.Contains("X-Route: own", LinesOf(table, "/own"));
            Assert.Contains("X-Own: 2", LinesOf(table, "/own"));
            // Of handlers they stay the steps' own business
            Assert.True(table.FieldsOf(table.Find(HttpMethod.Get, "/"u8)).IsEmpty);
        }
    }

    [Theory]
    [InlineData("[After] void A(Response response) { if (response.Status == 200) response.Headers[\"X-A\"] = \"1\"; }")]
    [InlineData("[After] void A(Response response) => response.Headers[\"X-A\"] = Environment.NewLine;")]
    [InlineData("[After] void A(Response response, Request request) => response.Headers[\"X-A\"] = \"1\";")]
    [InlineData("[After] void A(Response response) => new Response().Headers[\"X-A\"] = \"1\";")]
    [InlineData("[After] void A(Response response) => response.Headers[\"Content-Type\"] = \"text/x\";")]
    [InlineData("[After] void A(Response response) => response.Headers[\"X-Route\"] = \"1\";")]
    [InlineData("[After] Response A(Response response) { response.Headers[\"X-A\"] = \"1\"; return response; }")]
    [InlineData("[Use] readonly CrossOrigin _o = new() { Origins = [\"https://a.example\"] };")]
    [InlineData("[Use] readonly CrossOrigin _o = new() { Origins = Some() }; static string[] Some() => [\"*\"];")]
    [InlineData("[Use] CrossOrigin _o = new() { Origins = [\"*\"] };")]
    [InlineData("[Use] readonly CrossOrigin _o = new() { Origins = [\"*\"] }; public App() => _o = new();")]
    [InlineData("[Use] readonly Stamp _o = new();")]
    public void What_is_not_certain_is_not_in_the_bytes_of_constants(string step)
    {
        Generated app = Harness.Generate("partial class App { [Static(\"/c\"), Header(\"X-Route\", \"own\")] const string C = \"c\"; [Get(\"/\")] string Home() => \"\"; " + step + " }\n"
            + "class Stamp { [After] public void A(Response response) => response.Headers[\"X-A\"] = \"1\"; }");
        Assert.Equal("PB0185", Assert.Single(app.Diagnostics).Id);
        Assert.DoesNotContain("X-A: ", app.Source);
        Assert.DoesNotContain("Access-Control", app.Source);
    }

    [Fact]
    public void Constants_of_parts_go_without_what_the_mounting_class_sets()
    {
        Generated app = Harness.Generate("""
            partial class App { [After] void A(Response response) => response.Headers["X-A"] = "1"; [Mount("/part")] readonly Part _part = new(); [Static("/c")] const string C = "c"; }
            partial class Part { [Static("/d")] const string D = "d"; }
            """);
        Assert.Contains("'/part/d'", Assert.Single(app.Diagnostics).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void Security_headers_are_in_the_bytes_of_everything()
    {
        foreach (bool debug in (bool[])[false, true])
        {
            RouteTable table = Harness.Generate("""
                [assembly: SecurityHeaders(ContentSecurityPolicy = "default-src 'self'; script-src 'sha256-qznLcsROx4GACP2dm0UCKCzCG+HiZ1guq6ZZDob/Tng='", PermissionsPolicy = "camera=()")]
                [Header("Referrer-Policy", "no-referrer")]
                partial class App
                {
                    [Mount("/part")] readonly Part _part = new();
                    [Static("/constant")] const string Constant = "constant";
                    [Get("/"), Header("X-Frame-Options", "DENY")] string Home() => "home";
                }
                [SecurityHeaders(FrameOptions = null, NoSniff = false, ReportOnly = true, ContentSecurityPolicy = "img-src *")]
                partial class Part { [Static("/constant")] const string Constant = "part"; [Get("/x")] string X() => "x"; }
                """, debug: debug).AssertClean().Table();
            string constant = Encoding.Latin1.GetString(table.GetStatic(table.Find(HttpMethod.Get, "/constant"u8)).Response);
            foreach (string line in (string[])["X-Content-Type-Options: nosniff", "X-Frame-Options: SAMEORIGIN", "Referrer-Policy: no-referrer", "Cross-Origin-Opener-Policy: same-origin", "Permissions-Policy: camera=()", "Content-Security-Policy: default-src 'self'; script-src 'sha256-"])
                Assert.Contains("\r\n" + line, constant);
            Assert.DoesNotContain("strict-origin", constant);

            string handler = Encoding.Latin1.GetString(table.FieldsOf(table.Find(HttpMethod.Get, "/"u8)));
            Assert.Contains("X-Frame-Options: DENY\r\n", handler);
            Assert.DoesNotContain("SAMEORIGIN", handler);
            Assert.Contains("X-Content-Type-Options: nosniff\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/nothing"u8)));

            // A class with its own is not asked about the assembly's
            string part = Encoding.Latin1.GetString(table.GetStatic(table.Find(HttpMethod.Get, "/part/constant"u8)).Response);
            Assert.Contains("Content-Security-Policy-Report-Only: img-src *", part);
            foreach (string name in (string[])["X-Frame-Options", "nosniff", "Permissions-Policy"]) Assert.DoesNotContain(name, part);
        }
    }
}
