using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>Steps that ask for what is provided.</summary>
public sealed class StepProvisionTests
{
    private const string Types = """
        record User(string Name);
        readonly record struct Shop(int Id);
        sealed class Lease(string name) : IDisposable { public string Name => name; public void Dispose() { } }
        static class Log { public static string Text = ""; public static string Take() { string text = Text; Text = ""; return text; } }

        """;

    private const string App = Types + """
        partial class App
        {
            [Provide(Challenge = "Bearer")] static User? Who([Query] string? user) { Log.Text += "who "; return user is null ? null : new(user); }
            [Provide] static Shop? Where([Query] int? shop) { Log.Text += "where "; return shop is { } id ? new(id) : null; }
            [Provide] static Lease Borrow(User user, Shop? shop) { Log.Text += "lease "; return new(user.Name + shop?.Id); }

            [After] static Response Seen(Response response, Shop? shop) => new($"{response.BodyText}, {shop?.Id}");
            [Before] static Response? Check(User user, [Query] string? stop) => user.Name == stop ? new Response("stopped") : null;
            [Use] readonly Audit _audit = new();

            [Get("/")] static string Home() => "home";
            [Get("/lease")] static string Leased(Lease lease, User user, Shop? shop) => $"{lease.Name} {user.Name} {shop?.Id}";
            [Post("/body")] static string Body([Body] string body, User? user) => $"{body} {user?.Name}";
            [Mount("/part")] readonly Part _part = new();
        }
        class Audit
        {
            [Around] public Response Around(Next next, Lease lease) => new($"{next.Run().BodyText} of {lease.Name}");
        }
        partial class Part { [Get("/")] static string Name(User user, Lease lease) => user.Name + lease.Name; }
        """;

    // In a class that is loaded for each case, the log is its own
    [Theory]
    [InlineData("/", "user=ada&shop=7", "text home of ada7, 7", "where who lease ")]
    [InlineData("/", "user=ada", "text home of ada, ", "where who lease ")]
    [InlineData("/", "", "401 Bearer, ", "where who ")]
    [InlineData("/", "user=ada&stop=ada", "stopped, ", "where who ")]
    [InlineData("/lease", "user=ada&shop=7", "text ada7 ada 7 of ada7, 7", "where who lease ")]
    [InlineData("/body", "user=ada", "text text ada of ada, ", "where who lease ")]
    [InlineData("/part", "user=ada", "text adaada of ada, ", "where who lease ")]
    [InlineData("/", "user=ada&shop=x", "bad shop", "")]
    [InlineData(null, "user=ada&shop=7", "unrouted of ada7, 7", "where who lease ")]
    [InlineData(null, "", "401 Bearer, ", "where who ")]
    public void What_steps_ask_for_is_provided_once_in_front_of_the_first(string? path, string query, string expected, string log)
    {
        foreach (bool debug in (bool[])[false, true])
        {
            Generated app = Harness.Generate(App, debug: debug).AssertClean();
            RouteTable table = app.Table();
            Func<string> take = table.GetType().Assembly.GetType("Log")!.GetMethod("Take")!.CreateDelegate<Func<string>>();
            var exchange = new FakeExchange(path ?? "/nothing", query, "text");
            Assert.True(table.Run(exchange, path is null ? RouteTable.NoRoute : table.Find(path == "/body" ? HttpMethod.Post : HttpMethod.Get, exchange.Path)));
            Assert.Equal((expected, log), (Said(exchange), take()));
            Assert.Equal(log.Contains("lease", StringComparison.Ordinal) ? 1 : 0, exchange.Owned.Count);
        }
    }

    [Theory]
    [InlineData("/part/7", "user=ada", "text 7, ada tiny")]
    [InlineData("/part/7", "", "401 Bearer")]
    [InlineData("/part/plain", "user=ada", "text plain, ada tiny")]
    [InlineData("/part/both", "user=ada&shop=3", "text ada 3, ada tiny")]
    [InlineData("/part/inner", "user=ada", "text ada, ada tiny")]
    [InlineData(null, "user=ada", "unrouted, nobody")]
    [InlineData(null, "", "unrouted, nobody")]
    public void A_part_with_steps_gets_for_them_what_a_class_above_provides(string? path, string query, string expected)
    {
        foreach (bool debug in (bool[])[false, true])
        {
            RouteTable table = Harness.Generate(Types + """
                record Size(string Name);
                partial class App
                {
                    [Provide(Challenge = "Bearer")] static async Task<User?> Who([Query] string? user) { await Task.CompletedTask; return user is null ? null : new(user); }
                    [Provide] static Shop Where([Query] int shop = 0) => new(shop);
                    [Mount("/part")] readonly Part _part = new();
                }
                partial class Part
                {
                    [Provide] static async ValueTask<Size> Measure(User user) { await Task.CompletedTask; return new(user.Name.Length > 3 ? "big" : "tiny"); }
                    [After] static Response Nobody(Response response) => response.BodyText.Contains(',') ? response : new(response.BodyText + ", nobody");
                    [After] static async Task<Response?> Seen(Response response, User user, Size size) { await Task.CompletedTask; return new($"{response.BodyText}, {user.Name} {size.Name}"); }
                    [Before] static Response? Check(User? user) => user?.Name == "eve" ? new Response("eve") : null;
                    [Get("/{id}")] static string One(int id) => id.ToString();
                    [Get("/plain")] static string Plain() => "plain";
                    [Get("/both")] static string Both(Shop shop, User user) => $"{user.Name} {shop.Id}";
                    [Mount("/inner")] readonly Inner _inner = new();
                }
                partial class Inner { [Get("/")] static string Name(User user, Size size) => user.Name; }
                """, debug: debug).AssertClean().Table();
            var exchange = new FakeExchange(path ?? "/part/nothing/at/all", query);
            Assert.True(table.Run(exchange, path is null ? RouteTable.NoRoute : table.Find(HttpMethod.Get, exchange.Path)));
            Assert.Equal(expected, Said(exchange));
        }
    }

