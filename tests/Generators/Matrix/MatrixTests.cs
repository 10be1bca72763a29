using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests.Matrix;

/// <summary>Names, types and settings that no emitted code may break on: it compiles without a warning, with every warning an error, and answers right.</summary>
public sealed class MatrixTests
{
    // Keywords, contextual ones, other scripts, and every name that emitted code has used for something of its own
    private static readonly string[] s_names =
    [
        "class", "int", "string", "event", "record", "file", "var", "field", "value", "await", "async", "yield", "nint", "dynamic", "global", "partial", "required", "scoped", "where", "group", "type",
        "größe", "名前", "Ünï", "_", "__", "_1", "exchange", "error", "_app", "TryParse", "TryParseOne", "route", "method", "path", "after", "seen", "query", "text", "more", "one", "Bind", "Prebake", "System",
        "path_", "query_", "result_", "segment_", "segment__2", "__path", "__query", "__segment1", "RouteTable", "Paths", "App", "CallPath0", "Walk", "Find", "Json", "Describe", "exchangeValue", "_appValue",
    ];

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Parameters_may_have_any_name(bool debug)
    {
        var source = new StringBuilder("public enum Color { Red, Green }\npublic partial class App\n{\n");
        for (int i = 0; i < s_names.Length; i++)
        {
            string name = s_names[i], code = "@" + name;
            source.Append(CultureInfo.InvariantCulture, $$"""
                [Get("/path{{i}}/{{{name}}}")] string Path{{i}}(int {{code}}) => "p" + {{code}};
                [Get("/affixed{{i}}/a{{{name}}}-{{{name}}_}.x")] string Affixed{{i}}(string {{code}}, ReadOnlySpan<char> {{name}}_) => $"{ {{code}} }{ {{name}}_ }";
                [Get("/query{{i}}")] string Query{{i}}(int? {{code}}, int {{name}}_, int {{name}}__, Color {{name}}_value, int? {{name}}_value_2 = 3) => $"{ {{code}} } { {{name}}_ } { {{name}}__ } { {{name}}_value } { {{name}}_value_2 }";
                [Get("/rest{{i}}/{*{{name}}}")] string Rest{{i}}(string {{code}}, string? {{name}}_, Request {{name}}__) => {{code}} + {{name}}_;
                [Post("/body{{i}}")] string Body{{i}}([Body] string {{code}}, int {{name}}_ = 4) => {{code}} + {{name}}_;

                """);
        }

        RouteTable table = Harness.Generate(source.Append('}').ToString(), debug).AssertClean().Table();
        for (int i = 0; i < s_names.Length; i++)
        {
            string name = Uri.EscapeDataString(s_names[i]);
            Assert.Equal("text p7", FakeExchange.Send(table, "GET", $"/path{i}/7"));
            Assert.Equal("text bc", FakeExchange.Send(table, "GET", $"/affixed{i}/ab-c.x"));
            Assert.Equal("text 1 2 3 Green 3", FakeExchange.Send(table, "GET", $"/query{i}", $"{name}=1&{name}_=2&{name}__=3&{name}_value=green"));
            Assert.Equal("text x/yz", FakeExchange.Send(table, "GET", $"/rest{i}/x/y", $"{name}_=z"));
            Assert.Equal("text b4", FakeExchange.Send(table, "POST", $"/body{i}", body: "b"));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Members_classes_and_enums_may_have_any_name(bool debug)
    {
        foreach (string[] some in s_names.Where(name => name is not ("_" or "App" or "System" or "Prebake" or "Bind")).Chunk(20))
        {
            var source = new StringBuilder();
            foreach (string name in some)
            {
                string code = "@" + name;
                source.Append(CultureInfo.InvariantCulture, $$"""
                    namespace N_{{name}}
                    {
                        public enum {{code}}E { {{code}}, other }
                        public partial class {{code}}
                        {
                            [Get("/a/{x}")] string {{code}}_A({{code}}E x) => "a" + (int)x;
                            [Static("/s")] static string {{code}}_S => "s" + Environment.NewLine.Length;
                            [Fetch] string {{code}}_F() => "f";
                        }
                    }
                    namespace M_{{name}} { public partial class App { [Get("/")] string {{code}}() => "m"; } }

                    """);
            }

            Generated generated = Harness.Generate(Harness.Compile(source.ToString(), debug)).AssertClean();
            System.Reflection.Assembly assembly = generated.Load();
            foreach (string name in some)
            {
                Assert.Equal("text a0", FakeExchange.Send(Generated.Table(assembly, $"N_{name}.{name}"), "GET", "/a/" + Uri.EscapeDataString(name)));
                Assert.Equal("text f", FakeExchange.Send(Generated.Table(assembly, $"N_{name}.{name}"), "GET", "/none"));
                Assert.Equal("text m", FakeExchange.Send(Generated.Table(assembly, $"M_{name}.App"), "GET", "/"));
            }
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_obsolete_as_an_error_is_still_served(bool debug)
    {
        RouteTable table = Harness.Generate("""
            [Obsolete("x", true)] public enum Old { A }
            public enum New { A, [Obsolete("x", true)] B }
            [Obsolete("x", true), Flags] public enum Bits { A = 1, B = 2 }
            public partial class App
            {
                [Obsolete("x", true), Get("/a/{x}")] string A(int x) => "a" + x;
                [Obsolete("x", true), Get("/old/{x}")] string B(Old x) => "old" + x;
                [Obsolete("x", true), Get("/bits/{x}")] string B(Bits x) => "bits" + (int)x;
                [Get("/new/{x}")] string C(New x) => "new" + (int)x;
                [Obsolete("x", true), Static("/s")] static string S => "s" + Environment.NewLine.Length;
                [Obsolete("x", true), Error] string E() => "error";
            }
            """, debug).AssertClean().Table();
        Assert.Equal("text a7", FakeExchange.Send(table, "GET", "/a/7"));
        Assert.Equal("text oldA", FakeExchange.Send(table, "GET", "/old/a"));
        Assert.Equal("text bits3", FakeExchange.Send(table, "GET", "/bits/a,b"));
        Assert.Equal("text new1", FakeExchange.Send(table, "GET", "/new/b"));
    }

    [Fact]
    public void Of_two_overloads_the_one_with_the_attribute_is_called()
    {
        RouteTable table = Harness.Generate("""
            public struct Point { public int X { get; set; } }
            public partial class App
            {
                [Get("/a/{x}")] string A(int x) => "value" + x;
                [Get("/b/{x}")] string A(in int x) => "in" + x;
                [Get("/c")] string C(Request request, int? n, string? s = "s", CancellationToken aborted = default) => "value";
                [Get("/d")] string C(in Request request, in int? n, in string? s = "s", in CancellationToken aborted = default) => "in" + n + s;
                [Get("/e/{x}")] string E(ReadOnlySpan<char> x) => "value";
                [Get("/f/{x}")] string E(in ReadOnlySpan<char> x) => "in" + x.ToString();
                [Error] string F(in Exception error, in Server server) => "";
            }
            """).AssertClean().Table();
        foreach ((string path, string query, string expected) in new[] { ("/a/1", "", "value1"), ("/b/1", "", "in1"), ("/c", "", "value"), ("/d", "n=2", "in2s"), ("/e/y", "", "value"), ("/f/y", "", "iny") })
            Assert.Equal("text " + expected, FakeExchange.Send(table, "GET", path, query));
    }

    [Fact]
    public void Constants_of_dates_and_decimals_are_default_values()
    {
        RouteTable table = Harness.Generate("""
            using System.Runtime.CompilerServices; using System.Runtime.InteropServices;
            public partial class App
            {
                [Get("/a")] string A([Optional, DateTimeConstant(5L)] DateTime d) => "d" + d.Ticks;
                [Get("/b")] string B([Optional, DecimalConstant(1, 0, 0u, 0u, 15u)] decimal d) => d.ToString(System.Globalization.CultureInfo.InvariantCulture);
            }
            """).AssertClean().Table();
        Assert.Equal("text d5", FakeExchange.Send(table, "GET", "/a"));
        Assert.Equal("text 1.5", FakeExchange.Send(table, "GET", "/b"));
    }

    [Fact]
    public void Types_of_the_users_that_are_called_as_ours_stay_his()
    {
        Generated generated = Harness.Generate("""
            namespace Mine { public static class RouteTable { public static string Value => "table"; } public static class Paths { public static string Value => "paths"; } }
            namespace Theirs { using Mine; public partial class App { [Get("/")] string A() => RouteTable.Value + Paths.Value; } }
            public partial class RouteTable { [Get("/")] string A() => "app"; }
            public partial class Paths { [Get("/")] string A() => "links"; }
            public class Old { protected static string RouteTable => "r"; protected static string Paths => "p"; }
            public partial class App : Old { [Get("/")] string A() => RouteTable + Paths; }
            """).AssertClean();
        System.Reflection.Assembly assembly = generated.Load();
        Assert.Equal("text tablepaths", FakeExchange.Send(Generated.Table(assembly, "Theirs.App"), "GET", "/"));
        Assert.Equal("text app", FakeExchange.Send(Generated.Table(assembly, "RouteTable"), "GET", "/"));
        Assert.Equal("text links", FakeExchange.Send(Generated.Table(assembly, "Paths"), "GET", "/"));
        Assert.Equal("text rp", FakeExchange.Send(Generated.Table(assembly), "GET", "/"));
    }

    [Fact]
    public void Sets_of_methods_may_be_any()
    {
        // A static GET beside a HEAD of its own was once a constant called like the table's GetStatic
        RouteTable table = Harness.Generate("""
            public partial class App
            {
                [Static("/a")] const string A = "a";
                [Head("/a")] Response? H() => null;
                [Route("/b", "A", "B")] string B() => "b";
                [Route("/c", "A_B")] string C() => "c";
                [Route("/d", "A-B", "!")] string D() => "d";
                [Get("/overload/{x}")] string Over(int x) => "int";
                [Get("/overload/{x}/{y}")] string Over(int x, int y) => "two";
                [Get("/overload/{x}/{y}/{z}")] string Over_2(int x, int y, int z) => "three";
                [Get("/link/{x}")] string Link(string x) => "x";
                [Get("/link")] string Link(string? x, int y) => "y";
            }
            """).AssertClean().Table();
        Assert.StartsWith("static", FakeExchange.Send(table, "GET", "/a"));
        Assert.Equal("text b", FakeExchange.Send(table, "B", "/b"));
        Assert.Equal("text c", FakeExchange.Send(table, "A_B", "/c"));
        Assert.Equal("text two", FakeExchange.Send(table, "GET", "/overload/1/2"));
        Assert.Equal("text three", FakeExchange.Send(table, "GET", "/overload/1/2/3"));
    }

    public static TheoryData<NullableContextOptions, string, string, bool> Settings
    {
        get
        {
            var rows = new TheoryData<NullableContextOptions, string, string, bool>();
            string[] marks = ["", "[Obsolete]", "[Obsolete(\"gone\", true)]", "[System.Diagnostics.CodeAnalysis.Experimental(\"X1\")]"];
            string[] containers = ["{0}", "namespace @event.@class {{ {0} }}", "public static partial class Outer {{ {0} }}", "internal partial record struct Outer {{ private partial class Inner {{ {0} }} }}"];
            int row = 0;
            foreach (NullableContextOptions nullable in Enum.GetValues<NullableContextOptions>())
                foreach (string mark in marks)
                    foreach (string container in containers)
                        // Every second one as a debug build, so that each setting meets both
                        rows.Add(nullable, mark, container, row++ / 2 % 2 == 0);

            return rows;
        }
    }

    [Theory, MemberData(nameof(Settings))]
    public void No_setting_and_no_mark_shows_in_emitted_code(NullableContextOptions nullable, string mark, string container, bool debug)
    {
        string app = $$"""
            {{mark}} public enum Color { {{mark}} Red, Green }
            {{mark}} public sealed class Todo { public string Title { get; set; } = ""; }
            {{mark}} public partial class App
            {
                {{mark}} [Get("/a/{color}")] {{mark}} string A(Color color, Color? other = null) => color.ToString();
                {{mark}} [Static("/s")] static string S => "s" + Environment.NewLine;
                {{mark}} [Static("/c")] const string C = "c";
                {{mark}} [Get("/p")] async IAsyncEnumerable<string> Pieces() { yield return "a"; await Task.Yield(); }
                {{mark}} [Get("/t")] Task<string> T(string text) => Task.FromResult(text);
                {{mark}} [Get("/u")] ValueTask<Response> U(ReadOnlySpan<char> chars) => default;
                {{mark}} [Post("/b")] byte[] B([Body] byte[] body, [Header("X")] string header, [Cookie] int cookie = 1) => body;
                {{mark}} [Fetch] Response F(Request request, Server server, CancellationToken token) => null;
                {{mark}} [Error] string E(Exception error) => error.Message;
                {{mark}} [Health] bool H() => true;
            }
            """.Replace("{{mark}} [Get(\"/a", "[Get(\"/a", StringComparison.Ordinal);
        // An attribute twice is an error of the user's
        app = mark.Length == 0 ? app : app.Replace("[Get(\"/a/{color}\")] " + mark, "[Get(\"/a/{color}\")]", StringComparison.Ordinal);
        string source = "#nullable " + (nullable.HasFlag(NullableContextOptions.Enable) ? "enable" : "disable") + "\n" + string.Format(CultureInfo.InvariantCulture, container, app);

        var parse = Harness.ParseOptions.WithDocumentationMode(DocumentationMode.Diagnose);
        CSharpCompilation compilation = Harness.Compile(source, debug, parse: parse);
        compilation = compilation.WithOptions(compilation.Options.WithNullableContextOptions(nullable).WithGeneralDiagnosticOption(ReportDiagnostic.Error).WithWarningLevel(9999).WithOverflowChecks(true));

        Generated generated = Harness.Generate(compilation, parse);
        Assert.Empty(generated.Diagnostics);
        AssertEmittedIsClean(generated);
    }

    [Theory]
    [InlineData("List<string?>")]
    [InlineData("Dictionary<string, string?>")]
    [InlineData("Todo?[]")]
    [InlineData("Task<List<string?>>")]
    [InlineData("ValueTask<Todo?[]?>")]
    [InlineData("IAsyncEnumerable<Todo?>")]
    public void What_may_be_null_inside_a_result_or_a_body_gives_no_warning(string type)
    {
        string body = type.Contains("Task") || type.Contains("Async") ? "Todo?[]" : type;
        Generated generated = Harness.Generate(Harness.Compile($$"""
            using System.Text.Json.Serialization;
            public record Todo(string? Title);
            [JsonSerializable(typeof(Todo)), JsonSerializable(typeof(List<string>)), JsonSerializable(typeof(Dictionary<string, string>)), JsonSerializable(typeof(Todo[]))]
            public partial class AppJson : JsonSerializerContext;
            public partial class App { [Post("/")] {{type}} A({{body}} body) => throw new InvalidOperationException(); }
            """ + Json.Half("AppJson", ("Todo", "Todo"), ("List<string>", "ListString"), ("Dictionary<string, string>", "DictionaryStringString"), ("Todo[]", "TodoArray")))).AssertClean();
        AssertEmittedIsClean(generated);
    }

    [Theory]
    [InlineData("double", "double.NaN")]
    [InlineData("double", "double.NegativeInfinity")]
    [InlineData("double", "double.PositiveInfinity")]
    [InlineData("double", "double.Epsilon")]
    [InlineData("double", "-0.0")]
    [InlineData("double", "double.MaxValue")]
    [InlineData("float", "float.NaN")]
    [InlineData("float", "float.NegativeInfinity")]
    [InlineData("float", "float.PositiveInfinity")]
    [InlineData("float", "float.MaxValue")]
    [InlineData("decimal", "decimal.MinValue")]
    [InlineData("int", "int.MinValue")]
    [InlineData("long", "long.MinValue")]
    [InlineData("ulong", "ulong.MaxValue")]
    [InlineData("sbyte", "sbyte.MinValue")]
    [InlineData("uint", "uint.MaxValue")]
    [InlineData("char", "'\\u2028'")]
    [InlineData("char", "'\\ud800'")]
    [InlineData("char", "'\\''")]
    [InlineData("DayOfWeek", "(DayOfWeek)(-1)")]
    [InlineData("DayOfWeek?", "DayOfWeek.Friday")]
    [InlineData("bool", "true")]
    [InlineData("bool?", "null")]
    [InlineData("Guid", "default")]
    [InlineData("string", "\"\\u2028\\u2029\\u0085\\r\\n\\t\\0\\ufeff\\\"\\\\{}\"")]
    [InlineData("string", "\"\\ud800 \\udc00\"")]
    [InlineData("string?", "null")]
    public void A_default_value_may_be_any_constant(string type, string value)
    {
        foreach (bool debug in new[] { false, true })
        {
            RouteTable table = Harness.Generate($$"""
                public partial class App
                {
                    [Get("/")] string A({{type}} x = {{value}}) => Write(x);
                    [Get("/right")] string Right() => Write<{{type}}>({{value}});
                    static string Write<T>(T value) => string.Join(" ", FormattableString.Invariant($"{value}").Select(c => ((int)c).ToString()));
                }
                """, debug).AssertClean().Table();
            Assert.Equal(FakeExchange.Send(table, "GET", "/right"), FakeExchange.Send(table, "GET", "/"));
        }
    }

    [Theory]
    [InlineData("\\u2028 \\u2029 \\u0085")]
    [InlineData("\\ud83d\\ude00 é \\0")]
    [InlineData("\\ud800")]
    [InlineData("")]
    [InlineData("*/ // \\\" \\\\ { } {{ }}")]
    public void A_static_text_and_a_path_may_hold_any_character(string text)
    {
        foreach (bool debug in new[] { false, true })
        {
            Generated generated = Harness.Generate($$"""
                public partial class App
                {
                    [Static("/s")] const string S = "{{text}}";
                    [Get("/ü/*/{*rest}".Length > 0 ? "/ü" : "")] string A([Query("{{text}}")] string? x, [Header("X-Y")] string? y) => x + y;
                    [Fetch, Header("X", "é\u00a0")] string F() => "";
                }
                """.Replace("\"/ü/*/{*rest}\".Length > 0 ? \"/ü\" : \"\"", "\"/ü\"", StringComparison.Ordinal), debug).AssertClean();
            Assert.Equal("text ", FakeExchange.Send(generated.Table(), "GET", "/%C3%BC"));
        }
    }

    [Fact]
    public void A_very_long_text_is_one_constant()
    {
        string text = new('x', 1_000_000);
        foreach (bool debug in new[] { false, true })
        {
            RouteTable table = Harness.Generate("public partial class App { [Static(\"/\")] const string S = \"" + text + "\"; }", debug).AssertClean().Table();
            Assert.Equal("static 0", FakeExchange.Send(table, "GET", "/"));
        }
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp13)]
    [InlineData(LanguageVersion.Latest)]
    [InlineData(LanguageVersion.Preview)]
    public void Every_version_of_the_language_that_is_taken_is_enough(LanguageVersion version)
    {
        var parse = new CSharpParseOptions(version);
        foreach (bool debug in new[] { false, true })
        {
            CSharpCompilation compilation = Harness.Compile(Fuzz.Corpus.Everything.Replace("[Serve(", "[System.ComponentModel.Description(\"\")] // ", StringComparison.Ordinal), debug, parse: parse);
            AssertEmittedIsClean(Harness.Generate(compilation, parse), except: ["CS0117"]);
        }
    }

    private static void AssertEmittedIsClean(Generated generated, params string[] except)
    {
        Assert.NotEmpty(generated.Result.GeneratedTrees);
        ImmutableArray<Diagnostic> found = [.. generated.Result.GeneratedTrees.SelectMany(tree => generated.Output.GetSemanticModel(tree).GetDiagnostics())
            .Where(diagnostic => !diagnostic.IsSuppressed && diagnostic.Severity >= DiagnosticSeverity.Warning && !except.Contains(diagnostic.Id))];
        Assert.True(found.IsEmpty, string.Join("\n", found.Take(5)) + "\n" + string.Join("\n", found.Select(one => one.Location.SourceTree!.GetText().Lines[one.Location.GetLineSpan().StartLinePosition.Line].ToString()).Distinct().Take(5)));
    }
}
