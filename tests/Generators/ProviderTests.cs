using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary><c>[Provide]</c>: what handlers get, in which order it is made, and what is refused.</summary>
public sealed class ProviderTests
{
    private const string Source = """
        public sealed record Account(string Name);
        public readonly record struct Tenant(int Id);
        public sealed record Rights(Account Of, Tenant In);
        public sealed class Connection(string name) : IDisposable { public string Name => name; public void Dispose() { } }
        public readonly struct Code(string text) : ISpanParsable<Code>
        {
            public string Text => text;
            public static Code Parse(string s, IFormatProvider? p) => new(s);
            public static bool TryParse(string? s, IFormatProvider? p, out Code c) { c = new(s ?? ""); return true; }
            public static Code Parse(ReadOnlySpan<char> s, IFormatProvider? p) => new(s.ToString());
            public static bool TryParse(ReadOnlySpan<char> s, IFormatProvider? p, out Code c) { c = new(s.ToString()); return true; }
        }

        public partial class App
        {
            public readonly List<string> Log = [];
            public readonly TaskCompletionSource Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

            [Provide(Challenge = "Bearer")]
            Account? Me([Header("X-User")] string? user) { Log.Add("me"); return user is null ? null : new(user); }

            [Provide(Challenge = "Tenant")] Tenant? Where([Header("X-Tenant")] int? tenant) { Log.Add("where"); return tenant is { } id ? new Tenant(id) : null; }
            [Provide] Rights Rights(Account me, Tenant tenant) { Log.Add("rights"); return new(me, tenant); }
            [Provide] async Task<Connection> Connect(Request request, CancellationToken token, bool late = false) { Log.Add("connect"); if (late) await Gate.Task; return new("c"); }
            [Provide] static ValueTask<List<int>> Numbers(int count = 2) => new(Enumerable.Range(0, count).ToList());
            [Provide] Code Code([Header("X-Code")] string? code = "none") => new(code ?? "none");

            [Get("/me")] string Name(Account me) => "me " + me.Name;
            [Get("/maybe")] string Maybe(Account? me, Tenant? tenant) => $"maybe {me?.Name} {tenant?.Id}";
            [Get("/tenant")] string InTenant(Tenant tenant) => "tenant " + tenant.Id;
            [Get("/rights/{id}")] string All(int id, Account a, Rights rights, Account? b, string q) => $"{id} {q} {rights.Of.Name} {rights.In.Id} {ReferenceEquals(a, b)}";
            [Get("/connected")] string Connected(Connection connection, Account? me) => $"{connection.Name} {me?.Name}";
            [Get("/numbers/{name}")] async Task<string> Sum(ReadOnlyMemoryHolder holder, string name, List<int> numbers) { await Task.Yield(); return name + numbers.Sum() + holder.Text; }
            [Get("/code")] string ByCode(Code code) => "code " + code.Text;
            [Get("/code/{code}")] string PathCode(Code code) => "path " + code.Text;
            [Post("/body")] string Post([Body] string body, Account me, int n = 1) => body + me.Name + n;
            [Post("/late/{id}")] async Task<string> PostLate(int id, [Body] byte[] body, Connection c, Account? me) { await Task.Yield(); return $"{id} {body.Length} {c.Name}"; }
            [Put("/span/{text}")] string Span(ReadOnlySpan<char> text, [Body] string body, Account? me) => text.ToString() + body;
            [Get("/later-span/{text}/{n}")] string LaterSpan(ReadOnlySpan<char> text, int n, Connection c) => text.ToString() + n;
            [Fetch] string Rest(Account me) => "rest " + me.Name;
            [Provide] ReadOnlyMemoryHolder Held() => new("!");
        }

        public sealed record ReadOnlyMemoryHolder(string Text);
        """;

    private static readonly Lazy<Generated> s_release = new(() => Harness.Generate(Source).AssertClean());
    private static readonly Lazy<Generated> s_debug = new(() => Harness.Generate(Source, debug: true).AssertClean());

