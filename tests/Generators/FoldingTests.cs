using System.Text;
using Microsoft.CodeAnalysis;
using Prebake.Routing;

namespace Prebake.Generators.Tests;

/// <summary>What folds is byte for byte what the start of the program would have made of it; what is not certain does not fold, and the editor says why.</summary>
public sealed class FoldingTests
{
    private const string Types = """
        record Point(int X, int Y);
        record Named([property: System.Text.Json.Serialization.JsonPropertyName("the name")] string Name, [property: System.Text.Json.Serialization.JsonIgnore] int Hidden, Point? At = null);
        record struct Pair(string A, char B);
        enum Color { Red, Green = 5 }
        sealed class Settings { public string Title { get; init; } = "untitled"; public int[] Sizes { get; set; } = [1, 2]; public bool On { get; } = true; public Color Color { get; init; } public string Shout => Title + "!"; public int? None { get; } public string? Nothing = "a field"; private string Secret { get; } = "x"; public static int Shared { get; } = 3; }
        sealed class Made { public Made(string a, int b) { A = a; B = b; } public string A { get; } public int B { get; } public long C { get; } = 7; }
        sealed class Tree { public List<Tree> Children { get; init; } = []; public byte[] Bytes { get; init; } = [1, 2, 255]; public IReadOnlyList<string> Names { get; init; } = ["a", "b"]; }
        record Numbers(byte A, sbyte B, short C, ushort D, uint E, long F, ulong G, decimal H, double I, float J);
        """;

    /// <summary>A type and an expression. Both members have it; the second hides it behind a second statement.</summary>
    public static TheoryData<string, string> Values => new()
    {
        { "string", "\"text\"" },
        { "string", "\"a\" + \"b\" + nameof(App)" },
        { "string", "Prefix + 7" },
        { "string", "$\"{Prefix}-{nameof(Color.Red)}-{Color.Green}-{1}-{'c'}-{true}\"" },
        { "string", "$\"[{Prefix,5}][{Prefix,-5}][{\"x\",1}]\"" },
        { "string", "$\"{{}} {null}\"" },
        { "string", "1 > 2 ? \"long\" : Held" },
        { "string", "string.Empty + Computed" },
        { "string", "(1 + 2 * 3) + \"\"" },
        { "string", "true ? \"a\" : \"b\"" },
        { "string", "\"\"\"raw \"quoted\" \u00e9 \ud83d\ude00\"\"\"" },
        { "ReadOnlySpan<byte>", "\"a\"u8" },
        { "Response", "new Response(\"text\")" },
        { "Response", "new(\"a\" + Prefix) { Status = 201 }" },
        { "Response", "new Response()" },
        { "Response", "new Response() { Status = 204 }" },
        { "Response", "new(\"x\") { Headers = { [\"X-One\"] = \"1\", [\"X-Two\"] = Prefix } }" },
        { "Response", "new(\"x\") { Headers = { [\"X-One\"] = \"1\", [\"x-one\"] = \"2\" } }" },
        { "Response", "new(\"x\") { Headers = { { \"X-One\", \"1\" }, { \"X-One\", \"2\" } } }" },
        { "Response", "new(\"x\") { Headers = { [\"Content-Type\"] = \"a/b\", [\"ETag\"] = \"\\\"own\\\"\", [\"Date\"] = \"Mon, 01 Jan 2001 00:00:00 GMT\" } }" },
        { "Response", "new(\"x\") { Headers = { [\"Last-Modified\"] = \"Mon, 01 Jan 2001 00:00:00 GMT\", [\"Cache-Control\"] = \"no-cache\" }, Status = 200 }" },
        { "Response", "Response.Text(\"text\")" },
        { "Response", "Response.Text(\"text\", 404)" },
        { "Response", "Response.Text(status: 404, text: Prefix)" },
        { "Response", "Response.Html(\"<p>é</p>\")" },
        { "Response", "Response.Html($\"<p>{Prefix}</p>\")" },
        { "Response", "Response.Html($\"<p>{\"<b>&'\\\"\"} {5} {true} {new HtmlText(\"<i>\")}</p>\", 201)" },
        { "Response", "Response.Bytes(\"bytes\"u8.ToArray())" },
        { "Response", "Response.Bytes(new byte[] { 104, 105 }, \"text/x-hi\", 202)" },
        { "Response", "Response.Redirect(\"/there?x=1\")" },
        { "Response", "Response.Redirect(\"https://example.com/\", 308)" },
        { "Response", "Response.Problem(404)" },
        { "Response", "Response.Problem(422, \"a \\\"detail\\\" <é>\", title: \"T\", type: \"about:x\")" },
        { "Response", "Response.Empty()" },
        { "Response", "Response.Empty(204)" },
        { "Point", "new Point(1, -2)" },
        { "Point", "new(X: 1, Y: 2)" },
        { "Point", "new Point(1, 2) { Y = 3 }" },
        { "Named", "new(\"é <&> \\\" \\\\ \\n \\u0001 \ud83d\ude00\", 3)" },
        { "Named", "new(\"a\", 3, new Point(1, 2))" },
        { "Pair", "new(\"a\", '\\'')" },
        { "Settings", "new()" },
        { "Settings", "new() { Title = Prefix, Color = Color.Green, Sizes = [] }" },
        { "Made", "new Made(\"a\", 5)" },
        { "Tree", "new() { Children = [new(), new() { Names = [] }] }" },
        { "Point[]", "[new(1, 2), new(3, 4)]" },
        { "List<int>", "[1, 2, .. new[] { 3, 4 }]" },
        { "List<string>", "new() { \"a\", \"b\" }" },
        { "Numbers", "new(255, -128, -32768, 65535, 4294967295, -9007199254740993, 18446744073709551615, 1.50m, 0.25, 1.5f)" },
    };

