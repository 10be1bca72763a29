using System.Collections.Concurrent;
using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>What the generator remembers from before an edit never shows: it gives what one gives that sees the sources for the first time.</summary>
public sealed class MemoryTests
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
        [JsonSerializable(typeof(Order))] partial class AppJson : JsonSerializerContext;
        """;

    [Fact]
    public void A_socket_whose_number_an_edit_changes_keeps_its_options()
    {
        const string Source = "partial class App { [WebSocket(\"/m\")] Chat Connect() => new(); } class Chat : WebSocketHandler { }";
        var editor = new Editor(("App.cs", Source), ("Other.cs", "partial class App { }"));
        Assert.Null(editor.Edit("Other.cs", "partial class App { [Get(\"/a\")] string A() => \"\"; }"));
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
        return random.Next(5) switch
        {
            0 => source.Insert(at, "\n// a comment\n"),
            1 => source.Insert(at, "x"),
            2 => source.Remove(at, length),
            3 => source.Insert(at, " \""),
            _ => end < 0 ? source + source : source.Insert(end, "\n" + source[at..end]),
        };
    }

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
        public string? Edit(string path, string text)
        {
            _compilation = _compilation.ReplaceSyntaxTree(_compilation.SyntaxTrees.Single(tree => tree.FilePath == path), Parse(path, text));
            _driver = _driver.RunGenerators(_compilation);
            string now = Describe(_driver), fresh = Describe(Harness.Driver(track: false).RunGenerators(_compilation));
            return now == fresh ? null : $"remembered:\n{now}\nfresh:\n{fresh}";
        }

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