    private static string Ask(string method, string target, string body = "", params (string, string)[] fields)
    {
        string[] parts = target.Split('?');
        string[] answers = [.. new[] { s_release, s_debug }.Select(generated =>
            FakeExchange.Send(generated.Value.Table(), method, parts[0], parts.ElementAtOrDefault(1) ?? "", body, fields))];
        Assert.Equal(answers[0], answers[1]);
        return answers[0];
    }

    [Theory]
    [InlineData("/me", "401 Bearer", "text me Ada")]
    [InlineData("/maybe", "text maybe  ", "text maybe Ada 7")]
    [InlineData("/tenant", "401 Tenant", "text tenant 7")]
    [InlineData("/rights/5?q=x", "401 Bearer", "text 5 x Ada 7 True")]
    [InlineData("/rights/x?q=x", "401 Bearer", "text rest Ada")]
    [InlineData("/rights/5", "401 Bearer", "bad q")]
    [InlineData("/connected", "text c ", "text c Ada")]
    [InlineData("/numbers/n?count=4", "text n6!", "text n6!")]
    [InlineData("/numbers/n?count=x", "bad count", "bad count")]
    [InlineData("/code", "text code none", "text code none")]
    [InlineData("/code/path", "text path path", "text path path")]
    [InlineData("/later-span/a%20b/3", "text a b3", "text a b3")]
    [InlineData("/nothing", "401 Bearer", "text rest Ada")]
    public void A_handler_gets_what_is_provided(string target, string without, string with)
    {
        Assert.Equal(without, Ask("GET", target));
        Assert.Equal(with, Ask("GET", target, "", ("X-User", "Ada"), ("X-Tenant", "7")));
    }

    [Fact]
    public void A_head_request_asks_the_providers_of_the_get() => Assert.Equal("401 Bearer", Ask("HEAD", "/me"));

    [Theory]
    [InlineData("/body", "POST", "401 Bearer", "text abcAda1")]
    [InlineData("/late/4", "POST", "text 4 3 c", "text 4 3 c")]
    [InlineData("/span/x", "PUT", "text xabc", "text xabc")]
    public void The_body_comes_after_the_providers(string path, string method, string without, string with)
    {
        Assert.Equal(without, Ask(method, path, "abc"));
        Assert.Equal(with, Ask(method, path, "abc", ("X-User", "Ada")));
        foreach (Generated generated in (Generated[])[s_release.Value, s_debug.Value])
        {
            RouteTable table = generated.Table();
            int route = table.Find(FakeExchange.MethodOf(table, method), System.Text.Encoding.ASCII.GetBytes(path));
            Assert.Equal(RouteTraits.WaitsForBody, table.TraitsOf(route) & (RouteTraits.WaitsForBody | RouteTraits.BuffersBody));
            // It is waited for by those only who are let through
            var refused = new FakeExchange(path, body: "abc") { BodyIsLate = true };
            Assert.True(table.Run(refused, route));
            Assert.Equal(without.StartsWith("401", StringComparison.Ordinal), !refused.HasWaited && refused.Answer == without);

            var let = new FakeExchange(path, "", "abc", ("X-User", "Ada")) { BodyIsLate = true };
            Assert.True(table.Run(let, route));
            Assert.True(SpinWait.SpinUntil(() => let.Answer.Length > 0, TimeSpan.FromSeconds(30)));
            Assert.Equal(with, let.Answer);
            Assert.True(let.HasWaited);
        }
    }

