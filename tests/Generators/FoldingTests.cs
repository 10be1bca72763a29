using System.Reflection;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>
/// What the build evaluates itself, and that it gets what the program would: each value is asked for twice, once where it folds and once behind a
/// statement, where only the start of the program can know it. JSON is compared with what System.Text.Json's own generator makes.
/// </summary>
public class FoldingTests
{
    private const string Names = "const string Name = \"Jörg\"; const int Ten = 10; const char Dash = '-'; enum Color { Red, Green = 5 }";

    // Types that the rows below use, and the context that serialises them
    private const string Types = """
        using System.Text.Json.Serialization;

        public record Info(string Version, int Build = 7);
        public record Nested(Info Inner, Info? Missing, string[] Tags);
        public record struct Point(int X, double Y);
        public enum Level { Low, High = 9 }
        public record Kinds(bool A, char B, byte C, sbyte D, short E, ushort F, uint G, long H, ulong I, decimal J, float K, double L, int? M, int? N, Level O, byte[] P, string? Q);
        public class Plain
        {
            public string Text { get; set; } = "default";
            public int Number { get; init; }
            public string Both => Text + Number;
            public string Got { get { return Text; } }
            public string? URLPath { get; set; }
            internal string Hidden { get; set; } = "h";
            public string Field = "f";
            public static string Shared => "s";
            private string Own { get; } = "o";
        }
        public class Primary(string text, int number) { public string Text { get; } = text; public int Number { get; } = number; public string Upper => "U"; }
        public class Written { public Written(string text) { Text = text; _hidden = text; } public string Text { get; } private readonly string _hidden; public string Copy => _hidden; }
        public record Named([property: JsonPropertyName("n<a>me")] string A, [property: JsonIgnore] string B, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? C, [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? D);
        public record Lists(List<int> A, IReadOnlyList<string> B, IEnumerable<Point> C, Info[] D);
        public class Inherited : Plain;
        public record Converted([property: JsonNumberHandling(JsonNumberHandling.WriteAsString)] int A);
        public record Late(string A) { public string B => DateTime.UtcNow.ToString("O"); }
        public record Looks(object A);
        public class Busy { public Busy() { Console.Write(""); } }
        public class Several : IEnumerable<int> { public IEnumerator<int> GetEnumerator() => throw new NotSupportedException(); System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator(); }
        """;

    private static readonly string[] s_serializable =
    [
        "Info", "Nested", "Point", "Kinds", "Plain", "Primary", "Written", "Named", "Lists", "string[]", "int", "double", "bool", "Level", "Inherited", "Converted", "Late", "Looks", "Busy", "Several", "Dictionary<string, int>", "List<Info>", "IReadOnlyList<string>",
    ];

