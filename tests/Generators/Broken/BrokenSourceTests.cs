using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;
using Prebake.Routing;

namespace Prebake.Generators.Tests.Broken;

/// <summary>Sources that do not compile, each with what people really had before the cursor: the compiler says what is wrong, everything else lives.</summary>
public sealed class BrokenSourceTests
{
    [Theory]
    // Types that do not exist
    [InlineData("""[Get("/users/{id}")] string U(Gui id) => "";""")]
    [InlineData("""[Get("/users/{id}")] string U(List<Gui> id) => "";""")]
    [InlineData("""[Get("/users/{id}")] string U(Gui? id) => "";""")]
    [InlineData("""[Post("/users")] string U(Gui[] id) => "";""")]
    [InlineData("""[Get("/users")] Gui U() => null!;""")]
    [InlineData("""[Get("/users")] Task<List<Gui>> U() => null!;""")]
    [InlineData("""[Get("/users")] IAsyncEnumerable<Gui> U() => null!;""")]
    [InlineData("""[Static("/users")] Gui[] U => null!;""")]
    // What a handler is until its parenthesis is typed
    [InlineData("""[Get("/users")] string U""")]
    [InlineData("""[Get("/users")] string U;""")]
    [InlineData("""[Get("/users")] string U { get; }""")]
    [InlineData("""[Fetch] string U => "";""")]
    [InlineData("""[Error] event Action U;""")]
    [InlineData("""[Mount("/users")] Other Users(""")]
    [InlineData("""[Mount("/users")] Other Users() => new();""")]
    [InlineData("""[Mount("/users")] event Action U;""")]
    [InlineData("""[Health] bool U;""")]
    [InlineData("""[Post("/users")] string U(""")]
    [InlineData("""[Get("/users/{id}")] string U(int""")]
    // Attributes that are not finished
    [InlineData("""[Get] string U() => "";""")]
    [InlineData("""[Get(] string U() => "";""")]
    [InlineData("""[Get("/users] string U() => "";""")]
    [InlineData("""[Get(Users)] string U() => "";""")]
    [InlineData("""[Route] string U() => "";""")]
    [InlineData("""[Static] const string U = "";""")]
    [InlineData("""[Get("/users"), MaxBody] string U() => "";""")]
    [InlineData("""[Get("/users"), Header] string U() => "";""")]
    public void The_compiler_says_what_is_wrong_and_the_other_routes_live(string member)
    {
        Generated generated = Harness.Generate(Harness.Compile($$"""
            partial class Other { [Get("/")] string Home() => ""; }
            partial class App { [Get("/")] string Home() => "";
            {{member}} }
            """));

        Assert.Null(generated.Result.Results.Single().Exception);
        Assert.Empty(generated.Diagnostics);
        Assert.Contains(generated.Output.GetDiagnostics(), found => found.Severity == DiagnosticSeverity.Error);
        foreach (string app in new[] { "App", "Other" })
        {
            SyntaxTree table = generated.Result.GeneratedTrees.Single(tree => tree.FilePath.EndsWith("/" + app + ".Routes.g.cs", StringComparison.Ordinal));
            Assert.Contains("CallHome", table.ToString());
            Assert.DoesNotContain(generated.Output.GetSemanticModel(table).GetDiagnostics(), found => found.Severity == DiagnosticSeverity.Error);
        }
    }

    [Theory]
    [InlineData("[Redirect] partial class App { [Get(\"/\")] string Home() => \"\"; }")]
    [InlineData("[Redirect(\"/a\", Target)] partial class App { [Get(\"/\")] string Home() => \"\"; }")]
    [InlineData("[StaticFile(\"/a\")] partial class App { [Get(\"/\")] string Home() => \"\"; }")]
    [InlineData("[Serve(Port = )] partial class App { [Get(\"/\")] string Home() => \"\"; }")]
    [InlineData("[Redirect(\"/a\", \"/\")] partial class")]
    [InlineData("[Serve] partial class { [Get(\"/\")] string Home() => \"\"; }")]
    [InlineData("[Get(\"/\")] string Home() => \"\";")]
    [InlineData("[Static(\"/\")]")]
    public void A_class_that_is_not_finished_breaks_nothing(string source)
    {
        Generated generated = Harness.Generate(Harness.Compile(source));
        Assert.Null(generated.Result.Results.Single().Exception);
        Assert.DoesNotContain(generated.Diagnostics, found => found.Location.Kind == LocationKind.None);
    }

