// How long the generator takes for large projects, what it emits, and what an edit costs. Prints a table as Markdown.
using System.Diagnostics;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators;

const int Rounds = 7;

CSharpParseOptions parse = new(LanguageVersion.Preview);
MetadataReference[] references = [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(Prebake.RouteTable).Assembly.Location)];

Console.WriteLine("| routes | full run, ms | unrelated edit, ms | body of a handler, ms | route added, ms | emitted, KB | compiling, ms | of it without the generator, ms |");
Console.WriteLine("|---|---|---|---|---|---|---|---|");
// As in a compiler server, which has compiled before
for (int i = 0; i < 20; i++) Driver().RunGenerators(Project(500, body: "1"));

foreach (int routes in new[] { 10, 100, 1_000, 10_000 })
{
    CSharpCompilation project = Project(routes, body: "1");
    CSharpCompilation fresh = project;
    double full = Median(() => fresh = Project(routes, body: "1"), () => Driver().RunGenerators(fresh));
    GeneratorDriver warm = Driver().RunGenerators(project);
    GeneratorRunResult result = warm.GetRunResult().Results.Single();
    if (result.Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity > DiagnosticSeverity.Info) is { } wrong) throw new InvalidOperationException(wrong.ToString());

    int edit = 0;
    Compilation Edited(string text) => project.AddSyntaxTrees(CSharpSyntaxTree.ParseText(text, parse, $"Edit{edit++}.cs"));
    double unrelated = Median(() => { }, () => warm.RunGenerators(Edited("class Unrelated;")));
    double body = Median(() => { }, () => warm.RunGenerators(WithBody(project, routes, (edit++).ToString())));
    double added = Median(() => { }, () => warm.RunGenerators(Edited("partial class App0 { [Get(\"/added\")] string Added() => \"\"; }")));

    long emitted = result.GeneratedSources.Sum(source => (long)source.SourceText.Length);
    warm.RunGeneratorsAndUpdateCompilation(project, out Compilation whole, out _);
    double compiling = Median(() => { }, () => Emit(whole.Clone()), rounds: 3);
    double without = Median(() => { }, () => Emit(project.Clone()), rounds: 3);

    Console.WriteLine($"| {routes:#,0} | {full:0.0} | {unrelated:0.0} | {body:0.0} | {added:0.0} | {emitted / 1000:#,0} | {compiling:0} | {without:0} |");
}

Console.WriteLine();
Console.WriteLine("| 1,000 routes with three providers and five rules each | ms |");
Console.WriteLine("|---|---|");
CSharpCompilation Service(string body) => CSharpCompilation.Create("Bench",
    [CSharpSyntaxTree.ParseText("global using System; global using Prebake;", parse, "Usings.cs"), CSharpSyntaxTree.ParseText(ServiceText(1_000).Replace("{body}", body), parse, "App.cs")],
    references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release, nullableContextOptions: NullableContextOptions.Enable));
CSharpCompilation service = Service("1");
for (int i = 0; i < 3; i++) Driver().RunGenerators(Service("1"));
Console.WriteLine($"| full run | {Median(() => service = Service("1"), () => Driver().RunGenerators(service)):0.0} |");
GeneratorDriver known = Driver().RunGenerators(service);
if (known.GetRunResult().Diagnostics.FirstOrDefault(diagnostic => diagnostic.Severity > DiagnosticSeverity.Info) is { } mistake) throw new InvalidOperationException(mistake.ToString());
int number = 0;
Compilation changed = service;
Console.WriteLine($"| body of a handler | {Median(() => changed = EditedService(number++.ToString()), () => known.RunGenerators(changed)):0.0} |");
Console.WriteLine($"| unrelated edit | {Median(() => changed = service.AddSyntaxTrees(CSharpSyntaxTree.ParseText("class Unrelated;", parse, $"Edit{number++}.cs")), () => known.RunGenerators(changed)):0.0} |");