    private static string Source(string type, string expression) => $$"""
        {{Types}}
        {{(IsJson(type) ? $"[System.Text.Json.Serialization.JsonSerializable(typeof({type}))] partial class AppJson : System.Text.Json.Serialization.JsonSerializerContext;" : "")}}
        partial class App
        {
            const string Prefix = "pre";
            static readonly string Held = "held";
            static string Computed => Prefix + "computed";
            [Static("/a")] static {{type}} A => {{expression}};
            [Static("/b")] static {{type}} B() { {{type}} value = {{expression}}; return value; }
        }
        """;

    private static Generated Generate(string source, string type) =>
        Harness.Generate(source, unseen: IsJson(type) ? Json.Half("AppJson", (type, "It")).Replace("() : System.Text.Json.Serialization.JsonSerializerContext(null)", "").Replace("{\n    public static AppJson Default", "{\n    public AppJson() : base(null) { }\n    public static AppJson Default") : null).AssertClean();

    private static bool IsJson(string type) => type is not ("string" or "Response" or "ReadOnlySpan<byte>");

    [Theory, MemberData(nameof(Values))]
    public async Task What_folds_is_what_the_start_would_have_made(string type, string expression)
    {
        string source = Source(type, expression);
        if (IsJson(type)) source = source.Replace($"typeof({type}))]", $"typeof({type}), TypeInfoPropertyName = \"It\")]");
        Generated generated = Generate(source, type);
        string[] hints = [.. generated.Hints.OrderBy(hint => hint.Location.SourceSpan.Start).Select(hint => hint.GetMessage(System.Globalization.CultureInfo.InvariantCulture))];
        Assert.Equal("'App.A' is a constant: its whole response is bytes in the binary", hints[0]);
        Assert.StartsWith("'App.B' is evaluated once", hints[1], StringComparison.Ordinal);

        RouteTable table = generated.Table();
        await table.BakeAsync();
        int a = table.Find(HttpMethod.Get, "/a"u8), b = table.Find(HttpMethod.Get, "/b"u8);
        Assert.Equal(Encoding.UTF8.GetString(table.GetStatic(b).Response), Encoding.UTF8.GetString(table.GetStatic(a).Response));
        Assert.True(table.GetStatic(b).Response.SequenceEqual(table.GetStatic(a).Response));
        Assert.True(table.GetStatic(b).NotModified.SequenceEqual(table.GetStatic(a).NotModified));
        Assert.True(table.GetStatic(b).EntityTag.SequenceEqual(table.GetStatic(a).EntityTag));
        Assert.Equal(table.GetStatic(b).DateOffset, table.GetStatic(a).DateOffset);
        Assert.Equal(table.GetStatic(b).HeadLength, table.GetStatic(a).HeadLength);
    }