    [Fact]
    public void Names_that_differ_by_case_only_are_two_apps()
    {
        Generated generated = Harness.Generate("""
            public partial class App { [Get("/")] string A() => "1"; } public partial class app { [Get("/")] string A() => "2"; }
            namespace A { public partial class Api { [Get("/")] string A() => "3"; } } namespace a { public partial class Api { [Get("/")] string A() => "4"; } }
            """);
        Assert.Empty(generated.Diagnostics);
        string[] names = ["App", "app", "A.Api", "a.Api"];
        Assert.Equal(["text 1", "text 2", "text 3", "text 4"], names.Select(name => FakeExchange.Send(generated.Table(name), "GET", "/")));
    }

    [Fact]
    public void A_class_in_several_files_and_parts_has_all_of_its_routes_once()
    {
        CSharpCompilation compilation = Harness.Compile("""
            [File("/a", "a.txt"), Prebake.Directory("/da", "."), Redirect("/ra", "/a")] public partial class App { [Get("/x")] string X() => "x"; }
            [File("/a2", "a2.txt"), Redirect("/ra2", "/a")] public partial class App;
            """).AddSyntaxTrees(CSharpSyntaxTree.ParseText("""
            [Prebake.File("/b", "b.txt"), Prebake.Directory("/db", "."), Prebake.Redirect("/rb", "/b")] public partial class App { [Prebake.Get("wrong")] string Y() => "y"; }
            """, Harness.ParseOptions, "Second.cs"));

        Generated broken = Harness.Generate(compilation);
        Diagnostic only = Assert.Single(broken.Diagnostics);
        Assert.Equal(("PB0010", "Second.cs"), (only.Id, only.Location.GetLineSpan().Path));

        SyntaxTree second = compilation.SyntaxTrees.Single(tree => tree.FilePath == "Second.cs");
        Generated generated = Harness.Generate(compilation.ReplaceSyntaxTree(second,
            CSharpSyntaxTree.ParseText(second.ToString().Replace("wrong", "/y"), Harness.ParseOptions, "Second.cs"))).AssertClean();
        RouteTable table = generated.Table();
        foreach (string path in new[] { "/a", "/a2", "/b", "/da/x", "/db/x", "/x", "/y", "/ra", "/ra2", "/rb" })
            Assert.True(table.Find(HttpMethod.Get, System.Text.Encoding.ASCII.GetBytes(path)) >= 0, path);
    }

    [Fact]
    public void A_part_that_is_not_partial_is_named_in_its_own_file()
    {
        CSharpCompilation compilation = Harness.Compile("partial class App { [Get(\"/\")] string A() => \"\"; }")
            .AddSyntaxTrees(CSharpSyntaxTree.ParseText("class App;", Harness.ParseOptions, "Second.cs"));
        Diagnostic only = Assert.Single(Harness.Generate(compilation).Diagnostics);
        Assert.Equal(("PB0001", "Second.cs"), (only.Id, only.Location.GetLineSpan().Path));
    }

    [Fact]
    public void Top_level_statements_may_have_their_routes_beside_them()
    {
        Generated generated = Harness.Generate("return 0; partial class Program { [Get(\"/\")] string A() => \"a\"; }", kind: OutputKind.ConsoleApplication).AssertClean();
        Assert.Equal("text a", FakeExchange.Send(generated.Table("Program"), "GET", "/"));
    }