    [Fact]
    public void Values_of_all_kinds_may_be_asked_for()
    {
        Harness.Generate(Types + """
            record Box<T>(T Value);
            partial class App
            {
                [Provide] static Shop S() => new(1);
                [Provide] static Box<int> B() => new(1);
                [Provide] static Box<string>? C() => new("");
                [Provide] static List<User> L(Shop shop, Box<int> box, Box<string>? other) => [];
                [Provide] static (int, string) T() => (1, "");
                [Provide] static User[] A() => [];
                [Provide] static Money M() => new(1);
                [Before] void X(Shop given_, Shop? next, Box<int> exchange, Box<string>? Provided, in List<User> error, (int, string) pair, User[] array, [Query] string? response_) { }
                [After] void Y(Response response, Shop? given_, Money money) { }
                [Around] async Task<Response> Z(Next next, List<User> users, [Header("X")] Money? money2 = null) => await next.RunAsync();
                [Get("/")] string Home(Shop shop, List<User> users, Money money) => "";
            }
            readonly record struct Money(int Cents) : ISpanParsable<Money>
            {
                public static Money Parse(string s, IFormatProvider? p) => default;
                public static bool TryParse(string? s, IFormatProvider? p, out Money m) { m = default; return true; }
                public static Money Parse(ReadOnlySpan<char> s, IFormatProvider? p) => default;
                public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? p, out Money m) { m = default; return true; }
            }
            """).AssertClean();
    }

    [Theory]
    [InlineData("PB0163", "[Before] void B(User user) { }", "The parameter 'user' of 'App.B' needs 'User'")]
    [InlineData("PB0163", "[After] void B(Response response, [Provided] User user) { }", "The parameter 'user' of 'App.B' needs 'User'")]
    [InlineData("PB0163", "[Use] readonly Uses _uses = new();", "The parameter 'user' of 'Uses.Go' needs 'User'")]
    [InlineData("PB0167", "[Provide] User? Who() => null; [Before] void B(User user) { }", "The parameter 'user' of 'App.B'")]
    [InlineData("PB0167", "[Provide] User? Who() => null; [Provide] Shop Where(User user) => new(1); [After] void B(Response response, Shop shop) { }", "The parameter 'user' of 'App.Where'")]
    [InlineData("PB0180", "[Provide] User Who(int id) => new(\"\"); [Before] void B(User user) { } [Get(\"/{id}\")] string One(int id) => \"\";", "would take 'id' from the path of '/{id}'")]
    [InlineData("PB0164", "[Provide] User Who(Shop shop) => new(\"\"); [Provide] Shop Where(User user) => new(1); [Before] void B(User user) { }", "asks for")]
    [InlineData("PB0184", "[Around] Response R(Next next) => next.Run(); [Provide] async Task<User> Who() { await Task.Yield(); return new(\"\"); } [Before] void B(User user) { }", "'App.R' returns no task, but 'App.B' below it waits")]
    [InlineData("PB0184", "[Around] Response R(Next next) => next.Run(); [Get(\"/g\"), Guard(nameof(Ok))] string G() => \"\"; async Task<bool> Ok() { await Task.Yield(); return true; }", "'App.R' returns no task, but 'App.G' below it waits")]
    [InlineData("PB0184", "[Around] Response R(Next next) => next.Run(); [Get(\"/g\")] string G(User user) => \"\"; [Provide] async Task<User> Who() { await Task.Yield(); return new(\"\"); }", "'App.R' returns no task, but 'App.G' below it waits")]
    [InlineData("PB0184", "[Around] Response R(Next next) => next.Run(); [Post(\"/g\")] string G([Form] string name) => name;", "'App.R' returns no task, but 'App.G' below it waits")]
    public void What_cannot_be_provided_to_a_step_is_an_error(string id, string member, string text)
    {
        Generated app = Harness.Generate(Types + "class Uses { [Before] public void Go(User user) { } } partial class App { [Get(\"/\")] string Home() => \"\"; " + member + " }");
        Assert.Contains(app.Diagnostics, found => found.GetMessage(CultureInfo.InvariantCulture).Contains(text, StringComparison.Ordinal));
        Assert.All(app.Diagnostics, found => Assert.Equal((id, true), (found.Id, found.Location != Location.None)));
    }

    // What becomes a response on its way is called one each time
    private static string Said(FakeExchange exchange) => exchange.Answer.Replace("response ", "", StringComparison.Ordinal);

    [Fact]
    public void A_step_that_needs_an_identity_guards_its_class()
    {
        Harness.Generate(Types + """
            [Routes(Guarded = true)]
            partial class App
            {
                [Provide(Challenge = "Bearer")] static User? Who([Query] string? user) => user is null ? null : new(user);
                [Before] static void Check(User user) { }
                [Get("/")] static string Home() => "home";
            }
            """).AssertClean();
    }
}