    [Theory]
    [InlineData("string", "DateTime.UtcNow.ToString()", "is evaluated when the program runs")]
    [InlineData("string", "$\"{-1}\"", "culture")]
    [InlineData("string", "$\"{1:N}\"", "culture")]
    [InlineData("string", "1.5 + \"\"", "culture")]
    [InlineData("string", "Guid.NewGuid().ToString()", "is evaluated")]
    [InlineData("string", "Environment.MachineName", "is")]
    [InlineData("Response", "Response.Text(DateTime.Now.ToString())", "is evaluated")]
    [InlineData("Response", "new(\"x\") { Status = 700 }", "not a status")]
    [InlineData("Response", "new(\"x\") { Headers = { [\"Content-Length\"] = \"1\" } }", "cannot be sent")]
    [InlineData("Response", "Response.Redirect(\"/é\")", "encoded first")]
    [InlineData("Response", "Response.Bytes(new byte[] { 255 })", "not UTF-8")]
    [InlineData("Point", "default(Point)!", "")]
    [InlineData("object", "new Point(1, 2)", "is written as")]
    [InlineData("Uri", "new Uri(\"http://a/\")", "not a type of this project")]
    [InlineData("double", "1e300", "not the same everywhere")]
    [InlineData("Dictionary<string, int>", "new() { [\"a\"] = 1 }", "")]
    public void What_is_not_certain_is_left_to_the_start_with_a_reason(string type, string expression, string reason)
    {
        string source = Source(type, expression).Replace($"typeof({type}))]", $"typeof({type}), TypeInfoPropertyName = \"It\")]");
        Generated generated = Generate(source, type);
        Diagnostic hint = generated.Hints.Single(hint => source.Substring(hint.Location.SourceSpan.Start, 1) == "A");
        Assert.Equal("PB0161", hint.Id);
        Assert.Contains(reason, hint.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("static string[] s_list = [\"a\"]; [Static(\"/a\", ContentType = \"a/b\")] static byte[] A = \"x\"u8.ToArray();")]
    [InlineData("static readonly byte[] s_bytes = \"x\"u8.ToArray(); [Static(\"/a\", ContentType = \"a/b\")] static byte[] A => s_bytes;")]
    [InlineData("[Static(\"/a\")] static string A { get; set; } = \"x\";")]
    [InlineData("[Static(\"/a\")] static readonly string A; static App() { A = \"y\"; }")]
    [InlineData("[Static(\"/a\")] static readonly string A = B; static readonly string B = \"later\";")]
    [InlineData("[Static(\"/a\")] static string A => A2; static string A2 => A;")]
    public void What_may_be_another_value_by_then_does_not_fold(string members) =>
        Assert.Contains("PB0161", Harness.Generate("partial class App { " + members + " }").Hints.Select(hint => hint.Id));

    [Fact]
    public void Constant_says_why_it_is_none()
    {
        Diagnostic diagnostic = Assert.Single(Harness.Generate("""partial class App { [Static("/", Constant = true)] static string A => DateTime.Now.ToString(); }""").Diagnostics);
        Assert.Equal("PB0062", diagnostic.Id);
        Assert.Contains("'DateTime.Now.ToString()' is evaluated when the program runs", diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }
}
