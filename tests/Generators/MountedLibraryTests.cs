using System.Reflection;
using System.Runtime.Loader;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>Parts of other projects: their routes are read from what their own build has written down.</summary>
public class MountedLibraryTests
{
    private const string Library = """
        namespace Lib;

        [Header("X-Lib", "1"), Routes("/v1")]
        public partial class Users(string name)
        {
            [Get("/{id}")] private string One(int id) => name + id;
            [Get("/{id}/slow"), MaxBody(5)] private async Task<string> Slow(int id) { await Task.Yield(); return "slow " + id; }
            [Static("/about")] private const string About = "about";
            [Static("/late")] private string Late => name + " late";
            [Mount("/inner")] private readonly Inner _inner = new();
            [Error] private string On(Exception error) => "lib " + error.Message;
        }

        internal partial class Inner
        {
            private enum Kind { Old, Young }
            [Get("/kind/{kind}")] private string OfKind(Kind kind) => "kind " + kind;
            [Fetch] private string Rest() => "inner rest";
        }

        public partial class Empty { public string Nothing => ""; }

        internal static class Uses { public static string Link() => Users.Paths.One(1); }
        """;

    private const string App = """
        public partial class App
        {
            [Mount("/lib")] private readonly Lib.Users _users = new("u");
            [Get("/")] private string Home() => "home";
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_stands_around_their_routes_is_called(bool debug)
    {
        const string Around = """
            namespace Lib;

            public sealed class Stamp(string name)
            {
                [After] public Response Put(Response response) => new(name + "(" + response.BodyText + ")");
            }

            [Routes("/v1")]
            public partial class Users
            {
                [Use] private readonly Stamp _stamp = new("users");
                [Before] private Response? Check([Query] int? n) => n > 5 ? new Response("too many") : null;
                [Get("/{id}")] private string One(int id) => "u" + id;
                [Mount("/inner")] private readonly Inner _inner = new();
            }

            public partial class Inner
            {
                [Before] private async Task<Response?> Wait([Query] int? m) { await Task.Yield(); return m > 5 ? new Response("inner") : null; }
                [Get("/x")] private string X() => "x";
            }