    [Fact]
    public void Each_runs_once_before_the_first_that_asks()
    {
        System.Reflection.Assembly assembly = s_release.Value.Load();
        Type type = assembly.GetType("App")!;
        object app = Activator.CreateInstance(type)!;
        var table = (RouteTable)typeof(Tables).GetMethod(nameof(Tables.Create))!.MakeGenericMethod(type).Invoke(null, [app])!;
        var log = (List<string>)type.GetField("Log")!.GetValue(app)!;
        Assert.Equal("text 5 x Ada 7 True", FakeExchange.Send(table, "GET", "/rights/5", "q=x", "", ("X-User", "Ada"), ("X-Tenant", "7")));
        Assert.Equal(["me", "where", "rights"], log);

        // What is refused ends the way
        log.Clear();
        Assert.Equal("401 Tenant", FakeExchange.Send(table, "GET", "/rights/5", "q=x", "", ("X-User", "Ada")));
        Assert.Equal(["me", "where"], log);

        // A path that is not this route's asks nobody
        log.Clear();
        Assert.Equal("401 Bearer", FakeExchange.Send(table, "GET", "/rights/x", "q=x"));
        Assert.Equal(["me"], log);
    }

    [Fact]
    public void What_must_be_disposed_of_is_handed_over()
    {
        RouteTable table = s_release.Value.Table();
        var exchange = new FakeExchange("/connected");
        Assert.True(table.Run(exchange, table.Find(HttpMethod.Get, exchange.Path)));
        Assert.Equal("Connection", Assert.Single(exchange.Owned).GetType().Name);
        Assert.Empty(Run(table, "/me").Owned);

        static FakeExchange Run(RouteTable table, string path)
        {
            var exchange = new FakeExchange(path, "", "", ("X-User", "Ada"));
            table.Run(exchange, table.Find(HttpMethod.Get, exchange.Path));
            return exchange;
        }
    }

    [Fact]
    public void Only_what_awaits_has_a_state_machine()
    {
        string source = s_release.Value.Source;
        Assert.Contains("private bool CallAll(", source, StringComparison.Ordinal);
        Assert.DoesNotContain("ChainCallAll", source, StringComparison.Ordinal);
        Assert.Contains("private async global::System.Threading.Tasks.Task<bool> ChainCallConnected(", source, StringComparison.Ordinal);
        Assert.DoesNotContain("=> {", source, StringComparison.Ordinal);
        RouteTable table = s_release.Value.Table();
        Assert.Equal(RouteTraits.None, table.TraitsOf(table.Find(HttpMethod.Get, "/me"u8)));
        Assert.Equal(RouteTraits.Async, table.TraitsOf(table.Find(HttpMethod.Get, "/connected"u8)));
    }

    [Fact]
    public void Once_something_awaits_replies_may_come_from_elsewhere()
    {
        foreach (Generated generated in (Generated[])[s_release.Value, s_debug.Value])
        {
            Type type = generated.Load().GetType("App")!;
            object app = Activator.CreateInstance(type)!;
            var table = (RouteTable)typeof(Tables).GetMethod(nameof(Tables.Create))!.MakeGenericMethod(type).Invoke(null, [app])!;
            int route = table.Find(HttpMethod.Get, "/connected"u8);
            var now = new FakeExchange("/connected");
            Assert.True(table.Run(now, route));
            Assert.False(now.IsDetached);

            var later = new FakeExchange("/connected", "late=true");
            var span = new FakeExchange("/later-span/a%20b/3", "late=true");
            Assert.True(table.Run(later, route));
            Assert.True(table.Run(span, table.Find(HttpMethod.Get, span.Path)));
            Assert.True(later.IsDetached && span.IsDetached);
            Assert.Equal("", later.Answer);
            ((TaskCompletionSource)type.GetField("Gate")!.GetValue(app)!).SetResult();
            Assert.True(SpinWait.SpinUntil(() => later.Answer.Length > 0 && span.Answer.Length > 0, TimeSpan.FromSeconds(30)));
            Assert.Equal("text c ", later.Answer);
            Assert.Equal("text a b3", span.Answer);
        }
    }

    [Fact]
    public void Listings_show_what_is_provided()
    {
        string text = s_release.Value.Table().Describe();
        Assert.Contains("App.Name       Account", text, StringComparison.Ordinal);
        Assert.Matches(@"App\.Maybe +Account\?, Tenant\? +handler", text);
        Assert.Matches(@"App\.All +Account, Tenant, Rights +handler", text);
    }