    [Theory]
    // text
    [InlineData("string", "\"a\" + Name + Ten + Dash + true")]
    [InlineData("string", "$\"{Name,8}|{Name,-8}|{Ten}{Dash}{false}{Color.Green}{null}\"")]
    [InlineData("string", "nameof(DateTime.UtcNow) + string.Empty")]
    [InlineData("string", "Ten > 5 ? \"more\" : \"less\"")]
    [InlineData("string", "Held + Shown")]
    [InlineData("string", "\"lone \\ud800 half\"")]
    [InlineData("string", "\"\"")]
    // bytes
    [InlineData("ReadOnlySpan<byte>", "\"täxt\"u8")]
    [InlineData("byte[]", "\"täxt\"u8.ToArray()", "ContentType = \"a/b\"")]
    [InlineData("byte[]", "[65, 66, (byte)'\\n']", "ContentType = \"a/b\"")]
    [InlineData("byte[]", "new byte[] { 0xC3, 0xA4 }", "ContentType = \"a/b\"")]
    // responses
    [InlineData("Response", "new()")]
    [InlineData("Response", "new(\"täxt\")")]
    [InlineData("Response", "new Response(\"x\" + Name) { Status = 418 }")]
    [InlineData("Response", "new(\"x\") { Status = Ten + 400, Headers = { [\"X-One\"] = \"1\", [\"X-\" + \"Two\"] = \"Jörg\" } }")]
    [InlineData("Response", "new(\"x\") { Headers = { [\"X\"] = \"1\", [\"x\"] = \"2\", [\"Y\"] = null } }")]
    [InlineData("Response", "new(\"x\") { Headers = { { \"Link\", \"a\" }, { \"Link\", \"b\" } } }")]
    [InlineData("Response", "new(\"x\") { Headers = { [\"Content-Type\"] = \"a/b\", [\"ETag\"] = \"W/\\\"1\\\"\", [\"Date\"] = \"Mon, 01 Jan 2001 00:00:00 GMT\", [\"Connection\"] = \"close\" } }")]
    [InlineData("Response", "new(\"x\") { Headers = { [\"X-Class\"] = \"own\", [\"X-A\"] = \"own\" } }", "Status = 201", "[Header(\"X-A\", \"attribute\"), Header(\"X-B\", \"attribute\"), CacheControl(\"no-store\")]")]
    [InlineData("Response", "new() { Status = 204 }")]
    [InlineData("Response", "new()", "Status = 204")]
    [InlineData("Response", "new(\"x\")", "Status = 201, ContentType = \"ignored/since-the-body-has-one\"")]
    [InlineData("Response", "new(\"x\")", "ETag = false")]
    [InlineData("Response", "Response.Text(\"x\")")]
    [InlineData("Response", "Response.Text(status: 404, text: \"x\")")]
    [InlineData("Response", "Response.Html(\"<p>\" + Name)")]
    [InlineData("Response", "Response.Html($\"<p>{Name}</p>\", 201)")]
    [InlineData("Response", "Response.Html($\"<p>{Ten}{-5}{'<'}{true}{\"<a href='\\\"&\"}{new HtmlText(\"<b>\")}</p>\")")]
    [InlineData("Response", "Response.Bytes(\"x\"u8.ToArray())")]
    [InlineData("Response", "Response.Bytes(\"x\"u8.ToArray(), \"a/b\", 201)")]
    [InlineData("Response", "Response.Redirect(\"/users?x=1#y\")")]
    [InlineData("Response", "Response.Redirect(\"https://example.com/\", 308)")]
    [InlineData("Response", "Response.Problem(404)")]
    [InlineData("Response", "Response.Problem(422, \"too <long> \\\"ä\\\"\", title: \"Bad\", type: \"https://example.com/bad\")")]
    [InlineData("Response", "Response.Empty()")]
    [InlineData("Response", "Response.Empty(202)")]
    [InlineData("Response", "Response.Json(new Info(\"1.0\"))")]
    [InlineData("Response", "Response.Json(new[] { \"a\", \"b\" }, 201)")]
    // JSON
    [InlineData("Info", "new(\"1.0.0\")")]
    [InlineData("Info", "new Info(Build: 3, Version: Name) { Build = 4 }")]
    [InlineData("Nested", "new(new(\"a\"), null, [\"x\", \"y\"])")]
    [InlineData("Nested", "new(new(\"a\"), new Info(\"b\", 1), new string[0])")]
    [InlineData("Point", "new(-3, 1.5)")]
    [InlineData("Point", "new Point { X = 1 }")]
    [InlineData("Kinds", "new(true, '<', 1, -2, -3, 4, 5, -6, 7, 8.50m, 0.1f, 12345.678, null, 9, Level.High, [1, 2, 255], null)")]
    [InlineData("Kinds", "new(false, 'ä', 0, 0, 0, 0, uint.MaxValue, long.MinValue, ulong.MaxValue, -0.00m, 100f, 0.001, 5, null, Level.Low, [], \"\")")]
    [InlineData("Plain", "new()")]
    [InlineData("Plain", "new() { Text = \"t\", Number = 'a', URLPath = \"/\" }")]
    [InlineData("Primary", "new(\"p\", 3)")]
    [InlineData("Written", "new(\"w\")")]
    [InlineData("Named", "new(\"a\", \"b\", null, null)")]
    [InlineData("Named", "new(\"a\", \"b\", \"c\", \"d\")")]
    [InlineData("Lists", "new([1, 2], [\"a\"], [new(1, 2), new(3, 4)], [])")]
    [InlineData("Lists", "new(new List<int> { 1, 2 }, new[] { \"a\" }, new List<Point>(), Array.Empty<Info>())")]
    [InlineData("string[]", "[\"\\0\\u0001\\b\\t\\n\\f\\r\\u001f !\\\"#$%&'()*+,-./:;<=>?@[\\\\]^_`{|}~\\u007f\\u0080\\u00ff\\u2028\\ufeff\", \"日本😀\\ud800x\"]")]
    [InlineData("int", "Ten")]
    [InlineData("double", "5")]
    [InlineData("double", "1234567.5")]
    [InlineData("bool", "!false")]
    [InlineData("Level", "Level.High")]
    [InlineData("List<Info>", "[new(\"a\"), new(\"b\")]")]
    public async Task Both_tiers_send_the_same_bytes(string type, string expression, string options = "", string attributes = "")
    {
        string[] contexts = type is "ReadOnlySpan<byte>" or "string" or "byte[]" ? [""]
            : expression.Contains("Response.") || type == "Response" ? ["", "[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]"]
            : ["", "[JsonSourceGenerationOptions(System.Text.Json.JsonSerializerDefaults.Web, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]", "[JsonSourceGenerationOptions(GenerationMode = JsonSourceGenerationMode.Serialization)]"];

        foreach (string context in contexts)
        {
            // A response finds its metadata by itself, and the newest app's is asked first: only one at a time
            RouteTable table = Compile(type, expression, options, attributes, context, out string[] hints);
            string hint = hints.Single(hint => hint.StartsWith("'App.Folded'", StringComparison.Ordinal));
            Assert.True(hint == "'App.Folded' is a constant: its whole response is bytes in the binary", hint);
            if (table.Json is { } json) Http.JsonMetadata.Add(json);
            await table.BakeAsync();

            Assert.Matches(@"App\.Folded +constant\n", table.Describe());
            Assert.Matches(@"App\.Started +start-up\n", table.Describe());
            AssertSame(table.GetStatic(0), table.GetStatic(1));
        }
    }