            [Routes("/q")]
            public partial class Plain { [Get("/{id}")] private string One(int id) => "p" + id; }
            """;
        const string Program = """
            public partial class App
            {
                [Use] private readonly Lib.Stamp _stamp = new("app");
                [Mount("/lib")] private readonly Lib.Users _users = new();
                [Mount("/plain")] private readonly Lib.Plain _plain = new();
                [Get("/")] private string Home() => "home";
            }
            """;
        RouteTable table = Table(Around, Program, debug);
        Assert.True(table.Encloses);
        Assert.Equal("response app(text home)", FakeExchange.Send(table, "GET", "/"));
        Assert.Equal("response app(response users(text u7))", FakeExchange.Send(table, "GET", "/lib/v1/7"));
        Assert.Equal("response app(response users(response too many))", FakeExchange.Send(table, "GET", "/lib/v1/7", "n=9"));
        Assert.Equal("response app(response users(text x))", FakeExchange.Send(table, "GET", "/lib/v1/inner/x"));
        Assert.Equal("response app(response users(response inner))", FakeExchange.Send(table, "GET", "/lib/v1/inner/x", "m=9"));
        Assert.Equal("response app(text p7)", FakeExchange.Send(table, "GET", "/plain/q/7"));
        Assert.Equal("response app(response users(unrouted))", Unrouted("/lib/v1/nothing"));
        Assert.Equal("response app(unrouted)", Unrouted("/lib/nothing"));
        Assert.Equal("response app(unrouted)", Unrouted("/plain/q"));

        // The head is kept where something waits, also in a part
        Assert.Equal(RouteTraits.Async, table.TraitsOf(table.Find(HttpMethod.Get, "/lib/v1/inner/x"u8)));
        Assert.Equal(RouteTraits.None, table.TraitsOf(table.Find(HttpMethod.Get, "/lib/v1/7"u8)));

        string Unrouted(string path)
        {
            var exchange = new FakeExchange(path);
            Assert.True(table.Run(exchange, RouteTable.NoRoute));
            return exchange.Answer;
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Their_routes_are_in_the_table_of_the_app(bool debug)
    {
        RouteTable table = Table(Library, App, debug);
        await table.BakeAsync();
        Assert.Equal("text home", FakeExchange.Send(table, "GET", "/"));
        Assert.Equal("text u7", FakeExchange.Send(table, "GET", "/lib/v1/7"));
        Assert.Equal("400", FakeExchange.Send(table, "GET", "/lib/v1/x"));
        Assert.Equal("text slow 7", FakeExchange.Send(table, "GET", "/lib/v1/7/slow"));
        Assert.Equal("text kind Young", FakeExchange.Send(table, "GET", "/lib/v1/inner/kind/young"));
        Assert.Equal("text inner rest", FakeExchange.Send(table, "GET", "/lib/v1/inner/nothing"));
        Assert.Equal("405 GET, HEAD, OPTIONS", FakeExchange.Send(table, "PUT", "/lib/v1/7"));
        Assert.Equal("404", FakeExchange.Send(table, "GET", "/v1/7"));
        Assert.EndsWith("about", Static("/lib/v1/about"));
        Assert.EndsWith("u late", Static("/lib/v1/late"));

        int slow = table.Find(HttpMethod.Get, "/lib/v1/7/slow"u8);
        Assert.Equal(RouteTraits.Async | RouteTraits.HasLimits | RouteTraits.HasFields, table.TraitsOf(slow));
        Assert.Equal(5, table.LimitsOf(slow).MaxRequestBodySize);
        Assert.Equal("X-Lib: 1\r\n", Encoding.Latin1.GetString(table.FieldsOf(slow)));
        Assert.Equal("X-Lib: 1\r\n", Encoding.Latin1.GetString(table.ClassFieldsOf("/lib/v1/q"u8)));
        Assert.Equal("", Encoding.Latin1.GetString(table.ClassFieldsOf("/q"u8)));
        foreach (string text in (string[])["/lib/v1/{id}/slow", "Users.Slow", "handler, async", "start-up", "[Fetch] below /lib/v1/inner"]) Assert.Contains(text, table.Describe());

        var exchange = new FakeExchange("/lib/v1/7");
        int declined = 0;
        Assert.True(table.RunError(exchange, new InvalidOperationException("m"), ref declined));
        Assert.Equal("text lib m", exchange.Answer);

        string Static(string path) => Encoding.Latin1.GetString(table.GetStatic(table.Find(HttpMethod.Get, Encoding.ASCII.GetBytes(path))).Response);
    }

    [Fact]
    public void A_conflict_with_one_of_them_is_an_error_at_the_mount_or_the_route()
    {
        (_, Generated app) = Build(Library, App.Replace("[Get(\"/\")]", "[Get(\"/lib/v1/about\")]", StringComparison.Ordinal), debug: false);
        Diagnostic conflict = Assert.Single(app.Diagnostics);
        Assert.Equal("PB0040", conflict.Id);
        Assert.Equal(3, conflict.Location.GetLineSpan().StartLinePosition.Line);
        Assert.Contains("'Users.About'", conflict.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("Empty", "has not written down its routes")]
    public void A_class_whose_routes_are_not_written_down_is_refused(string name, string reason)
    {
        (_, Generated app) = Build(Library, App.Replace("Lib.Users _users = new(\"u\")", $"Lib.{name} _users = new()", StringComparison.Ordinal), debug: false);
        Diagnostic refused = Assert.Single(app.Diagnostics);
        Assert.Equal("PB0151", refused.Id);
        Assert.Contains(reason, refused.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public void What_was_written_by_another_version_is_not_read()
    {
        Generated library = Harness.Generate("""
            namespace Lib;
            [Prebake.Routing.Part(99, false)] public class Users(string name) { public string Name => name; }
            """);
        CSharpCompilation app = Harness.Compile(App).AddReferences(library.Output.ToMetadataReference());
        Assert.Contains("another version of Prebake", Assert.Single(Harness.Generate(app).Diagnostics).GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    private const string GuardedLibrary = """
        namespace Lib;

