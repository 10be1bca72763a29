using System.Collections.Immutable;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Prebake.CodeFixes;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests;

/// <summary>Pairs of files in <c>Fixes</c>: the first with the place of the light bulb between <c>[|</c> and <c>|]</c>, the second as the fix leaves it.</summary>
public sealed class FixTests
{
    internal static readonly CodeFixProvider[] Fixes = [new MakePartial(), new RewritePattern(), new AddParameter(), new AddJsonType(), new AwaitInstead(), new RouteOfArm(), new ReturnTask()];
    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers = [new FixableAnalyzer(), new BlockingCallAnalyzer(), new ComparedPathAnalyzer(), new JsonCallAnalyzer()];

    private static string Folder => Path.Combine(Repository.Root, "tests", "Generators", "Fixes");

    public static TheoryData<string> Cases => new(Directory.GetFiles(Folder, "*.before.txt").Select(file => Path.GetFileName(file).Split('.')[0]).Order());

    [Theory, MemberData(nameof(Cases))]
    public async Task A_fix_leaves_what_the_second_file_holds(string name)
    {
        string before = (await File.ReadAllTextAsync(Path.Combine(Folder, name + ".before.txt"))).ReplaceLineEndings("\n");
        string after = (await File.ReadAllTextAsync(Path.Combine(Folder, name + ".after.txt"))).ReplaceLineEndings("\n");
        int start = before.IndexOf("[|", StringComparison.Ordinal), end = before.IndexOf("|]", StringComparison.Ordinal) - 2;

        Document document = DocumentOf(before.Replace("[|", "").Replace("|]", ""));
        ImmutableArray<Diagnostic> found = await AnalyzeAsync(document);
        Diagnostic diagnostic = found.Single(diagnostic => diagnostic.Location.SourceSpan == TextSpan.FromBounds(start, end));

        var actions = new List<CodeAction>();
        foreach (CodeFixProvider fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        CodeAction only = Assert.Single(actions);

        ImmutableArray<CodeActionOperation> operations = await only.GetOperationsAsync(default);
        Document changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        Assert.Equal(after, (await changed.GetTextAsync()).ToString().ReplaceLineEndings("\n"));

        // Nothing is left at the place, and the result is a program
        Assert.DoesNotContain(await AnalyzeAsync(changed), left => left.Id == diagnostic.Id && left.GetMessage() == diagnostic.GetMessage() && left.Properties.GetValueOrDefault("what") == diagnostic.Properties.GetValueOrDefault("what") && left.Location.SourceSpan == diagnostic.Location.SourceSpan);
        Assert.Empty(Harness.Generate(after).Diagnostics.Where(left => left.Severity == DiagnosticSeverity.Error));
    }

    [Fact]
    public void Every_fix_has_a_case() => Assert.Equal(
        Fixes.SelectMany(fix => fix.FixableDiagnosticIds).Order(),
        new[] { "PB0057", "PB0090", "PB0091", "PB1001", "PB1012", "PB1030", "PB1052", "PB1056" });

    [Theory]
    [InlineData("partial class App { [Get(\"/\")] string A() => Task.FromResult(\"\").Result; }")]      // not async: that is the user's to decide
    [InlineData("partial class App { [Fetch] string A(Request request) => request.Path is \"/a\" ? \"a\" : \"\"; }")]
    [InlineData("partial class App { readonly object _gate = new(); [Get(\"/\")] async Task<string> A() { await Task.Yield(); lock (_gate) return Task.FromResult(\"\").Result; } }")]
    public async Task What_is_not_simple_has_no_light_bulb(string source)
    {
        Document document = DocumentOf(source);
        Diagnostic diagnostic = Assert.Single(await AnalyzeAsync(document));
        var actions = new List<CodeAction>();
        foreach (CodeFixProvider fix in Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            await fix.RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        Assert.Empty(actions);
    }

    [Theory]
    [InlineData("partial class App { [Get(\"/\")] private partial void A(); private async partial void A() => await Task.Yield(); }")]
    [InlineData("class Base { public virtual void A() { } } partial class App : Base { [Get(\"/\")] public override async void A() => await Task.Yield(); }")]
    [InlineData("interface I { void A(); } partial class App : I { [Get(\"/\")] public async void A() => await Task.Yield(); }")]
    [InlineData("interface I { string A(); } partial class App : I { [Get(\"/{id}\")] public string A() => \"\"; }")]
    [InlineData("class Base { public virtual string A() => \"\"; } partial class App : Base { [Get(\"/{id}\")] public override string A() => \"\"; }")]
    public async Task A_signature_that_is_said_elsewhere_too_has_no_light_bulb(string source) => Assert.Empty(await AnalyzeAsync(DocumentOf(source)));

    // Roslyn's formatter throws an exception on the array
    [Fact]
    public async Task A_source_that_cannot_be_formatted_is_changed_all_the_same()
    {
        Document document = DocumentOf("""
            using System.Text.Json.Serialization;

            sealed record Todo(string Title);

            partial class App
            {
                [Get("/todo")] Todo First() => new[Get(] ("write");

                [JsonSerializable(typeof(int))]
                internal sealed partial class Json : JsonSerializerContext;
            }
            """);
        SyntaxTree tree = (await document.GetSyntaxTreeAsync())!;
        DiagnosticDescriptor descriptor = (await AnalyzeAsync(DocumentOf("partial class App { [Get(\"/\")] Todo First() => new(); } class Todo;"))).Single(found => found.Id == "PB1052").Descriptor;
        Diagnostic diagnostic = Diagnostic.Create(descriptor, Location.Create(tree, new TextSpan(100, 1)), ImmutableDictionary<string, string?>.Empty.Add("what", "Todo"));

        var actions = new List<CodeAction>();
        await new AddJsonType().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (action, _) => actions.Add(action), default));
        ImmutableArray<CodeActionOperation> operations = await Assert.Single(actions).GetOperationsAsync(default);
        Document changed = operations.OfType<ApplyChangesOperation>().Single().ChangedSolution.GetDocument(document.Id)!;
        Assert.Contains("JsonSerializable(typeof(Todo))", (await changed.GetTextAsync()).ToString());
    }

    internal static Document DocumentOf(string source)
    {
        var workspace = new AdhocWorkspace();
        Project project = workspace.AddProject(ProjectInfo.Create(ProjectId.CreateNewId(), VersionStamp.Default, "App", "App", LanguageNames.CSharp,
            compilationOptions: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable),
            parseOptions: Harness.ParseOptions,
            metadataReferences: [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(RouteTable).Assembly.Location)]));
        project = project.AddDocument("Usings.cs", Harness.Usings).Project;
        return project.AddDocument("App.cs", source);
    }

    private static async Task<ImmutableArray<Diagnostic>> AnalyzeAsync(Document document)
    {
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        return await compilation.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync();
    }
}
