using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>What the generator remembers from before an edit never shows: it gives what one gives that sees the sources for the first time.</summary>
public sealed partial class MemoryTests
{
    private const string App = """
        using System.Text.Json.Serialization;
        [Redirect("/old", "/new")]
        partial class App : Base
        {
            [Get(Names.Prefix + "/{color}")] string Color(Color color, int page = Names.Page) => "";
            [Get("/order")] Order Order(string? q) { return new Order(1); }
            [Static("/text")] string Text => Names.Text;
            [Static("/made")] Order Made => new(1);
            [Static("/method")] string Method() { return "a" + Names.Prefix; }
            [Get("/x")] string X(Thing thing) => "";
            [G("/aliased")] string Aliased() => "";
            [Get("/bad/:id")] string Bad() => "";
            [Mount("/part")] readonly Part _part = new();
            [WebSocket("/chat")] WebSocketHandler Connect(bool x) { return x ? new Chat() : new Chat(); }
        }
        """;

    private const string Other = """
        using System.Text.Json.Serialization;
        static class Names { public const string Prefix = "/p"; public const int Page = 1; public static string Text => "one" + Two(); static string Two() => "two"; }
        public enum Color { Red, Green }
        public record Order(int Id);
        public class Thing { }
        class Base { }
        partial class Part { [Get("/one/{id}")] string One(int id) { return ""; } [Header("X", "1")] [Get("/two")] string Two() => ""; [Mount("/in")] static readonly Inner s_inner = new(); }
        [Routes("/i")] partial class Inner { [Get("/")] string Root() => ""; [Static("/c")] const string C = "c"; }
        public class Talk : WebSocketHandler { }
        public class Chat : Talk { protected override void Drain() { Send("x"); } }
        [JsonSerializable(typeof(Order))] partial class AppJson : JsonSerializerContext;
        """;

    // In namespaces, nested and derived: names that can come to mean something else
    private const string Shop = """
        namespace Acme.Shop
        {
            using Acme.Data;
            using static Acme.Data.Limits;
            partial class Outer
            {
                public const string Path = "/outer";
                public partial class App(Db db) : Middle
                {
                    [Get(Path)] string Const() => "";
                    [Get("/state/{state}")] string State(State state) => "";
                    [Get("/page")] string Page(int page = Max) => "";
                    [Get("/item/{id}")] Item? One(Id id) => null;
                    [Get("/named/{id}")] string Named(Id id) => nameof(Named);
                    [Get("/things")] string Things(List<Id> ids) => "";
                    [Post("/items")] string Add(Item item, [Header("X")] Kind kind, [Body] Rest rest) => "";
                    [Get(nameof(Plain))] string Literal() => "";
                    [Error] string Failed(Exception e) => "";
                    [Get("/task")] Task<string> Later() => null!;
                    [Get("/kept"), Guard(nameof(Allows))] string Kept(Kept kept) => "";
                    [Provide] Kept? Keep(State state = State.On) => null;
                    bool Allows(Kind kind = Kind.One) => true;
                    void Plain() { }
                }
            }
        }
        """;

    private const string Data = """
        namespace Acme.Data
        {
            public static class Limits { public const int Max = Names.Ten + 1; public enum Kind { One, Two } }
            public static class Names { public const int Ten = 10; }
            public enum State { On, Off }
            public record Kept(int N);
            public readonly struct Id : System.ISpanParsable<Id>
            {
                public static Id Parse(string s, System.IFormatProvider? p) => default;
                public static bool TryParse(string? s, System.IFormatProvider? p, out Id id) { id = default; return true; }
                public static Id Parse(System.ReadOnlySpan<char> s, System.IFormatProvider? p) => default;
                public static bool TryParse(System.ReadOnlySpan<char> s, System.IFormatProvider? p, out Id id) { id = default; return true; }
            }
            public record Item(string Name);
            public class Rest : RestBase { }
            public class RestBase { }
            public class Db { }
            public class Base { public void Hidden() { } }
            public class Middle : Base { }
            [System.Text.Json.Serialization.JsonSerializable(typeof(Item))] partial class Json : System.Text.Json.Serialization.JsonSerializerContext;
        }
        """;

