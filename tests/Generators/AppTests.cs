using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>Which classes can be apps.</summary>
public class AppTests
{
    [Theory]
    [InlineData("App", """partial class App { [Get("/")] string A() => "a"; }""")]
    [InlineData("Deep.Er.App", """namespace Deep.Er { partial class App { [Get("/")] string A() => "a"; } }""")]
    [InlineData("Outer+Inner+App", """public static partial class Outer { internal partial record struct Inner { private sealed partial class App { [Get("/")] private string A() => "a"; } } }""")]
    [InlineData("App", """sealed partial record App { [Get("/")] static string A() => "a"; }""")]
    [InlineData("App", """partial class App { } partial class App { [Get("/")] string A() => "a"; } partial class App { [Get("/b")] string B() => "b"; }""")]
    [InlineData("App", """[Routes("/")] class Unused; partial class App { class RouteTable { } [Get("/")] string A() => "a"; }""")]
    [InlineData("class", """partial class @class { [Get("/")] string @string() => "a"; }""")]
    [InlineData("App", """using G = Prebake.GetAttribute; partial class App { [G("/")] string A() => "a"; }""")]
    [InlineData("App", """class Base { protected string Name => "a"; } partial class App : Base, IDisposable { [Get("/")] string A() => Name; public void Dispose() { } }""")]
    public void Any_partial_class_can_be_an_app(string name, string source)
    {
        Generated generated = Harness.Generate(source.Replace("[Routes(\"/\")] ", "")).AssertClean();
        Assert.Equal("text a", FakeExchange.Send(generated.Table(name), "GET", "/"));
    }

    [Fact]
    public void A_primary_constructor_passes_what_handlers_need() => Assert.Equal("text hi you",
        FakeExchange.Send(Harness.Generate("""public partial class App(string greeting) { [Get("/{name}")] string A(string name) => greeting + " " + name; }""")
            .AssertClean().Table("App", "hi"), "GET", "/you"));

    [Fact]
    public void Several_apps_live_in_one_assembly()
    {
        Generated generated = Harness.Generate("""partial class One { [Get("/")] string A() => "1"; } partial class Two { [Get("/")] string A() => "2"; }""").AssertClean();
        Assert.Equal("text 1", FakeExchange.Send(generated.Table("One"), "GET", "/"));
        Assert.Equal("text 2", FakeExchange.Send(generated.Table("Two"), "GET", "/"));
    }

    [Fact]
    public void A_prefix_stands_before_every_path()
    {
        RouteTable table = Harness.Generate("""
            [Routes("/api")] [Redirect("/old", "/api")]
            partial class App { [Get("/")] string Root() => "root"; [Get("/users/{id}")] string User(int id) => "user " + id; [Static("/s")] const string S = "s"; }
            """).AssertClean().Table();
        Assert.Equal("text root", FakeExchange.Send(table, "GET", "/api"));
        Assert.Equal("text user 7", FakeExchange.Send(table, "GET", "/api/users/7"));
        Assert.Equal("/api/users/{id}", table.PatternOf(table.Find(HttpMethod.Get, "/api/users/7"u8)));
        Assert.Equal("404", FakeExchange.Send(table, "GET", "/users/7"));
    }

    [Fact]
    public void Traits_limits_and_fields_are_known_before_the_call()
    {
        RouteTable table = Harness.Generate("""
            [Header("X-All", "1"), IdleTimeout(30)]
            partial class App
            {
                [Get("/a"), Blocking, Header("X-A", "é")] string A() => "";
                [Post("/b"), MaxBody(5), IdleTimeout(0)] Task B([Body] string body) => Task.CompletedTask;
            }
            """).AssertClean().Table();

        int a = table.Find(HttpMethod.Get, "/a"u8), b = table.Find(HttpMethod.Post, "/b"u8);
        Assert.Equal(RouteTraits.Blocking | RouteTraits.HasFields | RouteTraits.HasLimits, table.TraitsOf(a));
        Assert.Equal(RouteTraits.Async | RouteTraits.BuffersBody | RouteTraits.HasLimits | RouteTraits.HasFields, table.TraitsOf(b));
        Assert.Equal(new RouteLimits(null, TimeSpan.FromSeconds(30)), table.LimitsOf(a));
        Assert.Equal(new RouteLimits(5, Timeout.InfiniteTimeSpan), table.LimitsOf(b));
        Assert.Equal("X-All: 1\r\nX-A: é\r\n", System.Text.Encoding.Latin1.GetString(table.FieldsOf(a)));
    }