    [Fact]
    public void A_block_of_extensions_is_called_one()
    {
        var preview = new CSharpParseOptions(LanguageVersion.Preview);
        CSharpCompilation compilation = Harness.Compile("static class Texts { extension(string text) { [Get(\"/\")] string A() => text; } }", parse: preview);
        Diagnostic only = Assert.Single(Harness.Generate(compilation, preview).Diagnostics);
        Assert.Equal("PB0003", only.Id);
        Assert.Contains("a block of extensions in 'Texts'", only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData(LanguageVersion.CSharp7_3)]
    [InlineData(LanguageVersion.CSharp10)]
    [InlineData(LanguageVersion.CSharp12)]
    public void An_old_version_of_the_language_is_one_message_for_each_app_and_no_code(LanguageVersion version)
    {
        var old = new CSharpParseOptions(version);
        CSharpCompilation compilation = CSharpCompilation.Create("Old", [CSharpSyntaxTree.ParseText("""
            [Prebake.Redirect("bad", "/")] partial class App { [Prebake.Get("/")] string A() { return ""; } [Prebake.Get("bad")] string B() { return ""; } }
            """, old, "App.cs")], Harness.Compile("").References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));

        Generated generated = Harness.Generate(compilation, old);
        Diagnostic only = Assert.Single(generated.Diagnostics);
        Assert.Equal("PB0005", only.Id);
        Assert.Contains("needs C# 13 or later", only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Empty(generated.Result.GeneratedTrees);
    }

    [Fact]
    public void A_sum_too_deep_for_any_stack_is_evaluated_at_the_start()
    {
        string sum = string.Join(" + ", Enumerable.Repeat("Piece", 12_000));
        Generated generated = Harness.Generate(Harness.Compile("partial class App { static string Piece => \"x\"; [Static(\"/\")] static string A => " + sum + "; [Static(\"/b\")] const string B = \"b\"; }"));
        Assert.Empty(generated.Diagnostics);
        Assert.Contains(generated.Hints, hint => hint.Contains("nested too deep", StringComparison.Ordinal));
    }

    [Fact]
    public void A_derived_app_serves_its_own_routes_and_the_editor_says_so()
    {
        Generated generated = Harness.Generate("""
            public partial class Base { [Get("/base")] string A() => "base"; }
            public partial class App : Base { [Get("/own")] string A() => "own"; string Link => Paths.A(); }
            """).AssertClean();
        RouteTable table = generated.Table();
        Assert.Equal("text own", FakeExchange.Send(table, "GET", "/own"));
        Assert.Equal("404", FakeExchange.Send(table, "GET", "/base"));
        Assert.Contains(generated.Hints, hint => hint.Contains("'Base' belong to 'Base'", StringComparison.Ordinal));
    }

    [Fact]
    public void The_contexts_of_other_projects_are_found_and_private_ones_are_named()
    {
        string library = "using System.Text.Json.Serialization; public record Todo(int Id); [JsonSerializable(typeof(Todo))] public partial class LibraryJson : JsonSerializerContext;"
            + Json.Half("LibraryJson", ("Todo", "Todo"));
        CSharpCompilation compilation = Harness.Compile("public partial class App { [Get(\"/\")] Todo A() => new(1); }").AddReferences(Harness.Compile(library).ToMetadataReference());
        Generated generated = Harness.Generate(compilation).AssertClean();
        Assert.Contains("global::LibraryJson.Default.Todo", generated.Source);

        Diagnostic hidden = Assert.Single(Harness.Generate(Harness.Compile("""
            using System.Text.Json.Serialization; record Todo;
            partial class App { [Get("/")] Todo A() => new(); [JsonSerializable(typeof(Todo))] abstract partial class Json() : JsonSerializerContext(null); }
            """)).Diagnostics);
        Assert.Equal("PB0055", hidden.Id);
        Assert.Contains("'App.Json' has that type but is private", hidden.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("namespace A { record T(int X); } namespace B { record T(int Y); } [JsonSerializable(typeof(A.T)), JsonSerializable(typeof(B.T))] abstract partial class Json() : JsonSerializerContext(null);", "B.T", "give one of the two a TypeInfoPropertyName")]
    [InlineData("record T; [JsonSerializable(typeof(T))] abstract partial class Json<U>() : JsonSerializerContext(null);", "T", "is generic")]
    [InlineData("record T; class Outer<U> { [JsonSerializable(typeof(T))] internal abstract partial class Json() : JsonSerializerContext(null); }", "T", "is generic")]
    public void A_context_that_emitted_code_cannot_use_is_said_at_the_handler(string contexts, string type, string says)
    {
        Diagnostic only = Assert.Single(Harness.Generate(Harness.Compile($$"""
            using System.Text.Json.Serialization; {{contexts}} partial class App { [Get("/")] {{type}} A() => null!; }
            """)).Diagnostics);
        Assert.Equal("PB0055", only.Id);
        Assert.Contains(says, only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("class Node<T> { [JsonIgnore] public Node<List<T>>? Next => null; }", "new Node<int>()", false)]
    [InlineData("class Node<T> { Node<List<T>>? Next => null; }", "new Node<int>()", false)]
    [InlineData("class Node<T> { public Node<List<T>>? Next => null; }", "new Node<int>()", false)]
    [InlineData("class Node<T> { public Node<(T, T, T)>? One => null; public Node<List<T>>? Two => null; }", "new Node<int>()", false)]
    [InlineData("class Node<T> { public Node<List<T>>? Two => null; public Node<HashSet<T>>? One => null; }", "new Node<int>()", false)]
    [InlineData("class Node<T> { public Node<T>? Next => null; [JsonIgnore] public Gone? Hidden => null; } class Gone;", "new Gone()", true)]
    public async Task A_type_without_end_is_no_search_without_end(string types, string value, bool isMissing)
    {
        CSharpCompilation compilation = Harness.Compile($$"""
            using System.Text.Json.Serialization; {{types}}
            [JsonSerializable(typeof(Node<int>))] abstract partial class AppJson() : JsonSerializerContext(null);
            partial class App { [Get("/")] Response A() => Response.Json({{value}}); }
            """);
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        ImmutableArray<Diagnostic> found = await compilation.WithAnalyzers([new JsonCallAnalyzer()]).GetAnalyzerDiagnosticsAsync(limit.Token);
        Assert.Equal(isMissing ? ["PB0057"] : [], found.Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData("static string A{0} => $\"{{A{1}}}{{A{1}}}\";", "static string A{0} => \"x\";", "string")]
    [InlineData("static string[] A{0} => [..A{1}, ..A{1}];", "static string[] A{0} => [\"x\"];", "string[]")]
    [InlineData("static string A{0} => A{1} + A{1};", "static string A{0} => \"0123456789012345678901234567890123456789012345678901234567890123456789\";", "string")]
    public void A_value_that_doubles_with_each_member_is_evaluated_at_the_start(string member, string last, string type)
    {
        IEnumerable<string> members = Enumerable.Range(0, 24).Select(i => string.Format(System.Globalization.CultureInfo.InvariantCulture, member, i, i + 1))
            .Append(string.Format(System.Globalization.CultureInfo.InvariantCulture, last, 24));
        Generated generated = Harness.Generate(Harness.Compile($$"""
            using System.Text.Json.Serialization; [JsonSerializable(typeof(string[]))] public partial class AppJson;
            partial class App { [Static("/")] static {{type}} A => A0; {{string.Join(" ", members)}} }
            """ + Json.Half("AppJson", ("string[]", "StringArray"))));
        Assert.Contains(generated.Hints, hint => hint.Contains("too large to be evaluated by the build", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Response.Json(new Gone(1))", "Response.Json")]
    [InlineData("Response.JsonLines(Many())", "Response.JsonLines")]
    [InlineData("ServerSentEvent.Json(new Gone(1)) is null ? null! : null!", "ServerSentEvent.Json")]
    [InlineData("request.JsonAsync<Gone>().IsCompleted ? null! : null!", "Request.JsonAsync")]
    [InlineData("Response.Json(new List<Gone>())", "Response.Json")]
    public async Task A_call_without_metadata_is_an_error_at_the_call(string call, string named)
    {
        Diagnostic only = Assert.Single(await CallsOf(call));
        Assert.Equal("PB0057", only.Id);
        Assert.Contains(named, only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
        Assert.Equal(call[..call.IndexOf('(')].Split('.')[1], only.Location.SourceTree!.ToString().Substring(only.Location.SourceSpan.Start, only.Location.SourceSpan.Length));
    }

    [Theory]
    [InlineData("Response.Json(new { X = 1 })", "declare a record")]
    [InlineData("Response.Json(new[] { new { X = 1 } })", "declare a record")]
    [InlineData("Response.Json(new Hidden())", "make it internal or public")]
    [InlineData("Response.Json(new List<Local>())", "local to its file")]
    [InlineData("Response.Json(Task.FromResult(1))", "await it")]
    [InlineData("Response.Json(new Lazy<int>(1))", "'Value'")]
    [InlineData("Response.Json(typeof(int))", "not data")]
    [InlineData("Response.Json((1, 2))", "declare a record")]
    [InlineData("Response.Json(new Exception())", "exception is not data")]
    [InlineData("Response.Json(Response.Text(\"\"))", "return it")]
    public async Task A_call_with_what_no_context_can_have_says_what_to_write(string call, string says)
    {
        Diagnostic only = Assert.Single(await CallsOf(call));
        Assert.Equal("PB0058", only.Id);
        Assert.Contains(says, only.GetMessage(System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("Response.Json(new Known(new Inner(1)))")]
    [InlineData("Response.Json(new Inner(1))")]
    [InlineData("Response.Json((object)new Gone(1))")]
    [InlineData("Response.Json(new Gone(1), (System.Text.Json.Serialization.Metadata.JsonTypeInfo<Gone>)null!)")]
    [InlineData("Generic<Gone>(null!)")]
    public async Task A_call_with_metadata_gives_none(string call) => Assert.Empty(await CallsOf(call));

    private static async Task<ImmutableArray<Diagnostic>> CallsOf(string call)
    {
        CSharpCompilation compilation = Harness.Compile($$"""
            using System.Text.Json.Serialization;
            file class Local;
            record Gone(int Id); record Inner(int Id); record Known(Inner Inner);
            [JsonSerializable(typeof(Known))] abstract partial class AppJson() : JsonSerializerContext(null);
            partial class App
            {
                [Get("/")] Response A(Request request) => {{call}};
                class Hidden;
                static IAsyncEnumerable<Gone> Many() => null!;
                static Response Generic<T>(T value) => Response.Json(value);
            }
            """);
        return await compilation.WithAnalyzers([new JsonCallAnalyzer()]).GetAnalyzerDiagnosticsAsync();
    }

    [Theory]
    [InlineData("Serve.Run<App>(args);", "Admin", "Static")]
    [InlineData("Serve.Run<App>(args, missing); Serve.Run<Admin>(args);", "Static")]
    [InlineData("Serve.Run(new App()); Serve.Start<Admin>();", "Static")]
    [InlineData("Start<App>(); static void Start<T>() where T : IApp<T>, new() => Serve.Run(new T());", "Admin", "Static")]
    [InlineData("_ = typeof(App); Serve.Run<Admin>(args); Serve.Run<Static>(args);")]
    public async Task A_class_that_nothing_serves_is_named(string program, params string[] unserved)
    {
        const string Apps = """
            partial class App { [Get("/")] string A() => ""; }
            partial class Admin { [Get("/admin")] string A() => ""; }
            [Redirect("/a", "/b")] partial class Static;
            [Serve] partial class Main { [Get("/")] string A() => ""; }
            partial class Around { [Health] internal partial class Inner { [Get("/")] string A() => ""; } static object Run() => Serve.Start<Inner>(); }
            abstract partial class Base { [Get("/")] string A() => ""; }
            class Forgotten { [Get("/")] string A() => ""; }
            class Nothing;
            """;
        CSharpCompilation program2 = Harness.Generate(Harness.Compile(program + "\n" + Apps, kind: OutputKind.ConsoleApplication)).Output;
        ImmutableArray<Diagnostic> found = await program2.WithAnalyzers([new ServedAnalyzer()]).GetAnalyzerDiagnosticsAsync();
        Assert.All(found, diagnostic => Assert.Equal("PB0092", diagnostic.Id));
        Assert.Equal(unserved.Order(), found.Select(diagnostic => diagnostic.Location.SourceTree!.ToString().Substring(diagnostic.Location.SourceSpan.Start, diagnostic.Location.SourceSpan.Length)).Order());

        CSharpCompilation library = Harness.Generate(Harness.Compile(Apps)).Output;
        Assert.Empty(await library.WithAnalyzers([new ServedAnalyzer()]).GetAnalyzerDiagnosticsAsync());
    }
}