    [Fact]
    public void An_app_without_any_of_it_is_emitted_as_before()
    {
        // The golden files are the proof; this says which words they must not have
        string source = Harness.Generate("""
            public partial class App
            {
                [Mount("/part")] readonly Part _part = new();
                [Get("/{id}")] string One(int id, Guid? q) => "";
                [Post("/")] string Add([Body] string body) => "";
            }
            public partial class Part { [Get("/")] string Home() => ""; [Post("/x")] void X([Body] byte[] body) { } }
            """).AssertClean().Source;
        foreach (string word in (string[])["IRunWith", "WaitsForBody", "NeedsFromAbove", "HasWholeBody", "Needs =", "Marks =", "async "])
            Assert.DoesNotContain(word, source, StringComparison.Ordinal);
    }

    [Theory]
    // Nobody provides it
    [InlineData("[Get(\"/\")] string A([Provided] Account me) => \"\";", "PB0163")]
    [InlineData("[Provide] Account Me(Clock clock) => new(\"\"); [Get(\"/\")] string A(Account me) => \"\";", "PB0163")]
    // It would be the body, or cannot be bound at all
    [InlineData("[Get(\"/\")] string A(Account me) => \"\";", "PB0033")]
    [InlineData("[Fetch] string A(Clock clock) => \"\";", "PB0031")]
    [InlineData("[WebSocket(\"/\")] WebSocketHandler? A(Account me) => null;", "PB0115")]
    [InlineData("[Post(\"/\")] string A([Body] string a, [Body] byte[] b) => \"\";", "PB0032")]
    // Itself
    [InlineData("[Provide] Account Me(Account other) => other; [Get(\"/\")] string A(Account me) => \"\";", "PB0164")]
    [InlineData("[Provide] Account Me(List<int> x) => new(\"\"); [Provide] List<int> X(Account me) => []; [Get(\"/\")] string A(Account me) => \"\";", "PB0164")]
    [InlineData("[Provide] Account Me() => new(\"\"); [Provide] Account? You() => null; [Get(\"/\")] string A(Account me) => \"\";", "PB0165")]
    [InlineData("[Provide] Account Me([Body] string body) => new(body); [Get(\"/\")] string A(Account me) => \"\";", "PB0166")]
    [InlineData("[Provide] Account? Me() => null; [Get(\"/\")] string A(Account me) => \"\";", "PB0167")]
    [InlineData("[Provide] Account? Me() => null; [Provide] List<int> X(Account me) => []; [Get(\"/\")] string A(List<int> x) => \"\";", "PB0167")]
    [InlineData("[Provide] int Number() => 5; [Get(\"/\")] string A(int number) => \"\";", "PB0168")]
    [InlineData("[Provide] void Nothing() { } [Get(\"/\")] string A() => \"\";", "PB0168")]
    [InlineData("[Provide] Task Nothing() => Task.CompletedTask; [Get(\"/\")] string A() => \"\";", "PB0168")]
    [InlineData("[Provide] Response Answer() => new(\"\"); [Get(\"/\")] string A() => \"\";", "PB0168")]
    [InlineData("[Provide] ReadOnlySpan<char> Text() => \"\"; [Get(\"/\")] string A() => \"\";", "PB0168")]
    [InlineData("[Provide] Account Me() => new(\"\"); [Get(\"/\")] string A() => \"\";", "PB0174")]
    [InlineData("[Provide(Challenge = \"Basic\")] Account Me() => new(\"\"); [Get(\"/\")] string A(Account me) => \"\";", "PB0174")]
    [InlineData("[Provide] Account Me<T>() => new(\"\"); [Get(\"/\")] string A() => \"\";", "PB0035")]
    [InlineData("[Get(\"/\")] string A([Provided, Query] Account me) => \"\";", "PB0039")]
    [InlineData("[Get(\"/\")] string A([Provided] int n) => \"\";", "PB0031")]
    [InlineData("[Get(\"/\")] string A() { [Provide] Account Me() => new(\"\"); return Me().Name; }", "PB0024")]
    public void What_cannot_be_is_said(string members, string id)
    {
        Generated generated = Harness.Generate("partial class App { " + members + " } public sealed record Account(string Name); public sealed class Clock : IDisposable { public void Dispose() { } }");
        Diagnostic[] found = [.. generated.Diagnostics];
        Assert.True(found.Length > 0 && found.All(diagnostic => diagnostic.Id == id), string.Join("\n", found.AsEnumerable()));
        Assert.All(found, diagnostic => Assert.NotEqual(Location.None, diagnostic.Location));
        generated.AssertCompiles();
    }

