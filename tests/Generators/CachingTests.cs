using System.Collections;
using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests;

/// <summary>What an edit costs. That an unrelated one costs nothing is asserted by every test that generates.</summary>
public class CachingTests
{
    private const string Source = """
        using System.Text.Json.Serialization;
        [Redirect("/old", "/")]
        [Serve(Port = 1)]
        partial class App
        {
            [Static("/")] const string Home = "home";
            [Get("/users/{id}")] string User(int id, int page = 1) => "";
            [Fetch] string Rest() => "";
            [WebSocket("/chat", Origins = ["https://a.example"])] Chat Connect() => new();
            [Error] string Wrong(Exception error) => "";
        }
        partial class Other { [Get("/x")] string X() => ""; [Get("/y")] string Y() => ""; }
        class Chat : WebSocketHandler { protected override void Drain() { } }
        [JsonSerializable(typeof(int))] partial class AppJson : JsonSerializerContext;
        """;

    [Fact]
    public void Moving_a_line_emits_nothing()
    {
        var reasons = EditAndRun(source => "\n\n// a comment\n" + source);
        Assert.All(reasons[StepNames.Routes], reason => Assert.Equal(IncrementalStepRunReason.Unchanged, reason));
        Assert.All(reasons[StepNames.Checks], reason => Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
        Assert.DoesNotContain(reasons["Emit"], reason => reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);
    }

    [Fact]
    public void Changing_a_body_emits_nothing()
    {
        var reasons = EditAndRun(source => source.Replace("int page = 1) => \"\"", "int page = 1) => \"changed\""));
        Assert.DoesNotContain(reasons["Emit"], reason => reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);
    }

    [Fact]
    public void Changing_what_a_step_sets_changes_the_constants()
    {
        const string Stamped = "partial class Top { [After] static void Stamp(Response response) => response.Headers[\"X-Version\"] = \"7\"; [Static(\"/c\")] const string C = \"c\"; }\n";
        var changed = EditAndRun(source => source.Replace("\"7\"", "\"8\""), Stamped);
        Assert.Single(changed["Emit"], reason => reason is IncrementalStepRunReason.Modified);
    }

    [Fact]
    public void Moving_a_line_of_a_part_emits_nothing_and_changing_a_route_of_it_both_tables()
    {
        const string Mounting = "partial class Top { [Mount(\"/other\")] readonly Other _other = new(); }\n";
        var moved = EditAndRun(source => "\n\n// a comment\n" + source, Mounting);
        Assert.DoesNotContain(moved["Emit"], reason => reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New);

        var changed = EditAndRun(source => source.Replace("[Get(\"/y\")]", "[Get(\"/z\")]"), Mounting);
        Assert.Equal(2, changed[StepNames.Tables].Count(reason => reason is IncrementalStepRunReason.Modified));
    }

    [Fact]
    public void Changing_one_app_leaves_the_other()
    {
        var reasons = EditAndRun(source => source.Replace("\"/users/{id}\"", "\"/people/{id}\""));
        Assert.Single(reasons[StepNames.Tables], IncrementalStepRunReason.Modified);
        Assert.Single(reasons[StepNames.Tables], reason => reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged);
    }

    // What a route of a WebSocket is depends on a class elsewhere
    private const string Sockets = """
        partial class App { [WebSocket("/a")] Chat A() => new(); [WebSocket("/b")] WebSocketHandler B() => new Other(); }
        sealed class Chat : WebSocketHandler { protected override ValueTask Message(string text) { Send("a"); return default; } }
        class Other : WebSocketHandler { }
        partial class Still { [WebSocket("/c")] Other C() { return new(); } }
        """;

    [Theory]
    [InlineData("Send(\"a\")", "Send(\"b\")", "")]
    [InlineData("sealed class Chat", "\n\n/* moved */ sealed class Chat", "")]
    [InlineData("class Other : WebSocketHandler { }", "class Other : WebSocketHandler { protected override void Drain() { } }", "App Still")]
    [InlineData("{ Send", "{ _ = 1; Send", "")]
    [InlineData("{ return new(); }", "{ return new Heir(); } class Heir : Other { protected override void Drain() { } }", "Still")]
    [InlineData("B() => new Other()", "B() => new Chat()", "App")]
    [InlineData("(\"/a\")", "(\"/a\", IdleTimeout = 1)", "App")]
    public void A_socket_is_emitted_again_only_when_its_options_or_callbacks_change(string before, string after, string changed)
    {
        CSharpCompilation compilation = Harness.Compile(Sockets);
        GeneratorDriver driver = Harness.Driver().RunGenerators(compilation);
        SyntaxTree tree = compilation.SyntaxTrees.Single(candidate => candidate.FilePath == "App.cs");
        string edited = Sockets.Replace(before, after, StringComparison.Ordinal);
        Assert.NotEqual(Sockets, edited);
        GeneratorRunResult result = driver.RunGenerators(compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(edited, Harness.ParseOptions, "App.cs"))).GetRunResult().Results.Single();

        Assert.Equal(changed, string.Join(" ", result.TrackedSteps[StepNames.Emit].SelectMany(step => step.Outputs)
            .Where(output => output.Reason is IncrementalStepRunReason.Modified or IncrementalStepRunReason.New)
            .Select(output => ((Model.EmittedApp)output.Value).Files[0].HintName.Split('.')[0])));
    }

