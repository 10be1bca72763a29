using System.Reflection;

namespace Prebake.Generators.Tests;

/// <summary>Typed links: what they are, and that each leads back to its route with the same values.</summary>
public class PathsTests
{
    [Theory]
    [InlineData("""[Static("/café/x")] const string Menu = "";""", "Paths.Menu()", "/caf%C3%A9/x")]
    [InlineData("""[Get("/")] string Home() => "";""", "Paths.Home()", "/")]
    [InlineData("""[Get("/users/{id}")] string User(int id) => "";""", "Paths.User(5)", "/users/5")]
    [InlineData("""[Get("/users/{id}")] string User(int id) => "";""", "Paths.User(id: -5)", "/users/-5")]
    [InlineData("""[Get("/t/{id}.json")] string T(Guid id) => "";""", "Paths.T(Guid.Empty)", "/t/00000000-0000-0000-0000-000000000000.json")]
    [InlineData("""[Get("/{from}-{to}/x/")] string Range(DateOnly from, long to) => "";""", "Paths.Range(new(2026, 1, 2), 7)", "/2026-01-02-7/x/")]
    [InlineData("""[Get("/f/{*rest}")] string File(string rest) => "";""", """Paths.File("a b/c?/")""", "/f/a%20b/c%3F/")]
    [InlineData("""[Get("/f/{*rest}")] string File(ReadOnlySpan<char> rest) => "";""", """Paths.File("")""", "/f/")]
    [InlineData("""[Get("/n/{name}")] string Name(ReadOnlySpan<char> name) => "";""", """Paths.Name("a/b%ü")""", "/n/a%2Fb%25%C3%BC")]
    [InlineData("""[Get("/d/{day}")] string Day(DayOfWeek day) => "";""", "Paths.Day(DayOfWeek.Friday)", "/d/Friday")]
    [InlineData("""[Get("/w/{at}")] string When(DateTimeOffset at) => "";""", "Paths.When(DateTimeOffset.UnixEpoch)", "/w/1970-01-01T00%3A00%3A00.0000000%2B00%3A00")]
    [InlineData("""[Get("/p/{a}/{b}")] string P(double a, bool b) => "";""", "Paths.P(1.5, true)", "/p/1.5/true")]
    [InlineData("""[Get("/search")] string Search(string q, int page = 1, [Query("by")] string? order = null) => "";""", """Paths.Search("a&b")""", "/search?q=a%26b")]
    [InlineData("""[Get("/search")] string Search(string q, int page = 1, [Query("by")] string? order = null) => "";""", """Paths.Search("x", order: "y z", page: 2)""", "/search?q=x&page=2&by=y%20z")]
    [InlineData("""[Get("/search")] string Search(int? page, string q, Request request, CancellationToken token) => "";""", """Paths.Search("x", 2)""", "/search?q=x&page=2")]
    [InlineData("""[Post("/users/{id}")] void Change(int id, [Body] string body, [Header("X-A")] string? a = null) { }""", "Paths.Change(1)", "/users/1")]
    [InlineData("""[Get("/a/{id}"), Get("/b/{id}")] string Both(int id) => "";""", "Paths.Both(1) + Paths.Both2(2)", "/a/1/b/2")]
    [InlineData("""[Get("/a/{id}"), Post("/a/{id}")] string Both(int id) => "";""", "Paths.Both(1)", "/a/1")]
    [InlineData("""[Get("/a/{id}")] string One(int id) => ""; [Get("/a/{name}/x")] string One(string name) => "";""", """Paths.One(1) + Paths.One("n")""", "/a/1/a/n/x")]
    [InlineData("""[Get("/a")] string Paths() => "";""", "GeneratedPaths.Paths()", "/a")]
    [InlineData("""[Get("/a")] string GetHashCode(int x) => ""; [Get("/c/{class}")] string @class(int @class) => "";""", "Paths.GetHashCode2(1) + Paths.@class(3)", "/a?x=1/c/3")]
    [InlineData("""enum Hidden { A } [Get("/a")] string X(Hidden? x, int y = 0) => "";""", "Paths.X(y: 2)", "/a?y=2")]
    public void A_link_is_the_path_with_its_values(string members, string link, string expected)
    {
        Assembly assembly = Harness.Generate($$"""
            partial class App
            {
                {{members}}
            }

            public static class Test { public static string Link() => App.{{link.Replace("+ Paths", "+ App.Paths")}}; }
            """).AssertClean().Load();
        Assert.Equal(expected, assembly.GetType("Test")!.GetMethod("Link")!.Invoke(null, null));
    }