    [Theory]
    [InlineData("/v?a=1&b=2", "401 Bearer", "text 1 2 Ada")]
    [InlineData("/v?a=x&b=y", "401 Bearer", "400 Parts of the request are missing or have invalid values. [a is missing or has an invalid value, b is missing or has an invalid value]")]
    [InlineData("/v?a=5&b=2", "401 Bearer", "422 ")]
    [InlineData("/paged?limit=7", "text 7", "text 7")]
    [InlineData("/paged?limit=700", "422 ", "422 ")]
    [InlineData("/paged?limit=x&offset=y", "400 ", "400 ")]
    [InlineData("/later?a=1", "401 Bearer", "text 1 Ada")]
    [InlineData("/later?a=5", "401 Bearer", "422 ")]
    public void What_is_bound_and_validated_comes_behind_the_providers(string target, string without, string with)
    {
        foreach (bool debug in new[] { false, true })
        {
            RouteTable table = Harness.Generate("""
                using System.ComponentModel.DataAnnotations;
                public sealed record Account(string Name);
                public sealed record Visit(int Number);
                [Parameters] public readonly record struct Paging([Range(1, 100)] int Limit = 20, [Range(0, int.MaxValue)] int Offset = 0);

                public partial class App
                {
                    [Provide(Challenge = "Bearer")] Account? Me([Header("X-User")] string? user) => user is null ? null : new(user);
                    [Provide] async Task<Visit> Count() { await Task.Yield(); return new(1); }
                    [Get("/v")] string V(int a, int b, Account me) => $"{a} {b} {me.Name}";
                    [Get("/later")] string Later(int a, Account me, Visit visit) => $"{a} {me.Name}";
                    [Get("/paged"), Guard(nameof(IsSmall))] string Paged(int limit) => $"{limit}";
                    bool IsSmall(Paging paging) => paging.Limit < 50;

                    [Validate] async Task Check(int a, Account me, Errors errors) { await Task.Yield(); if (a == 5 && me.Name == "Ada") errors.Add(nameof(a), "is not for Ada"); }
                }
                """, debug).AssertClean().Table();
            Assert.StartsWith(without, Ask(table), StringComparison.Ordinal);
            Assert.StartsWith(with, Ask(table, ("X-User", "Ada")), StringComparison.Ordinal);
        }

        string Ask(RouteTable table, params (string, string)[] fields)
        {
            string[] parts = target.Split('?');
            var exchange = new FakeExchange(parts[0], parts[1], "", fields);
            Assert.True(table.Run(exchange, table.Find(HttpMethod.Get, exchange.Path)));
            Assert.True(SpinWait.SpinUntil(() => exchange.Answer.Length > 0, TimeSpan.FromSeconds(30)));
            return exchange.Answer;
        }
    }