    [Theory]
    [InlineData("", "", false)]
    [InlineData("[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)]", "", true)]
    [InlineData("[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)]", """[Routes("/api")]""", true)]
    [InlineData("[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)]", "[Routes(TrailingSlash = TrailingSlash.Strict)]", false)]
    [InlineData("", "[Routes(TrailingSlash = TrailingSlash.Redirect)]", true)]
    public void The_class_or_else_its_assembly_says_what_a_slash_means(string assembly, string type, bool redirects) =>
        Assert.Equal(redirects, Harness.Generate($$"""{{assembly}} {{type}} partial class App { [Get("/a")] string A() => ""; }""").AssertClean().Table().RedirectsTrailingSlash);

    [Theory]
    [InlineData("", "", false)]
    [InlineData("[assembly: Routes(IgnoreCase = true)]", "", true)]
    [InlineData("[assembly: Routes(IgnoreCase = true)]", "[Routes(IgnoreCase = false)]", false)]
    [InlineData("[assembly: Routes(IgnoreCase = true)]", "[Routes(TrailingSlash = TrailingSlash.Redirect)]", true)]
    [InlineData("", "[Routes(IgnoreCase = true)]", true)]
    public void The_class_or_else_its_assembly_says_whether_case_counts(string assembly, string type, bool ignored)
    {
        RouteTable table = Harness.Generate($$"""{{assembly}} {{type}} partial class App { [Get("/Caf%c3%a9")] string A() => ""; }""").AssertClean().Table();
        Assert.True(table.Find(HttpMethod.Get, "/Caf%C3%A9"u8) >= 0);
        Assert.Equal(ignored, table.Find(HttpMethod.Get, "/cAF%C3%A9"u8) >= 0);
        Assert.Equal(ignored, !table.MethodsOf("/cAF%C3%A9"u8).IsEmpty);
        Assert.Equal(-1, table.Find(HttpMethod.Get, System.Text.Encoding.ASCII.GetBytes("/" + new string('C', 1000))));
    }

    [Fact]
    public void Without_case_two_routes_that_differ_by_it_are_one_and_links_are_as_written()
    {
        Generated twice = Harness.Generate("[Routes(IgnoreCase = true)] partial class App { [Get(\"/Users/{id}\")] string A(int id) => \"\"; [Get(\"/users/{name}\")] string B(string name) => \"\"; }");
        Assert.Equal("PB0040", Assert.Single(twice.Diagnostics).Id);

        Generated loop = Harness.Generate("[Routes(IgnoreCase = true), Redirect(\"/Old\", \"/old\")] partial class App { [Get(\"/a\")] string A() => \"\"; }");
        Assert.Contains(loop.Diagnostics, diagnostic => diagnostic.Id == "PB0045");

        Generated links = Harness.Generate("[Routes(\"/Api\", IgnoreCase = true)] partial class App { [Get(\"/Users/{id}.JSON\")] string Ask(int id) => \"\"; }").AssertClean();
        Assert.Contains("\"/Api/Users/\"", links.Source);
        Assert.Contains("\".JSON\"", links.Source);
    }

    [Fact]
    public void Main_is_written_only_where_there_is_none()
    {
        const string App = """[Serve(Port = 1)] partial class App { [Fetch] string A() => ""; }""";
        Assert.Contains(Harness.Generate(App, kind: OutputKind.ConsoleApplication).AssertClean().Result.GeneratedTrees, tree => tree.FilePath.EndsWith("Program.g.cs"));
        Assert.Single(Harness.Generate("return 0; " + App.Replace("(Port = 1)", ""), kind: OutputKind.ConsoleApplication).AssertClean().Result.GeneratedTrees);

        // Its options would be read by nobody
        Generated written = Harness.Generate(App + " static class P { static void Main() { } }", kind: OutputKind.ConsoleApplication).AssertCompiles();
        Assert.Single(written.Result.GeneratedTrees);
        Assert.Equal("PB0086", Assert.Single(written.Diagnostics).Id);
        Assert.Single(Harness.Generate(App).AssertClean().Result.GeneratedTrees);
    }

    [Fact]
    public void A_nested_app_with_readiness_leaves_that_of_the_app_around_it()
    {
        RouteTable table = Harness.Generate("[Health] public partial class App { [Health] public partial class Inner { [Get(\"/\")] string A() => \"\"; } }").AssertClean().Table();
        Assert.True(table.Find(HttpMethod.Get, "/readyz"u8) >= 0);
    }

    [Fact]
    public void Two_mains_are_refused()
    {
        Generated generated = Harness.Generate("""[Serve] partial class One { [Fetch] string A() => ""; } [Serve] partial class Two { [Fetch] string A() => ""; }""", kind: OutputKind.ConsoleApplication);
        Assert.Equal("PB0081", Assert.Single(generated.Diagnostics).Id);
    }
}