    [Theory]
    [InlineData("string", "DateTime.UtcNow.ToString(\"O\")", "'DateTime.UtcNow.ToString(\"O\")' is evaluated when the program runs")]
    [InlineData("string", "$\"{-Ten}\"", "depends on the culture")]
    [InlineData("string", "$\"{1.5}\"", "depends on the culture")]
    [InlineData("string", "$\"{Ten:N0}\"", "depends on the culture")]
    [InlineData("string", "\"x\" + Guid.NewGuid()", "Guid.NewGuid()")]
    [InlineData("string", "Changing", "'Changing' is not readonly")]
    [InlineData("string", "Circle", "too many members")]
    [InlineData("string", "new App().ToString()!", "evaluated when")]
    [InlineData("string", "((Func<string>)(() => \"x\"))()", "evaluated when")]
    [InlineData("byte[]", "[0xFF]", "not UTF-8", "ContentType = \"a/b\"")]
    [InlineData("Response", "new(DateTime.UtcNow.ToString())", "DateTime.UtcNow")]
    [InlineData("Response", "new(\"x\") { Headers = { [\"X\"] = Environment.MachineName } }", "Environment.MachineName")]
    [InlineData("Response", "Response.Html($\"<p>{Name}{Ten}</p>\")", "encoded when")]
    [InlineData("Response", "Response.Redirect(\"/\" + Name)", "must be encoded first")]
    [InlineData("Response", "Shared", "may be changed before the server starts")]
    [InlineData("Response", "Response.Json(new Info(\"a\"), AppJson.Default.Info)", "evaluated when")]
    [InlineData("Response", "Response.Problem(new HttpException(404))", "evaluated when")]
    [InlineData("Inherited", "new()", "has a base class")]
    [InlineData("Converted", "new(1)", "[JsonNumberHandling]")]
    [InlineData("Late", "new(\"a\")", "DateTime.UtcNow")]
    [InlineData("Looks", "new(new Info(\"a\"))", "written as 'object'")]
    [InlineData("Busy", "new()", "more than assign")]
    [InlineData("Several", "new()", "implements")]
    [InlineData("Dictionary<string, int>", "new() { [\"a\"] = 1 }", "not a type of this project")]
    [InlineData("double", "1e300", "not the same everywhere")]
    [InlineData("double", "-0.0", "not the same everywhere")]
    [InlineData("Info", "new(\"a\")", "'AppJson' sets WriteIndented", "", "[JsonSourceGenerationOptions(WriteIndented = true)]")]
    [InlineData("Info", "new(\"a\")", "'AppJson' sets PropertyNamingPolicy", "", "[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]")]
    [InlineData("Response", "Response.Json(new Info(\"a\"))", "'AppJson' sets WriteIndented", "", "[JsonSourceGenerationOptions(WriteIndented = true)]")]
    public void What_is_not_certain_is_left_to_the_start_and_says_why(string type, string expression, string reason, string options = "", string context = "")
    {
        RouteTable table = Compile(type, expression, options, "", context, out string[] hints);
        Assert.Matches(@"App\.Folded +start-up\n", table.Describe());
        string hint = Assert.Single(hints, hint => hint.StartsWith("'App.Folded' is evaluated once, before the server listens: ", StringComparison.Ordinal));
        Assert.True(hint.Contains(reason), hint);
    }