    [Theory]
    [InlineData("Other.cs", null)]
    [InlineData(null, "Other.cs")]
    [InlineData("Other.cs", "Another.cs")]
    public void A_file_without_routes_that_comes_or_goes_or_gets_another_name_emits_nothing(string? before, string? after)
    {
        static CSharpCompilation With(CSharpCompilation app, string? path) =>
            path is null ? app : app.AddSyntaxTrees(CSharpSyntaxTree.ParseText("namespace Elsewhere; class Unrelated { }", Harness.ParseOptions, path));

        CSharpCompilation app = Harness.Compile(Source);
        GeneratorDriver driver = Harness.Driver().RunGenerators(With(app, before));
        GeneratorRunResult result = driver.RunGenerators(With(app, after)).GetRunResult().Results.Single();
        Assert.All(StepNames.All.Where(result.TrackedSteps.ContainsKey).SelectMany(name => result.TrackedSteps[name]).SelectMany(step => step.Outputs),
            output => Assert.True(output.Reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged));
    }

    [Fact]
    public void No_step_holds_on_to_a_compilation()
    {
        const string Sends = """class Sends : WebSocketHandler { protected override void Open() { Send("constant"); } }""";
        GeneratorRunResult result = Harness.Driver().RunGenerators(Harness.Compile(Source + Sends, kind: OutputKind.ConsoleApplication)).GetRunResult().Results.Single();
        int reached = 0;
        foreach (string name in StepNames.All)
        {
            foreach ((object value, _) in result.TrackedSteps[name].SelectMany(step => step.Outputs))
            {
                var seen = new HashSet<object>(ReferenceEqualityComparer.Instance);
                Visit(value, name, seen);
                reached += seen.Count;
            }
        }

        Assert.True(reached > 200);
    }

    [Fact]
    public void A_project_without_routes_gets_no_file() =>
        Assert.Empty(Harness.Driver().RunGenerators(Harness.Compile("class Nothing { }")).GetRunResult().GeneratedTrees);

    private static Dictionary<string, IncrementalStepRunReason[]> EditAndRun(Func<string, string> edit, string more = "")
    {
        string source = Source + "\n" + more;
        CSharpCompilation compilation = Harness.Compile(source);
        GeneratorDriver driver = Harness.Driver().RunGenerators(compilation);
        SyntaxTree tree = compilation.SyntaxTrees.Single(candidate => candidate.FilePath == "App.cs");
        Compilation edited = compilation.ReplaceSyntaxTree(tree, CSharpSyntaxTree.ParseText(edit(source), Harness.ParseOptions, "App.cs"));
        GeneratorRunResult result = driver.RunGenerators(edited).GetRunResult().Results.Single();

        var reasons = result.TrackedSteps.Where(step => StepNames.All.Contains(step.Key))
            .ToDictionary(step => step.Key, step => step.Value.SelectMany(run => run.Outputs).Select(output => output.Reason).ToArray());
        // Outputs whose input is the table: those that made a file
        reasons["Emit"] = result.TrackedOutputSteps.SelectMany(step => step.Value)
            .Where(step => step.Outputs.Any(output => output.Value is ITuple files && files.Length > 0 && files[0] is IEnumerable sources && sources.Cast<object>().Any()))
            .SelectMany(step => step.Outputs).Select(output => output.Reason).ToArray();
        Assert.NotEmpty(reasons["Emit"]);
        return reasons;
    }

    private static void Visit(object? value, string path, HashSet<object> seen)
    {
        if (value is null or string || value.GetType().IsPrimitive || value.GetType().IsEnum || !seen.Add(value)) return;

        // 'is', not exact types: the dangerous ones are derived
        Assert.False(value is ISymbol or Compilation or SyntaxNode or SyntaxTree or Location or SemanticModel, $"{path} reaches a {value.GetType()}");

        if (value is IEnumerable items)
            foreach (object? item in items) Visit(item, path + "[]", seen);

        for (Type? type = value.GetType(); type is not null && type != typeof(object); type = type.BaseType)
            foreach (FieldInfo field in type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
                Visit(field.GetValue(value), path + "." + field.Name, seen);
    }
}