    [Theory]
    [InlineData("partial class App(Account me) { MEMBERS [Get(\"/b\")] string B() => me.Name; }", 1)]
    [InlineData("partial class App { MEMBERS Account? _last; static Account? s_last; Account? Last { get; set; } void Keep(Account a) => (_last, s_last, Last) = (a, a, a); }", 3)]
    [InlineData("partial class App { MEMBERS static readonly Account s_nobody = new(\"\"); Account Nobody => s_nobody; Account Other { get; } = new(\"\"); readonly Account _one = new(\"\"); }", 0)]
    [InlineData("partial class App { MEMBERS [Mount(\"/p\")] readonly Part _part = new(null!); } partial class Part(Account? me) { [Get(\"/\")] string A() => me?.Name ?? \"\"; }", 1)]
    public async Task What_a_class_keeps_of_one_request_is_a_warning(string source, int count)
    {
        source = source.Replace("MEMBERS", "[Provide] Account Me([Header(\"X\")] string x) => new(x); [Get(\"/\")] string Home(Account me) => me.Name;", StringComparison.Ordinal)
            + " public sealed record Account(string Name);";
        Generated generated = Harness.Generate(source).AssertClean();
        System.Collections.Immutable.ImmutableArray<Diagnostic> found = await new Microsoft.CodeAnalysis.Diagnostics.CompilationWithAnalyzers(
            generated.Output, [new Prebake.Generators.Analyze.CaptiveValueAnalyzer()], new Microsoft.CodeAnalysis.Diagnostics.AnalyzerOptions([])).GetAnalyzerDiagnosticsAsync();
        Assert.Equal(Enumerable.Repeat("PB0172", count), found.Select(diagnostic => diagnostic.Id));
    }

    [Fact]
    public void The_nearest_provider_of_a_type_counts_and_others_come_from_above()
    {
        RouteTable table = Harness.Generate("""
            public sealed record Account(string Name);
            public sealed record Tenant(string Name);
            public readonly record struct Zone(int Id);
            public sealed class Store(string name) : IDisposable { public string Name => name; public void Dispose() { } }

            public partial class App
            {
                [Provide(Challenge = "Bearer")] Account? Me([Header("X-User")] string? user) => user is null ? null : new("app " + user);
                [Provide] async ValueTask<Tenant> Where() { await Task.Yield(); return new("app tenant"); }
                [Provide] Zone? Zone(int? zone = null) => zone is { } id ? new Zone(id) : null;
                [Mount("/m")] readonly Middle _middle = new();
                [Mount("/d")] readonly Deep _deep = new();
                [Get("/me")] string Name(Account me) => me.Name;
            }

            public partial class Middle
            {
                [Provide] Tenant Where(Account? outer) => new("middle of " + outer?.Name);
                [Provide] Store Open() => new("store");
                [Mount("/d")] readonly Deeper _deep = new();
                [Get("/me/{id}")] string Name(int id, Account me, Tenant tenant) => $"{id} {me.Name} {tenant.Name}";
                [Get("/zone")] string InZone(Zone? zone, Account? me) => $"{zone?.Id} {me?.Name}";
            }

            public partial class Deeper
            {
                [Get("/t/{x}")] async Task<string> T(string x, Tenant tenant, Store store) { await Task.Yield(); return $"{x} {tenant.Name} {store.Name}"; }
                [Post("/p")] string P([Body] string body, Account me, Store store) => $"{body} {me.Name} {store.Name}";
                [Get("/plain")] string Plain() => "plain";
            }

            public partial class Deep { [Get("/t")] string T(Tenant tenant, Account? me) => $"{tenant.Name} {me?.Name}"; [Put("/p")] string P([Body] string body, Tenant tenant) => body; }
            """).AssertClean().Table();
        Assert.Equal("text app Ada", Ask("GET", "/me"));
        Assert.Equal("401 Bearer", FakeExchange.Send(table, "GET", "/m/me/5"));
        Assert.Equal("text 5 app Ada middle of app Ada", Ask("GET", "/m/me/5"));
        Assert.Equal("404", FakeExchange.Send(table, "GET", "/m/me"));
        Assert.Equal("text 3 ", FakeExchange.Send(table, "GET", "/m/zone", "zone=3"));
        Assert.Equal("text  app Ada", Ask("GET", "/m/zone"));
        Assert.Equal("text y middle of app Ada store", Ask("GET", "/m/d/t/y"));
        Assert.Equal("text body app Ada store", Ask("POST", "/m/d/p"));
        Assert.Equal("401 Bearer", FakeExchange.Send(table, "POST", "/m/d/p", "", "body"));
        Assert.Equal("text plain", Ask("GET", "/m/d/plain"));
        Assert.Equal("text app tenant app Ada", Wait("GET", "/d/t"));
        Assert.Equal("text body", Wait("PUT", "/d/p"));
        Assert.Equal(RouteTraits.Async, table.TraitsOf(table.Find(HttpMethod.Get, "/d/t"u8)));
        Assert.Equal(RouteTraits.Async | RouteTraits.WaitsForBody, table.TraitsOf(table.Find(HttpMethod.Put, "/d/p"u8)));
        Assert.Equal(RouteTraits.WaitsForBody | RouteTraits.Guarded, table.TraitsOf(table.Find(HttpMethod.Post, "/m/d/p"u8)));

        string Ask(string method, string path) => FakeExchange.Send(table, method, path, "", "body", ("X-User", "Ada"));

        string Wait(string method, string path)
        {
            var exchange = new FakeExchange(path, "", "body", ("X-User", "Ada")) { BodyIsLate = true };
            Assert.True(table.Run(exchange, table.Find(FakeExchange.MethodOf(table, method), exchange.Path)));
            Assert.True(SpinWait.SpinUntil(() => exchange.Answer.Length > 0, TimeSpan.FromSeconds(30)));
            return exchange.Answer;
        }
    }