    [Theory]
    // A type of a name that is used, nearer than the one that was meant
    [InlineData("Data.cs", "public class Db { }", "public class Db { } } namespace Acme.Shop { enum State { Left, Right }")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme { public class Id { } } namespace Acme.Data")]
    [InlineData("Data.cs", "public class Base {", "public class Base { public enum State { Up }")]
    [InlineData("Data.cs", "public class Middle : Base { }", "public class Middle : Base { public const string Path = \"/middle\"; }")]
    [InlineData("Data.cs", "public class Middle : Base { }", "public class Middle : Base { protected class Task<T> { } }")]
    [InlineData("Data.cs", "public class Base {", "public class Base { public new const int Max = 3;")]
    [InlineData("Data.cs", "public class Base {", "public class Base { class RouteTable { }")]
    [InlineData("Data.cs", "public class Base {", "public class Base { public class Paths { }")]
    [InlineData("Data.cs", "public class Base {", "public class Base { [Get(\"/base\")] string B() => \"\";")]
    [InlineData("Data.cs", "public class Base {", "public class Base { [Ge] string B() => \"\";")]
    [InlineData("Data.cs", "public class Base {", "class GeAttribute : Prebake.GetAttribute { } public class Base { [Ge] string B() => \"\";")]
    [InlineData("Data.cs", "public class Base {", "class GetAttribute : System.Attribute { } public class Base {")]
    [InlineData("Shop.cs", "void Plain()", "class GetAttribute(string path) : Attribute { } void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "enum State { Inner } void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "static string nameof(object o) => \"\"; void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "[Health] bool Ready() => true; void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "[Get(\"/new\")] string New(State state) => \"\"; void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "[Get(\"/new\")] string Const() => \"\"; void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "[Get(\"/new\")] string New( void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "[Get(\"/new\" void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "} void Plain()")]
    [InlineData("Shop.cs", "void Plain()", "{ void Plain()")]
    [InlineData("Shop.cs", "void Plain() { }", "void Plain() { } class Named { }")]
    [InlineData("Shop.cs", "bool Allows(", "string Allows(")]
    [InlineData("Shop.cs", "bool Allows(", "bool Forbids(")]
    [InlineData("Shop.cs", "bool Allows(Kind kind = Kind.One)", "bool Allows(Db db)")]
    [InlineData("Shop.cs", "void Plain() { }", "void Plain() { } bool Allows(int n) => true;")]
    [InlineData("Shop.cs", "[Provide] Kept?", "Kept?")]
    [InlineData("Shop.cs", "Kept? Keep", "Kept Keep")]
    [InlineData("Shop.cs", "[Provide] Kept?", "[Provide(Challenge = \"Basic\")] Kept?")]
    [InlineData("Shop.cs", "Kept(Kept kept)", "Kept(Kept? kept)")]
    [InlineData("Shop.cs", "void Plain() { }", "void Plain() { } [Provide] Kept? Twice() => null;")]
    [InlineData("Shop.cs", "Guard(nameof(Allows))", "Guard(\"Allows\"), Open")]
    [InlineData("Data.cs", "public record Kept(int N);", "public record struct Kept(int N);")]
    [InlineData("Data.cs", "public record Kept(int N);", "public record Kept(int N) : System.IDisposable { public void Dispose() { } }")]
    [InlineData("Data.cs", "public record Kept(int N);", "")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Shop { partial class Outer { [Guard(\"Allows\")] partial class App { } } } namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "[assembly: Routes(Guarded = true)] namespace Acme.Data")]
    [InlineData("Shop.cs", "void Plain() { }", "")]
    // What is behind a name
    [InlineData("Data.cs", "Ten = 10", "Ten = 20")]
    [InlineData("Data.cs", "const int Ten", "static int Ten")]
    [InlineData("Data.cs", "{ One, Two }", "{ One, Two, Three }")]
    [InlineData("Data.cs", "{ On, Off }", "{ On, [System.Obsolete(\"\", true)] Off }")]
    [InlineData("Data.cs", "enum State", "class State")]
    [InlineData("Data.cs", "public enum State", "[System.Flags] public enum State")]
    [InlineData("Data.cs", "public record Item", "public partial record Item")]
    [InlineData("Data.cs", "public record Item(string Name)", "public record struct Item(string Name)")]
    [InlineData("Data.cs", "public record Item(string Name);", "public record Item<T>(string Name);")]
    [InlineData("Data.cs", "public record Item(string Name);", "public static class More { public record Item(string Name); }")]
    [InlineData("Data.cs", "public record Item(string Name);", "")]
    [InlineData("Data.cs", "public class Rest : RestBase { }", "")]
    [InlineData("Data.cs", "class RestBase { }", "class RestBase : System.IDisposable { public void Dispose() { } }")]
    [InlineData("Data.cs", "class RestBase { }", "abstract class RestBase : System.IO.Stream { }")]
    [InlineData("Data.cs", "class RestBase { }", "interface RestBase { }")]
    [InlineData("Data.cs", "Id : System.ISpanParsable<Id>", "Id")]
    [InlineData("Data.cs", "public class Db { }", "class Db { }")]
    [InlineData("Data.cs", "public class Db { }", "public class Db { } public static class Limits { }")]
    [InlineData("Data.cs", "public static class Limits", "public static class Limits<T>")]
    [InlineData("Data.cs", "public static class Names", "public static class Names { } static class Others")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace System { public struct Guid2 { } public class Exception { } } namespace Acme.Data")]
    [InlineData("Data.cs", "public class Middle : Base", "public class Middle")]
    // What goes for everything
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Later")]
    [InlineData("Data.cs", "namespace Acme.Data", "[assembly: Routes(TrailingSlash = TrailingSlash.Redirect)] namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "global using static Acme.Data.Names; namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Shop { partial class Outer { [Routes(\"/api\")] partial class App { } } } namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Shop { class Outer { } } namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Shop { partial class Outer { partial class App { class State { } } } } namespace Acme.Data")]
    [InlineData("Data.cs", "namespace Acme.Data", "namespace Acme.Shop.State { class A { } } namespace Acme.Data")]
    [InlineData("Data.cs", "public enum State", "#if NEVER\n public class No { }\n#endif\n public enum State")]
    [InlineData("Data.cs", "public enum State", "#if NEVER\n public enum State")]
    [InlineData("Shop.cs", "using static Acme.Data.Limits;", "")]
    [InlineData("Shop.cs", "using static Acme.Data.Limits;", "using Kind = System.DayOfWeek; using static Acme.Data.Limits;")]
    [InlineData("Shop.cs", "using Acme.Data;", "")]
    [InlineData("Shop.cs", "partial class Outer", "partial class Outer<T>")]
    [InlineData("Shop.cs", "partial class Outer", "class Outer")]
    [InlineData("Shop.cs", "partial class App(Db db)", "partial class App(Db State)")]
    [InlineData("Shop.cs", "partial class App(Db db)", "partial record App(Db db)")]
    [InlineData("Shop.cs", "partial class App(Db db)", "[Routes(\"/v1\"), Header(\"A\", \"b\")] partial class App(Db db)")]
    [InlineData("Shop.cs", "[Get(\"/page\")]", "\n#nullable disable\n[Get(\"/page\")]")]
    [InlineData("Shop.cs", "[Get(\"/page\")]", "#region x\n[Get(\"/page\")]")]
    [InlineData("Shop.cs", "namespace Acme.Shop", "var State = 1; int Max() => 2; namespace Acme.Shop")]
    public void A_name_that_comes_to_mean_something_else_shows(string file, string before, string after)
    {
        string text = file == "Shop.cs" ? Shop : Data, other = file == "Shop.cs" ? "Data.cs" : "Shop.cs";
        string edited = text.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(text, edited);
        var editor = new Editor(("Shop.cs", Shop), ("Data.cs", Data));
        Assert.Null(editor.Edit(file, edited));
        Assert.Null(editor.Edit(file, "// moved\n" + edited));
        Assert.Null(editor.Edit(other, (other == "Shop.cs" ? Shop : Data).Replace("enum ", "/* moved */ enum ", StringComparison.Ordinal) + "\nclass Later { }"));
        Assert.Null(editor.Edit(file, text));
        Assert.Null(editor.Edit(other, other == "Shop.cs" ? Shop : Data));
    }

    [Theory]
    [InlineData("class Unrelated;")]
    [InlineData("using System.Text; namespace Acme.Data; class Unrelated { [Obsolete] int A() => 1; }")]
    [InlineData("")]
    [InlineData("global using static Acme.Data.Names;")]
    [InlineData("global using Id = System.Int32;")]
    [InlineData("using Id = System.Int32; namespace Acme.Shop; class Later { Id _id; }")]
    [InlineData("[assembly: Routes(Guarded = true)]")]
    [InlineData("#nullable disable\nnamespace Acme.Shop; enum State { Left, Right }")]
    [InlineData("namespace Acme { public class Id { } }")]
    [InlineData("namespace Acme.Shop.State { class A { } }")]
    [InlineData("namespace Acme.Shop.State;")]
    [InlineData("namespace Acme.Shop { namespace Kind { } }")]
    [InlineData("namespace System { public class Exception { } }")]
    [InlineData("class GetAttribute : System.Attribute { }")]
    [InlineData("namespace Acme.Shop; class RouteTable { }")]
    [InlineData("namespace Acme.Shop; static class More { public static string Plain(this Outer.App app) => \"\"; }")]
    [InlineData("namespace Acme.Shop; partial class Outer { partial class App { [Get(\"/new\")] string New(State state) => \"\"; } }")]
    [InlineData("namespace Acme.Shop; partial class Outer { [Routes(\"/api\")] partial class App { } }")]
    [InlineData("namespace Acme.Shop; partial class Outer { partial class App { enum State { Inner } } }")]
    [InlineData("namespace Acme.Shop; partial class Outer { partial class App { bool Allows(int n) => true; } }")]
    [InlineData("namespace Acme.Data; partial class Json { }")]
    [InlineData("namespace Acme.Data; public static class Limits { }")]
    [InlineData("var State = 1; int Max() => 2;")]
    [InlineData("namespace Acme.Shop; class Half { [Get(\"/half\"")]
    public void A_file_that_comes_or_goes_or_gets_another_name_shows_where_it_matters(string text)
    {
        foreach (int at in new[] { 1, 2, 3 })
        {
            var editor = new Editor(("Shop.cs", Shop), ("Data.cs", Data));
            Assert.Null(editor.Add("New.cs", text, at));
            Assert.Null(editor.Edit("Shop.cs", "// moved\n" + Shop));
            Assert.Null(editor.Rename("New.cs", "Other.cs"));
            Assert.Null(editor.Edit("Data.cs", Data.Replace("Ten = 10", "Ten = 20", StringComparison.Ordinal)));
            Assert.Null(editor.Edit("Other.cs", text + "\n// longer"));
            Assert.Null(editor.Remove("Other.cs"));
            Assert.Null(editor.Add("New.cs", text, at));
            Assert.Null(editor.Edit("New.cs", ""));
            Assert.Null(editor.Edit("Data.cs", Data));
        }
    }

    [Fact]
    public void A_file_with_routes_comes_and_goes_and_gets_another_name_and_place()
    {
        var editor = new Editor(("Shop.cs", Shop), ("Data.cs", Data));
        Assert.Null(editor.Rename("Shop.cs", "Store.cs"));
        Assert.Null(editor.Rename("Data.cs", "Shop.cs"));
        Assert.Null(editor.Add("Copy.cs", Shop, 1));
        Assert.Null(editor.Remove("Copy.cs"));
        Assert.Null(editor.Remove("Shop.cs"));
        Assert.Null(editor.Add("Shop.cs", Data, 0));
        Assert.Null(editor.Remove("Store.cs"));
        Assert.Null(editor.Add("Store.cs", Shop, 2));
        // Two of one name, neither of which is told from the other
        Assert.Null(editor.Add("Store.cs", "class Unrelated;", 1));
        Assert.Null(editor.Edit("Shop.cs", Data + "\nclass Later { }"));
    }

    // What a body is checked for is behind the name of its type, and behind the names in that
    private const string Checked = """
        partial class App
        {
            [Post("/orders")] string Add(Order order, Paging paging) => "";
            [Post("/read")] string Read(Reader reader) => "";
            [Get("/list")] string List([MaxLength(Limits.Most)] string[] tag) => "";
            [Validate] void Free(Order order, Errors errors) { }
        }
        """;

    private const string Shapes = """
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json.Serialization;
        static class Limits { public const int Most = 3; public const string Pattern = "[a-z]"; }
        public class Order : Dated { public Line First { get; set; } = new(); public List<Line>? Lines { get; set; } [Range(1, 2)] public int Count { get; set; } }
        public class Dated { [StringLength(Limits.Most)] public string? Day { get; set; } }
        public class Line { public string? Name { get; set; } [MinLength(1)] public string? Code { get; set; } public Deep? Deep { get; set; } }
        public class Deep { public string? Text { get; set; } }
        public sealed class EvenAttribute : ValidationAttribute { }
        [Parameters] public class Paging { public int Limit { get; set; } }
        public class Reader { public static Reader? Read(Request request) => null; }
        [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
        [JsonSerializable(typeof(Order)), JsonSerializable(typeof(Reader))] partial class AppJson : JsonSerializerContext;
        """;

    [Theory]
    [InlineData("Range(1, 2)", "Range(1, 3)")]
    [InlineData("[Range(1, 2)] ", "")]
    [InlineData("Most = 3", "Most = 4")]
    [InlineData("MinLength(1)", "MinLength(2)")]
    [InlineData("MinLength(1)", "MinLength(1), RegularExpression(Limits.Pattern)")]
    [InlineData("public string? Name", "[Required] public string? Name")]
    [InlineData("public string? Name", "[JsonPropertyName(\"n\")] public string? Name")]
    [InlineData("public string? Text", "[Required] public string? Text")]
    [InlineData("public string? Text", "[Even] public string? Text")]
    [InlineData("public string? Text", "public Order? Order { get; set; } public string? Text")]
    [InlineData("public Deep? Deep { get; set; }", "public Deep? Deep => null;")]
    [InlineData("public List<Line>? Lines { get; set; }", "public Dictionary<string, Line>? Lines { get; set; }")]
    [InlineData("public Line First", "public Deep First")]
    [InlineData("class Order : Dated", "class Order")]
    [InlineData("class Deep", "class Deep : IValidatableObject")]
    [InlineData("class EvenAttribute : ValidationAttribute", "class EvenAttribute : Attribute")]
    [InlineData("public int Limit", "[Range(1, 2)] public int Limit")]
    [InlineData("public int Limit", "[Query(\"l\")] public int Limit")]
    [InlineData("{ public int Limit", "{ public string? Order { get; set; } public int Limit")]
    [InlineData("[Parameters] public", "public")]
    [InlineData("Reader? Read(", "Reader? Bind(")]
    [InlineData("CamelCase", "SnakeCaseLower")]
    [InlineData("public class Line {", "public class Line { public required int Number { get; init; }")]
    public void A_rule_that_changes_shows(string before, string after)
    {
        string edited = Shapes.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(Shapes, edited);
        foreach ((string first, string second) in new[] { (Shapes, edited), (edited, Shapes) })
        {
            var editor = new Editor(("App.cs", "using System.ComponentModel.DataAnnotations;\n" + Checked), ("Other.cs", first));
            Assert.Null(editor.Edit("Other.cs", second));
            Assert.Null(editor.Edit("Other.cs", "// moved\n" + second));
            Assert.Null(editor.Edit("Other.cs", first));
        }
    }

    [Theory]
    [InlineData("[Validate] ", "")]
    [InlineData("Free(Order order", "Free(Line order")]
    [InlineData("void Free", "async Task Free")]
    [InlineData("MaxLength(Limits.Most)", "MaxLength(7)")]
    [InlineData("string[] tag", "List<int> tag")]
    [InlineData("[Post(\"/orders\")]", "[Post(\"/orders\"), Status(201)]")]
    [InlineData("Paging paging", "[Parameters] Paging paging")]
    public void A_handler_whose_rules_change_shows(string before, string after)
    {
        string app = "using System.ComponentModel.DataAnnotations;\n" + Checked, edited = app.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(app, edited);
        var editor = new Editor(("App.cs", app), ("Other.cs", Shapes));
        Assert.Null(editor.Edit("App.cs", edited));
        Assert.Null(editor.Edit("App.cs", app));
    }

    [Fact]
    public void A_route_typed_key_by_key_gives_what_a_first_look_gives()
    {
        const string Typed = "[Get(\"/new/{id}\")] public static string New(Id id, State? s = null) => Path;\n";
        const string Place = "[Get(\"/page\")]";
        var editor = new Editor(("Shop.cs", Shop), ("Data.cs", Data));
        for (int i = 1; i <= Typed.Length; i++) Assert.Null(editor.Edit("Shop.cs", Shop.Replace(Place, Typed[..i] + Place, StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Red, Green", "Red, Green, Blue")]
    [InlineData("\"/p\"", "\"/q\"")]
    [InlineData("Page = 1", "Page = 2")]
    [InlineData("\"one\" + Two()", "\"one\"")]
    [InlineData("class Base { }", "partial class Base { [Get(\"/base\")] string B() => \"\"; }")]
    [InlineData("class Thing { }", "class Thing : IDisposable { public void Dispose() { } }")]
    [InlineData("public class Thing", "[Obsolete(\"no\", true)] public class Thing")]
    [InlineData("record Order(int Id)", "record Order(int Id, string? Name = null)")]
    [InlineData("using System.Text", "global using G = Prebake.GetAttribute;\nusing System.Text")]
    [InlineData("using System.Text", "#nullable disable\nusing System.Text")]
    [InlineData("class Base { }", "class Base { } partial class App { class RouteTable { } class Paths { } }")]
    [InlineData("class Base { }", "class Base { } class GetAttribute : Attribute { public GetAttribute(string path) { } }")]
    [InlineData("class Base { }", "class Base { } [Routes(\"/api\")] partial class App { }")]
    [InlineData("/one/{id}", "/changed/{id}")]
    [InlineData("int id) { return \"\"; }", "int id) { return \"b\"; }")]
    [InlineData("[Mount(\"/in\")]", "[Mount(\"/other\")]")]
    [InlineData("[Mount(\"/in\")]", "")]
    [InlineData("s_inner = new()", "s_inner = null!")]
    [InlineData("partial class Inner", "class Inner")]
    [InlineData("\"/i\"", "\"/j\"")]
    [InlineData("C = \"c\"", "C = \"d\"")]
    [InlineData("[Routes(\"/i\")] partial class Inner", "[Routes(\"/i\")] partial record struct Inner")]
    [InlineData("[Get(\"/\")] string Root() => \"\";", "[Mount(\"/app\")] readonly App _app = new();")]
    [InlineData("static string Two() => \"two\"", "static string Two() => \"three\"")]
    [InlineData("class Base { }", "class Base { }\n\n// moved")]
    [InlineData("Talk : WebSocketHandler { }", "Talk : WebSocketHandler { protected override ValueTask Message(string text) => default; }")]
    [InlineData("class Chat : Talk", "partial class Chat : Talk")]
    [InlineData("Send(\"x\")", "Send(\"y\")")]
    [InlineData("override void Drain", "new void Drain")]
    public void An_edit_of_another_file_shows_where_it_matters(string before, string after)
    {
        Assert.Contains(before, Other, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", App), ("Other.cs", Other));
        Assert.Null(editor.Edit("Other.cs", Other.Replace(before, after, StringComparison.Ordinal)));
        // While what has moved is remembered, what moves again is found
        Assert.Null(editor.Edit("App.cs", "// moved\n\n" + App));
        Assert.Null(editor.Edit("App.cs", App.Replace("return new Order(1)", "/* moved */\n return new Order(2)", StringComparison.Ordinal)));
        Assert.Null(editor.Edit("Other.cs", Other));
    }

    [Theory]
    [InlineData("return new Order(1)", "return new Order(")]
    [InlineData("return \"a\" + Names.Prefix", "return \"b\" + Names.Prefix")]
    [InlineData("{ return new Order(1); }", "{ \n#nullable disable\n return new Order(1); }")]
    [InlineData("new Chat() : new Chat()", "new Chat() : new Talk()")]
    [InlineData("new Chat() : new Chat()", "Connect(x) : new Chat()")]
    [InlineData("\"/chat\"", "\"/chat\", Origins = [\"https://a\"]")]
    [InlineData("\"/chat\"", "\"/chat\", Origins = [\"https://a/\"]")]
    [InlineData("\"/order\"", "\"/orders\"")]
    [InlineData("\"/order\"", "\"/bad/:order\"")]
    [InlineData("\"/order\"", "\"/text\"")]
    [InlineData("\"/order\"", "\"/order")]
    [InlineData("string? q", "string q")]
    [InlineData("=> \"\";\n    [Get(\"/order\")]", "=> \"\" \n    [Get(\"/order\")]")]
    [InlineData("[Get(\"/x\")]", "// [Get(\"/x\")]\n")]
    [InlineData("[Get(\"/x\")]", "[Get(\"/x\"), Header(\"A\", \"b\")]")]
    [InlineData("[Get(\"/bad/:id\")] string Bad() => \"\";", "")]
    [InlineData("partial class App", "[Routes(\"/api\")] partial class App")]
    [InlineData("[Static(\"/method\")] string Method()", "[Static(\"/method\")] [Get(\"/get\")] string Method()")]
    public void An_edit_of_an_app_gives_what_a_first_look_gives(string before, string after)
    {
        Assert.Contains(before, App, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", App), ("Other.cs", Other));
        Assert.Null(editor.Edit("App.cs", App.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", "\n" + App.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", App));
    }

    private const string EnclosedApp = """
        partial class App
        {
            [Use] readonly Stamp _stamp = new();
            [Before] Response? Check(string? q) => null;
            [After] void Done(Response response) { }
            [Error] string On(Missing missing) => "";
            [Error] string Else(Problem problem) => "";
            [Get("/{id}")] string One(int id) => "";
            [Mount("/part")] readonly Part _part = new();
        }
        """;

    private const string Stamps = """
        public class Stamp : Base { [After] public void Put(Response response) { } }
        public class Base { [Before] public void Seen() { } }
        public class Missing : Problem { }
        public class Problem : Exception { }
        partial class Part { [Before] void Open() { } [Get("/{id}")] string One(Guid id) => ""; [Static("/c")] const string C = "c"; }
        """;

    [Theory]
    [InlineData("[After] public void Put", "public void Put")]
    [InlineData("[After] public void Put", "[After] void Put")]
    [InlineData("void Put(Response response) { }", "async Task Put(Response response, int n = 1) => await Task.Yield();")]
    [InlineData("[Before] public void Seen() { }", "")]
    [InlineData("Stamp : Base", "Stamp")]
    [InlineData("public class Stamp", "public interface IOther { } public abstract class Stamp")]
    [InlineData("Missing : Problem", "Missing : Exception")]
    [InlineData("Problem : Exception", "Problem : HttpRequestException")]
    [InlineData("Missing : Problem", "Missing")]
    [InlineData("[Before] void Open() { }", "")]
    [InlineData("[Before] void Open() { }", "[Before(Constants = false)] void Open() { }")]
    [InlineData("[Before] void Open() { }", "[Before] async Task Open() => await Task.Yield();")]
    [InlineData("partial class Part", "partial class App { [Before] void Other() { } } partial class Part")]
    [InlineData("partial class Part", "[assembly: SecurityHeaders] partial class Part")]
    [InlineData("partial class Part", "[SecurityHeaders(FrameOptions = \"x\")] partial class Part")]
    public void An_edit_of_what_stands_around_shows_where_it_matters(string before, string after)
    {
        Assert.Contains(before, Stamps, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", EnclosedApp), ("Other.cs", Stamps));
        string edited = Stamps.Replace(before, after, StringComparison.Ordinal);
        if (edited.Contains("[assembly", StringComparison.Ordinal)) edited = "[assembly: SecurityHeaders]\n" + Stamps;
        Assert.Null(editor.Edit("Other.cs", edited));
        Assert.Null(editor.Edit("App.cs", "// moved\n\n" + EnclosedApp));
        Assert.Null(editor.Edit("Other.cs", Stamps));
    }

    [Theory]
    [InlineData("[Before] Response? Check(string? q) => null;\n    [After] void Done(Response response) { }", "[After] void Done(Response response) { }\n    [Before] Response? Check(string? q) => null;")]
    [InlineData("[Use] readonly Stamp _stamp = new();\n", "")]
    [InlineData("[Use] readonly Stamp _stamp = new();", "[Use] readonly Stamp _stamp = new(), _other = new();")]
    [InlineData("[Use] readonly Stamp", "[Use(Constants = false)] readonly Stamp")]
    [InlineData("[After] void Done", "[After] [Before] void Done")]
    [InlineData("Response? Check", "int Check")]
    [InlineData("Response? Check(string? q) => null;", "async Task<Response?> Check() { await Task.Yield(); return null; }")]
    [InlineData("[Error] string On(Missing missing)", "[Error] string On(Problem missing)")]
    [InlineData("[Error] string On(Missing missing)", "[Error] string On()")]
    [InlineData("[Get(\"/{id}\")] string One(int id) => \"\";", "")]
    public void An_edit_of_a_class_with_steps_gives_what_a_first_look_gives(string before, string after)
    {
        Assert.Contains(before, EnclosedApp, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", EnclosedApp), ("Other.cs", Stamps));
        Assert.Null(editor.Edit("App.cs", EnclosedApp.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", "\n" + EnclosedApp.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", EnclosedApp));
    }

    [Theory]
    [InlineData("[Get(\"/a\")] string A() => \"\";")]
    [InlineData("[WebSocket(\"/a\")] Chat A() => new();")]
    [InlineData("[Static(\"/s\")] const string S = \"\"; [Directory(\"/d\", \"d\")] class Inner { }")]
    public void A_route_in_front_of_others_gives_them_new_numbers(string route)
    {
        const string Sockets = "partial class App { [WebSocket(\"/b\")] Chat B() => new(); [WebSocket(\"/{c}\", IdleTimeout = 1)] Chat C(int c) => new(); }\nclass Chat : WebSocketHandler { }";
        string more = Sockets.Replace("App { ", "App { " + route, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", Sockets), ("Other.cs", ""));
        Assert.Null(editor.Edit("App.cs", more));
        Assert.Null(editor.Edit("App.cs", "\n" + more));
        Assert.Null(editor.Edit("App.cs", Sockets));
    }

    [Fact]
    public void What_has_a_number_of_its_own_gets_another_when_something_comes_in_front_of_it()
    {
        const string Sockets = """
            class Chat : WebSocketHandler { public override void Message(WebSocket socket, string text) { } }
            [Directory("/files", "files")]
            partial class App
            {
                [Get("/a")] string A() => "";
                [WebSocket("/chat")] WebSocketHandler Talk() => new Chat();
                [WebSocket("/more", IdleTimeout = 30)] WebSocketHandler More() => new Chat();
            }
            """;
        var editor = new Editor(("App.cs", Sockets));
        Assert.Null(editor.Edit("App.cs", Sockets.Replace("[WebSocket(\"/chat\")]", "[WebSocket(\"/all\", IdleTimeout = 9)] WebSocketHandler All() => new Chat(); [WebSocket(\"/chat\")]", StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", Sockets.Replace("[WebSocket(\"/chat\")] WebSocketHandler Talk() => new Chat();", "", StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", Sockets.Replace("[Get(\"/a\")] string A() => \"\";", "", StringComparison.Ordinal)));
    }

    private const string Contexts = """
        using System.Text.Json.Serialization;
        partial class App
        {
            [Get("/one")] One A() => new(1);
            [Post("/two")] Outer.Two B(Outer.Two two) => two;
            [Get("/list")] List<One> C() => [];
            [Static("/constant")] static One D => new(1);
        }
        record One(int Id);
        class Outer { internal record Two(string Text); }
        [JsonSerializable(typeof(One))]
        [JsonSerializable(typeof(Outer.Two)), JsonSerializable(typeof(List<One>))]
        partial class AppJson : Middle;
        abstract class Middle(JsonSerializerOptions? options) : JsonSerializerContext(options);
        """;

    [Theory]
    [InlineData("record One(int Id)", "record One(string Id)")]
    [InlineData("record One(int Id)", "namespace Shop { record One(int Id); } record Unrelated(int Id)")]
    [InlineData("internal record Two", "private record Two")]
    [InlineData("class Outer {", "class Outer<T> {")]
    [InlineData("[JsonSerializable(typeof(One))]\n", "")]
    [InlineData("[JsonSerializable(typeof(One))]", "[JsonSerializable(typeof(One), TypeInfoPropertyName = \"Uno\")]")]
    [InlineData("[JsonSerializable(typeof(One))]", "[JsonSerializable(typeof(One)), JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]")]
    [InlineData(": Middle;", ": Middle { public int Own => 1; }")]
    [InlineData(": Middle;", ": Middle; partial class AppJson { int _own; }")]
    [InlineData(": Middle;", ": Middle; [JsonSourceGenerationOptions(WriteIndented = true)] partial class AppJson;")]
    [InlineData(": Middle;", ": Middle; [JsonSerializable(typeof(int))] partial class AppJson;")]
    [InlineData(": JsonSerializerContext(options)", "")]
    [InlineData("partial class AppJson", "class Around { partial class AppJson : Middle; } partial class Other")]
    [InlineData("abstract class Middle", "class JsonSerializableAttribute(Type type) : Attribute; abstract class Middle")]
    public void Contexts_of_JSON_are_what_they_are_now(string before, string after)
    {
        Assert.Contains(before, Contexts, StringComparison.Ordinal);
        string edited = Contexts.Replace(before, after, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", Contexts), ("Other.cs", ""));
        Assert.Null(editor.Edit("Other.cs", "class Elsewhere { int A() => 1; }"));
        Assert.Null(editor.Edit("App.cs", edited));
        Assert.Null(editor.Edit("App.cs", edited.Replace("=> new(1);", "=> new(2);", StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", "// moved\n" + edited));
        Assert.Null(editor.Edit("App.cs", Contexts));
    }

    private const string Named = """
        partial class App : Base { [Get("/a/{id}")] string A(int id) => Paths.A(id); }
        class Base : Root { }
        class Root { protected class Nothing { } }
        partial class Other { [Get("/b")] string B() => ""; }
        """;

    [Theory]
    [InlineData("class Root { protected class Nothing", "class Root { protected class Paths")]
    [InlineData("class Root { protected class Nothing", "class Root { protected class RouteTable")]
    [InlineData("class Base : Root { }", "class Base : Hidden { }")]
    [InlineData("class App : Base {", "class App : Hidden {")]
    [InlineData("partial class App : Base { ", "partial class App : Base { int RouteTable => 1; ")]
    [InlineData("partial class App : Base { [Get(\"/a/{id}\")] string A(int id) => Paths.A(id); }", "class Around { class Paths { } partial class App { [Get(\"/a/{id}\")] string A(int id) => \"\"; } }")]
    public void A_name_that_is_taken_now_is_not_given(string before, string after)
    {
        Assert.Contains(before, Named, StringComparison.Ordinal);
        var editor = new Editor(("App.cs", Named), ("Other.cs", "class Hidden { protected class Paths { } }"));
        Assert.Null(editor.Edit("App.cs", Named.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", "\n" + Named.Replace(before, after, StringComparison.Ordinal)));
        Assert.Null(editor.Edit("App.cs", Named));
    }

    [Fact]
    public void Places_are_where_things_are_after_edits_in_front_of_them_and_behind()
    {
        // Each of these has a mistake, which is said at its place
        const string Members = """
                [Get("/a")] string A() => ""; [Get("/:b")] string B() => ""; [Get("/a")] string C() => "";
                [Get("/d/{d}")] string D(int other,
                    int d) => ""; /* */ [Get("/e/{f}")] string E(int e) => "";
                string Body() => "one";
                [Get("/f/:f")]
                string F() => "";
            """;
        var editor = new Editor(("App.cs", "partial class App {\n" + Members + "}"));
        foreach (string front in new[] { "/**/", "\n", "int X() => 1; ", "int Y() => 1;\n\n", "" })
        foreach (string body in new[] { "one", "two and\n more", "" })
        foreach (string end in new[] { "", "int Z() => 1;", "\n\n" })
        foreach (string app in new[] { "partial class App {\n", "/* */ partial class App { ", "namespace N; partial class App {\n" })
            Assert.Null(editor.Edit("App.cs", app + front + Members.Replace("\"one\"", "@\"" + body + "\"", StringComparison.Ordinal) + end + "}"));
    }

    [Fact]
    public void Random_edits_give_what_a_first_look_gives()
    {
        int seed = int.TryParse(Environment.GetEnvironmentVariable("PREBAKE_FUZZ_SEED"), CultureInfo.InvariantCulture, out int given) ? given : Environment.TickCount;
        var failures = new ConcurrentBag<string>();
        Parallel.For(0, 4, worker =>
        {
            var random = new Random(seed + worker);
            for (int i = 0; i < 12 && failures.IsEmpty; i++)
            {
                string source = Corpus.All[random.Next(Corpus.All.Length)], second = Corpus.All[random.Next(Corpus.All.Length)];
                var editor = new Editor(("App.cs", source), ("Other.cs", second));
                for (int edit = 0; edit < 6; edit++)
                {
                    (string file, string text) = random.Next(3) == 0 ? ("Other.cs", second = Changed(second, random)) : ("App.cs", source = Changed(source, random));
                    if (editor.Edit(file, text) is { } wrong) failures.Add($"{wrong}\n--- {file}\n{text}");
                }
            }
        });

        Assert.True(failures.IsEmpty, $"PREBAKE_FUZZ_SEED={seed}\n" + failures.FirstOrDefault());
    }

    /// <summary>As an editor would: a few characters typed, taken away, or a line copied.</summary>
    private static string Changed(string source, Random random)
    {
        if (source.Length == 0) return "class A { }";

        int at = random.Next(source.Length), length = Math.Min(random.Next(1, 12), source.Length - at), end = source.IndexOf('\n', at);
        return random.Next(8) switch
        {
            // A declaration of a name that is in use, at the end of some line
            5 or 6 => (end < 0 ? source.Length : end) is var line ? source.Insert(line, "\n" + Declaration(NameIn(source, random), random)) : source,
            // One name in place of another
            7 => NameIn(source, random) is var name ? source[..at] + source[at..].Replace(name, NameIn(source, random), StringComparison.Ordinal) : source,
            0 => source.Insert(at, "\n// a comment\n"),
            1 => source.Insert(at, "x"),
            2 => source.Remove(at, length),
            3 => source.Insert(at, " \""),
            _ => end < 0 ? source + source : source.Insert(end, "\n" + source[at..end]),
        };
    }

    private static string NameIn(string source, Random random)
    {
        string[] names = [.. Words().Matches(source).Select(match => match.Value)];
        return names.Length == 0 ? "A" : names[random.Next(names.Length)];
    }

    private static string Declaration(string name, Random random) => string.Format(CultureInfo.InvariantCulture, s_declarations[random.Next(s_declarations.Length)], name);

    private static readonly string[] s_declarations =
    [
        "class {0} {{ }}", "class {0}Attribute : System.Attribute {{ }}", "public const string {0} = \"/other\";", "enum {0} {{ One, Two }}", "struct {0} {{ }}",
        "partial class {0} {{ [Get(\"/added\")] string Added() => \"\"; }}", "class {0} : System.IDisposable {{ public void Dispose() {{ }} }}", "using static {0};",
        "using {0} = System.String;", "public static int {0}() => 1;", "[Get(\"/added/{{{0}}}\")] string {0}(int {0}) => \"\";", "namespace {0} {{ }}", "interface {0}<T> {{ }}",
        "[Obsolete(\"\", true)] partial class {0} {{ }}", "}} class {0} {{",
    ];

    [GeneratedRegex(@"[A-Za-z_]\w*")] private static partial Regex Words();

    /// <summary>A driver that sees one edit after the other, beside one that sees each state for the first time.</summary>
    private sealed class Editor
    {
        private GeneratorDriver _driver = Harness.Driver(track: false);
        private CSharpCompilation _compilation;

        public Editor(params (string Path, string Text)[] files)
        {
            _compilation = Harness.Compile("", kind: OutputKind.ConsoleApplication).RemoveAllSyntaxTrees()
                .AddSyntaxTrees(files.Prepend(("Usings.cs", Harness.Usings)).Select(file => Parse(file.Item1, file.Item2)));
            _driver = _driver.RunGenerators(_compilation);
        }

        /// <summary>What differs, or null.</summary>
        public string? Edit(string path, string text) => Look(_compilation.ReplaceSyntaxTree(TreeOf(path), Parse(path, text)));

        private string? Look(CSharpCompilation compilation)
        {
            _compilation = compilation;
            _driver = _driver.RunGenerators(_compilation);
            string now = Describe(_driver), fresh = Describe(Harness.Driver(track: false).RunGenerators(_compilation));
            if (now == fresh) return null;

            (string Now, string Fresh) first = now.Split('\n').Zip(fresh.Split('\n')).FirstOrDefault(pair => pair.First != pair.Second);
            return $"first line that differs:\n{first.Now}\n{first.Fresh}\nremembered:\n{now}\nfresh:\n{fresh}";
        }

        /// <summary>Puts a file in front of the one with a number.</summary>
        public string? Add(string path, string text, int at)
        {
            List<SyntaxTree> trees = [.. _compilation.SyntaxTrees];
            trees.Insert(at, Parse(path, text));
            return Look(_compilation.RemoveAllSyntaxTrees().AddSyntaxTrees(trees));
        }

        public string? Remove(string path) => Look(_compilation.RemoveSyntaxTrees(TreeOf(path)));

        public string? Rename(string path, string now) => Look(_compilation.ReplaceSyntaxTree(TreeOf(path), Parse(now, TreeOf(path).ToString())));

        private SyntaxTree TreeOf(string path) => _compilation.SyntaxTrees.Single(tree => tree.FilePath == path);

        private static SyntaxTree Parse(string path, string text) => CSharpSyntaxTree.ParseText(text, Harness.ParseOptions, path, System.Text.Encoding.UTF8);

        private static string Describe(GeneratorDriver driver)
        {
            GeneratorRunResult result = driver.GetRunResult().Results.Single();
            return string.Join("\n", result.Diagnostics
                    .Select(diagnostic => $"{diagnostic} {diagnostic.Location.SourceSpan} {string.Join(" ", diagnostic.AdditionalLocations)}").Order(StringComparer.Ordinal))
                + result.Exception
                + string.Join("\n", result.GeneratedSources.OrderBy(source => source.HintName, StringComparer.Ordinal).Select(source => source.HintName + "\n" + source.SourceText));
        }
    }
}