        public sealed record Customer(string Name);
        public readonly record struct Shop(int Id);

        [Guard("IsOpen")]
        public partial class Orders
        {
            private bool IsOpen([Header("X-Closed")] string? closed) => closed is null;
            [Get("/mine/{id}")] private string Mine(int id, [Provided] Customer customer) => $"{id} {customer.Name}";
            [Get("/both")] private async Task<string> Both([Provided] Customer? customer, [Provided] Shop? shop) { await Task.Yield(); return $"{customer?.Name} {shop?.Id}"; }
            [Post("/add")] private string Add([Body] string body, [Provided] Shop shop) => $"{body} {shop.Id}";
            [Get("/public"), Open] private string Public() => "public";
            [Mount("/inner")] private readonly Inner _inner = new();
        }

        internal partial class Inner { [Get("/")] private string Name(Lines lines, [Provided] Customer customer) => lines.Count + customer.Name; [Provide] private Lines Count([Provided] Customer customer) => new(customer.Name.Length); }
        internal sealed record Lines(int Count);

        public partial class Plain { [Post("/")] private string Take([Body] string body) => body; [Post("/free")] private async Task<string> Free(Request request) { await Task.Yield(); return "free"; } }
        public partial class Quick { [Post("/")] private string Take([Body] string body) => body; [Post("/free")] private string Free() => "free"; }
        """;

    private const string GuardingApp = """
        public partial class App
        {
            [Provide(Challenge = "Bearer")] private async ValueTask<Lib.Customer?> Who([Header("X-User")] string? user) { await Task.CompletedTask; return user is null ? null : new(user); }
            [Provide] private Lib.Shop? Where(int? shop = null) => shop is { } id ? new Lib.Shop(id) : null;
            [Mount("/lib"), Guard(nameof(HasKey))] private readonly Lib.Orders _orders = new();
            [Mount("/plain"), Guard(nameof(HasKey))] private readonly Lib.Plain _plain = new();
            private bool HasKey([Header("X-Key")] string? key) => key == "5";
        }
        """;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_their_routes_need_comes_from_the_app_and_its_guards_stand_before_theirs(bool debug)
    {
        RouteTable table = Table(GuardedLibrary, GuardingApp.Replace("Lib.Shop? Where(int? shop = null) => shop is { } id ? new Lib.Shop(id) : null;", "Lib.Shop Where(int shop = 7) => new Lib.Shop(shop);", StringComparison.Ordinal), debug);
        Assert.Equal("403", Ask("GET", "/lib/mine/3", ("X-User", "Ada")));
        Assert.Equal("401 Bearer", Ask("GET", "/lib/mine/3", ("X-Key", "5")));
        Assert.Equal("text 3 Ada", Ask("GET", "/lib/mine/3", ("X-Key", "5"), ("X-User", "Ada")));
        Assert.Equal("403", Ask("GET", "/lib/mine/3", ("X-Key", "5"), ("X-User", "Ada"), ("X-Closed", "1")));
        Assert.Equal("text Ada 7", Ask("GET", "/lib/both", ("X-Key", "5"), ("X-User", "Ada")));
        Assert.Equal("text  7", Ask("GET", "/lib/both", ("X-Key", "5")));
        Assert.Equal("text body 7", Ask("POST", "/lib/add", ("X-Key", "5")));
        Assert.Equal("text public", Ask("GET", "/lib/public"));
        Assert.Equal("text 3Ada", Ask("GET", "/lib/inner", ("X-Key", "5"), ("X-User", "Ada")));
        Assert.Equal("text body", Ask("POST", "/plain", ("X-Key", "5")));
        Assert.Equal("403", Ask("POST", "/plain"));

        RouteTraits add = table.TraitsOf(table.Find(HttpMethod.Post, "/lib/add"u8)), take = table.TraitsOf(table.Find(HttpMethod.Post, "/plain"u8));
        Assert.Equal(RouteTraits.WaitsForBody, add & (RouteTraits.WaitsForBody | RouteTraits.BuffersBody));
        Assert.Equal(RouteTraits.WaitsForBody, take & (RouteTraits.WaitsForBody | RouteTraits.BuffersBody));
        Assert.True((table.TraitsOf(table.Find(HttpMethod.Get, "/lib/mine/3"u8)) & RouteTraits.Async) != 0);
        Assert.Matches(@"Orders\.Mine +guard HasKey, Customer, guard IsOpen +handler", table.Describe());
        Assert.Matches(@"Orders\.Public +open +handler", table.Describe());

        // One that reads its body by itself is not made to wait for it
        foreach ((string path, bool waits) in ((string, bool)[])[("/plain", true), ("/plain/free", false)])
        {
            var exchange = new FakeExchange(path, "", "body", ("X-Key", "5")) { BodyIsLate = true };
            Assert.True(table.Run(exchange, table.Find(HttpMethod.Post, exchange.Path)));
            Assert.True(SpinWait.SpinUntil(() => exchange.Answer.Length > 0, TimeSpan.FromSeconds(30)));
            Assert.Equal(waits, exchange.HasWaited);
        }

        // One that is announced as too long is refused behind the guards
        foreach (string path in (string[])["/plain", "/plain/free"])
        {
            foreach ((string key, string answer) in ((string, string)[])[("5", "413"), ("6", "403")])
            {
                var exchange = new FakeExchange(path, "", "body", ("X-Key", key)) { BodyIsLate = true, BodyIsRefused = true };
                int route = table.Find(HttpMethod.Post, exchange.Path);
                Assert.Equal(RouteTraits.Guarded, table.TraitsOf(route) & RouteTraits.Guarded);
                Assert.True(table.Run(exchange, route));
                Assert.Equal(answer, exchange.Answer);
            }
        }

        string Ask(string method, string path, params (string, string)[] fields) => FakeExchange.Send(table, method, path, "", "body", fields);
    }

    [Fact]
    public void Steps_of_the_app_are_called_before_their_bodies_have_come()
    {
        RouteTable table = Table(GuardedLibrary, """
            partial class App
            {
                [Before] static Response? Check([Query] string? key) => key == "5" ? null : new Response("closed");
                [Mount("/plain")] readonly Lib.Plain _plain = new();
                [Mount("/strict")] readonly Strict _strict = new();
            }
            partial class Strict { [Around] static Response Around(Next next) => next.Run(); [Mount("/plain")] readonly Lib.Quick _quick = new(); }
            """, debug: false);
        foreach ((string path, bool waits) in ((string, bool)[])[("/plain", true), ("/plain/free", false), ("/strict/plain", true), ("/strict/plain/free", false)])
        {
            foreach (string key in (string[])["5", "6"])
            {
                var exchange = new FakeExchange(path, "key=" + key, "body") { BodyIsLate = true };
                int route = table.Find(HttpMethod.Post, exchange.Path);
                Assert.Equal(waits ? RouteTraits.WaitsForBody : RouteTraits.None, table.TraitsOf(route) & (RouteTraits.WaitsForBody | RouteTraits.BuffersBody));
                Assert.True(table.Run(exchange, route));
                Assert.True(SpinWait.SpinUntil(() => exchange.Answer.Length > 0, TimeSpan.FromSeconds(30)));
                Assert.Equal((key == "6" ? "response closed" : waits ? "body" : "free", waits && key == "5"), (key == "6" ? exchange.Answer : exchange.Answer.Split(' ')[^1], exchange.HasWaited));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void There_are_links_to_their_routes(bool debug)
    {
        RouteTable table = Table("""
            namespace Lib;
            public enum Kind { Small, Large }
            internal enum Inner { A }
            public partial class Orders
            {
                [Get("/{id}/{kind}")] private static string One(int id, Kind kind, [Query("p")] int page = 1, string? q = null) => "";
                [Get("/file/{*rest}")] private static string File(System.ReadOnlySpan<char> rest, int needed) => "";
                [Get("/inner/{inner}")] private static string Hidden(Inner inner) => "";
                [Static("/rules")] private const string Rules = "";
                [Mount("/parts")] private readonly Parts _parts = new();
            }
            internal partial class Parts { [Get("/{name}")] private static string Name(string name) => ""; }
            """, """
            partial class App
            {
                [Mount("/orders")] readonly Lib.Orders _orders = new();
                [Get("/links")] static string Links() => string.Join(" ", Paths.Orders.One(5, Lib.Kind.Large, q: "x y"), Paths.Orders.One(5, Lib.Kind.Small, page: 2), Paths.Orders.File("a b/c", 3),
                    Paths.Orders.Rules(), Paths.Orders.Parts.Name("é"), typeof(Paths.Orders).GetMethod("Hidden") is null);
            }
            """, debug);
        Assert.Equal("text /orders/5/Large?q=x%20y /orders/5/Small?p=2 /orders/file/a%20b/c?needed=3 /orders/rules /orders/parts/%C3%A9 True", FakeExchange.Send(table, "GET", "/links"));
    }

    [Fact]
    public void What_nobody_provides_to_them_is_an_error_at_the_mount()
    {
        (_, Generated app) = Build(GuardedLibrary, "public partial class App { [Mount(\"/lib\")] private readonly Lib.Orders _orders = new(); [Provide] private Lib.Shop Where() => new(1); }", debug: false);
        // It may be provided above that
        Assert.Empty(app.Diagnostics);
        (_, app) = Build(GuardedLibrary, "partial class App { [Mount(\"/lib\")] readonly Lib.Orders _orders = new(); [Provide] Lib.Shop Where() => new(1); }", debug: false);
        Assert.All(app.Diagnostics, found => Assert.Equal("PB0163", found.Id));
        Assert.Contains(app.Diagnostics, found => found.GetMessage(System.Globalization.CultureInfo.InvariantCulture).Contains("'Orders.Mine', which 'App._orders' mounts, needs 'Lib.Customer'", StringComparison.Ordinal));
    }

    [Fact]
    public void Only_public_classes_of_libraries_are_written_down()
    {
        const string Part = """partial class App { [Get("/{id}")] string One(int id) => ""; }""";
        Assert.DoesNotContain("PartRoute", Harness.Generate(Part).AssertClean().Source);
        Assert.DoesNotContain("PathStart", Harness.Generate(Part).AssertClean().Source);
        Assert.DoesNotContain("PartRoute", Harness.Generate("Serve.Run<App>(args); public " + Part, kind: OutputKind.ConsoleApplication).AssertClean().Source);
        Assert.Contains("PartRoute(0, \"handler\", \"GET\", \"/{id}\"", Harness.Generate("public " + Part).AssertClean().Source);
    }

    private static RouteTable Table(string librarySource, string appSource, bool debug)
    {
        (Generated library, Generated app) = Build(librarySource, appSource, debug);
        app.AssertClean();
        var context = new AssemblyLoadContext(null);
        Load(context, library);
        return Generated.Table(Load(context, app));
    }

    private static (Generated Library, Generated App) Build(string librarySource, string appSource, bool debug)
    {
        Generated library = Harness.Generate(librarySource, debug).AssertClean();
        using var image = new MemoryStream();
        Assert.True(library.Output.Emit(image).Success);
        CSharpCompilation app = Harness.Compile(appSource, debug).AddReferences(MetadataReference.CreateFromImage(image.ToArray()));
        return (library, Harness.Generate(app));
    }

    private static Assembly Load(AssemblyLoadContext context, Generated generated)
    {
        using var image = new MemoryStream();
        Assert.True(generated.Output.Emit(image).Success);
        image.Position = 0;
        return context.LoadFromStream(image);
    }
}