    [Theory]
    [InlineData("static readonly Info T = new(\"1.0.0\");", true)]
    [InlineData("Info T { get; } = new(\"1.0.0\");", true)]
    [InlineData("static readonly IReadOnlyList<string> T = [\"a\"];", true)]
    [InlineData("static readonly string T = Early; static readonly string Early = \"x\";", false)]
    [InlineData("static readonly string Early = \"x\"; [Static(\"/t\")] static readonly string T = Early;", true)]
    [InlineData("static string T => Later; static readonly string Later = \"x\";", true)]
    [InlineData("static readonly string T = Middle; static string Middle => Later; static readonly string Later = \"x\";", false)]
    [InlineData("static readonly string[] T = [\"a\"];", false)]
    [InlineData("static readonly Response T = new(\"x\");", false)]
    [InlineData("static readonly Plain T = new();", false)]
    public void What_is_held_folds_if_nobody_can_change_it(string member, bool constant)
    {
        string[] hints = Run("partial class App { " + (member.Contains("[Static") ? "" : "[Static(\"/t\")] ") + member + " }\n" + Types + Context(""), out _);
        Assert.True(hints.Single().Contains(constant ? " is a constant" : " is evaluated once"), hints.Single());
    }

    [Fact]
    public void Of_several_contexts_a_response_may_find_another() => Assert.Contains(
        Run("partial class App { [Static(\"/t\")] static Response T => Response.Json(new Info(\"a\")); }\n" + Types + Context("") + " [JsonSerializable(typeof(Point))] partial class OtherJson : JsonSerializerContext;", out _),
        hint => hint.Contains("several contexts"));