Compilation EditedService(string body) => service.ReplaceSyntaxTree(
    service.SyntaxTrees.Single(tree => tree.FilePath == "App.cs"), CSharpSyntaxTree.ParseText(ServiceText(1_000).Replace("{body}", body), parse, "App.cs"));

// What a service has in front of each handler
static string ServiceText(int routes)
{
    var source = new System.Text.StringBuilder("""
        using System.ComponentModel.DataAnnotations;
        using System.Text.Json.Serialization;
        sealed record Account(string Name);
        sealed record Rights(Account Of);
        sealed class Connection : IDisposable { public void Dispose() { } }
        partial class App
        {
            [Provide(Challenge = "Bearer")] Account? Me([Header("Authorization")] string? authorization) => authorization is null ? null : new(authorization);
            [Provide] Rights RightsOf(Account me) => new(me);
            [Provide] Connection Connect() => new();

        """);
    for (int i = 0; i < routes; i++)
        source.Append($"    [Post(\"/area{i % 50}/things{i}/{{id}}\")] string Thing{i}([Range(1, 9)] int id, Thing{i}Body body, Account me, Rights rights, Connection connection) => \"{i} {{body}}\";\n");
    source.Append("}\n");
    for (int i = 0; i < routes; i++)
        source.Append($"record Thing{i}Body([Required, StringLength(20)] string Name, [Range(1, {i + 1})] int Count, [MaxLength(3)] string[]? Tags, [EmailAddress] string? Mail);\n");
    for (int i = 0; i < routes; i++) source.Append($"[JsonSerializable(typeof(Thing{i}Body))]\n");
    return source.Append("partial class AppJson : JsonSerializerContext;\n").ToString();
}

GeneratorDriver Driver() => CSharpGeneratorDriver.Create([new RouteGenerator().AsSourceGenerator()], parseOptions: parse);

// A class of routes for each hundred, as people write them: a tenth constants, the others handlers with and without a parameter
CSharpCompilation Project(int routes, string body)
{
    var trees = new List<SyntaxTree> { CSharpSyntaxTree.ParseText("global using System; global using Prebake;", parse, "Usings.cs") };
    trees.Add(Tree(routes, body));
    return CSharpCompilation.Create("Bench", trees, references, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, optimizationLevel: OptimizationLevel.Release));
}

SyntaxTree Tree(int routes, string body)
{
    var source = new System.Text.StringBuilder("partial class App0\n{\n");
    for (int i = 0; i < routes; i++)
        source.Append((i % 10) switch
        {
            0 => $"    [Static(\"/static/{i}\")] const string Static{i} = \"text {i}\";\n",
            1 or 2 or 3 => $"    [Get(\"/api/v{i % 7}/resource{i}/{{id}}\")] string One{i}(int id) => $\"{{id}}\";\n",
            4 => $"    [Post(\"/api/v{i % 7}/resource{i}\")] string Add{i}(string name, int page = 1) => name + {body};\n",
            _ => $"    [Get(\"/api/v{i % 7}/resource{i}\")] string All{i}() => \"all\";\n",
        });
    return CSharpSyntaxTree.ParseText(source.Append("}\n").ToString(), parse, "App.cs");
}

Compilation WithBody(Compilation project, int routes, string body) => project.ReplaceSyntaxTree(project.SyntaxTrees.Single(tree => tree.FilePath == "App.cs"), Tree(routes, body));

static void Emit(Compilation compilation)
{
    using var stream = new MemoryStream();
    var result = compilation.Emit(stream);
    // Without the generator the interface of the app is missing, which nothing here asks for
    if (!result.Success) throw new InvalidOperationException(result.Diagnostics.First(diagnostic => diagnostic.Severity == DiagnosticSeverity.Error).ToString());
}

static double Median(Action prepare, Action action, int rounds = Rounds)
{
    var times = new double[rounds];
    for (int i = 0; i < rounds; i++)
    {
        prepare();
        long start = Stopwatch.GetTimestamp();
        action();
        times[i] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    Array.Sort(times);
    return times[rounds / 2];
}