    [Theory]
    [InlineData("Paths.Name(\"\")")]
    [InlineData("Paths.Name(\".\")")]
    [InlineData("Paths.Name(\"..\")")]
    [InlineData("Paths.File(\"a/../b\")")]
    [InlineData("Paths.File(\"/a\")")]
    [InlineData("Paths.File(\"a//b\")")]
    [InlineData("Paths.Json(\"\")")]
    public void What_no_path_can_say_is_an_error(string link)
    {
        Assembly assembly = Harness.Generate($$"""
            partial class App
            {
                [Get("/n/{name}")] string Name(string name) => "";
                [Get("/f/{*rest}")] string File(string rest) => "";
                [Get("/j/{name}.json")] string Json(string name) => "";
            }

            public static class Test { public static string Link() => App.{{link}}; }
            """).AssertClean().Load();
        var error = Assert.Throws<TargetInvocationException>(() => assembly.GetType("Test")!.GetMethod("Link")!.Invoke(null, null));
        Assert.IsType<ArgumentException>(error.InnerException);
    }

    [Fact]
    public void Every_value_comes_back()
    {
        Generated generated = Harness.Generate("""
            public partial class App
            {
                [Get("/s/{value}")] static string Text(string value) => value;
                [Get("/a/v-{value}.json")] static string Affixed(string value) => value;
                [Get("/r/{*value}")] static string Rest(string value) => value;
                [Get("/q")] static string Query(string value) => value;
                [Get("/d/{value}")] static string Double(double value) => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture);
                [Get("/t/{value}")] static string Time(TimeOnly value) => value.ToString("O", System.Globalization.CultureInfo.InvariantCulture);

                public static string Link(string name, string value) => name switch
                {
                    "Text" => Paths.Text(value), "Affixed" => Paths.Affixed(value), "Rest" => Paths.Rest(value), "Query" => Paths.Query(value),
                    "Double" => Paths.Double(double.Parse(value, System.Globalization.CultureInfo.InvariantCulture)), _ => Paths.Time(TimeOnly.Parse(value, System.Globalization.CultureInfo.InvariantCulture)),
                };
            }
            """).AssertClean();
        Assembly assembly = generated.Load();
        MethodInfo link = assembly.GetType("App")!.GetMethod("Link")!;
        RouteTable table = Generated.Table(assembly);

        string[] texts = ["a", "ä ö/ü", "100%", "%2F", "a+b", "?#[]@!$&'()*,;=", "日本", "\u0001", "...", "a.json", "~-_", "😀"];
        foreach (string name in new[] { "Text", "Affixed", "Rest", "Query" })
            foreach (string text in texts) Assert.Equal("text " + text, Follow(name, text));

        foreach (string number in new[] { "0", "-1.5", "1E+300", "1E-10", "123456789.125" }) Assert.Equal("text " + number, Follow("Double", number));
        Assert.Equal("text 13:14:15.1230000", Follow("Time", "13:14:15.123"));

        string Follow(string name, string value)
        {
            string[] parts = ((string)link.Invoke(null, [name, value])!).Split('?');
            return FakeExchange.Send(table, "GET", Canonical(parts[0]), parts.Length > 1 ? parts[1] : "");
        }
    }

    [Fact]
    public void A_broken_table_keeps_the_links_of_its_other_routes() => Assert.Contains("string Good(int id)", Harness.Generate("""
        partial class App { [Get("/good/{id}")] string Good(int id) => ""; [Get("bad")] string Bad() => ""; string Use() => Paths.Good(1); }
        """).AssertCompiles().Source);

    [Fact]
    public void Code_that_means_another_Paths_is_not_disturbed() => Assert.Contains("class GeneratedPaths", Harness.Generate("""
        namespace Outer { static class Paths { public const string Data = "data"; } }
        namespace Outer.Inner { partial class App { [Get("/")] string Home() => Paths.Data; } }
        """).AssertClean().Source);

    // What the server makes of a path before it looks for a route
    private static string Canonical(string path) => string.Join('/', path.Split('/').Select(Model.CanonicalPath.Of));
}