    [Fact]
    public void A_part_that_needs_something_from_above_cannot_be_served_by_itself()
    {
        Generated generated = Harness.Generate("""
            public sealed record Account(string Name);
            partial class App { [Provide] Account Me() => new("Ada"); [Mount("/p")] readonly Part _part = new(); }
            partial class Part { [Get("/")] string Name(Account me) => me.Name; }
            """).AssertClean();
        Assert.Equal("text Ada", FakeExchange.Send(generated.Table(), "GET", "/p"));
        Assert.Null(generated.Table().NeedsFromAbove);
        Assert.Equal(("Account", "Part.Name"), generated.Table("Part").NeedsFromAbove);
    }

    [Fact]
    public void A_part_that_is_mounted_where_nobody_provides_is_an_error_there()
    {
        Diagnostic found = Assert.Single(Harness.Generate("""
            public sealed record Account(string Name);
            partial class App { [Provide] Account Me() => new("Ada"); [Mount("/p")] readonly Part _part = new(); }
            partial class Other { [Mount("/p")] readonly Part _part = new(); }
            partial class Part { [Get("/")] string Name(Account me) => me.Name; }
            """).Diagnostics);
        Assert.Equal("PB0163", found.Id);
        Assert.Equal(2, found.Location.GetLineSpan().StartLinePosition.Line);
        string message = found.GetMessage(System.Globalization.CultureInfo.InvariantCulture);
        Assert.Contains("'Part.Name', which 'Other._part' mounts, needs 'Account', and 'Other' does not provide it", message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("@event.@class", "Named", "")]
    [InlineData("Shop.@namespace", "@record", "")]
    [InlineData("Shop", "@field", "")]
    [InlineData("Shop", "Outer.@int", "")]
    [InlineData("Shop", "Pair", "<string?>")]
    public void A_type_is_spelled_so_that_emitted_code_compiles_whatever_word_it_is(string space, string name, string arguments)
    {
        string declared = name.StartsWith("Outer.", StringComparison.Ordinal)
            ? $"public static class Outer {{ public sealed record {name["Outer.".Length..]}(int Id); }}"
            : $"public sealed record {name}{(arguments.Length > 0 ? "<T>" : "")}(int Id);";
        string type = $"global::{space}.{name}{arguments}";

        Harness.Generate($$"""
            namespace {{space}} { {{declared}} }
            public partial class App
            {
                [Provide] {{type}} Make() => new(1);
                [Get("/")] string Get({{type}} made) => made.Id.ToString();
            }
            """).AssertClean();
    }
}