    [Fact]
    public void A_constant_that_is_none_is_an_error_that_says_why()
    {
        Run("partial class App { [Static(\"/t\", Constant = true)] static Info T => new(\"a\"); }\n" + Types + Context("[JsonSourceGenerationOptions(WriteIndented = true)]"), out Diagnostic[] problems);
        Diagnostic problem = Assert.Single(problems);
        Assert.Equal("PB0062", problem.Id);
        Assert.Contains("sets WriteIndented", problem.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal("true", problem.Location.SourceTree is null ? "true" : "");
    }

    [Fact]
    public void A_context_with_members_of_its_own_is_not_second_guessed() => Assert.Contains(
        Harness.Generate("""
            using System.Text.Json.Serialization;
            public record Info(string Version);
            partial class App { [Static("/t")] static Info T => new("a"); }
            [JsonSerializable(typeof(Info))] partial class AppJson : JsonSerializerContext;
            """ + Json.Half("AppJson", ("Info", "Info"))).AssertClean().Hints, hint => hint.Contains("'AppJson' has members of its own"));

    private static void AssertSame(StaticBlock one, StaticBlock other)
    {
        Assert.Equal(Text(other.Response), Text(one.Response));
        Assert.Equal(Text(other.NotModified), Text(one.NotModified));
        Assert.Equal(Text(other.EntityTag), Text(one.EntityTag));
        Assert.Equal((other.HeadLength, other.DateOffset, other.NotModifiedDateOffset, other.ClosesConnection), (one.HeadLength, one.DateOffset, one.NotModifiedDateOffset, one.ClosesConnection));
    }

    private static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    private static string Context(string options) => $"\n{string.Concat(s_serializable.Select(type => $"[JsonSerializable(typeof({type}))]\n"))}{options} public partial class AppJson : JsonSerializerContext;\n";

    private static RouteTable Compile(string type, string expression, string options, string attributes, string context, out string[] hints)
    {
        options = options.Length > 0 ? ", " + options : "";
        // Statics are numbered in the order of their paths
        string source = $$"""
            [Header("X-Class", "c")]
            public partial class App
            {
                {{Names}}
                static readonly string Held = "held";
                static string Shown => "shown";
                static string Changing = "x";
                static string Circle => Circle;
                static readonly Response Shared = new("shared");
                [Static("/a"{{options}})] {{attributes}} static {{type}} Folded => {{expression}};
                [Static("/b"{{options}})] {{attributes}} static {{type}} Started() { {{type}} copy = {{expression}}; return copy; }
            }

            {{Types}}{{Context(context)}}
            """;
        source = "using System.Text.Json.Serialization;\n" + source.Replace("using System.Text.Json.Serialization;\n", "");
        GeneratorDriver driver = Both().RunGeneratorsAndUpdateCompilation(Harness.Compile(source), out Compilation output, out _);
        var generated = new Generated((CSharpCompilation)output, driver.GetRunResult());
        Assert.Empty(generated.Diagnostics);
        hints = generated.Hints;
        return generated.Table();
    }

    private static string[] Run(string source, out Diagnostic[] problems)
    {
        GeneratorDriver driver = Both().RunGenerators(Harness.Compile("using System.Text.Json.Serialization;\n" + source.Replace("using System.Text.Json.Serialization;\n", "")));
        var generated = new Generated(null!, driver.GetRunResult());
        problems = [.. generated.Diagnostics];
        return generated.Hints;
    }

    private static GeneratorDriver Both() => CSharpGeneratorDriver.Create([new RouteGenerator().AsSourceGenerator(), s_json.Value], parseOptions: Harness.ParseOptions);

    /// <summary>The generator that comes with the SDK which runs these tests.</summary>
    private static readonly Lazy<ISourceGenerator> s_json = new(() =>
    {
        string packs = Path.GetFullPath(Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", "..", "packs", "Microsoft.NETCore.App.Ref"));
        string file = Directory.EnumerateFiles(packs, "System.Text.Json.SourceGeneration.dll", SearchOption.AllDirectories).Order(StringComparer.Ordinal).Last();
        Type type = Assembly.LoadFrom(file).GetTypes().Single(candidate => !candidate.IsAbstract && typeof(IIncrementalGenerator).IsAssignableFrom(candidate));
        return ((IIncrementalGenerator)Activator.CreateInstance(type)!).AsSourceGenerator();
    });
}
