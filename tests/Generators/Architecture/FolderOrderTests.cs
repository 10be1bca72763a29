using System.Text.RegularExpressions;
using Basic.Reference.Assemblies;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Tests.Architecture;

/// <summary>
/// Keeps the second table of <c>docs/architecture.md</c> true: a folder of the generator names nothing of a later one, whether by a type's name,
/// through an extension method or by <c>var</c>. The compiler is asked, so that no spelling hides a reference.
/// </summary>
public sealed partial class FolderOrderTests
{
    private const string Root = "Prebake.Generators", OnTop = "(on top)";

    // Files that may name a later folder, with the folder: none, and it should stay so
    private static readonly HashSet<(string File, string Folder)> s_exempt = [];

    private static readonly Lazy<CSharpCompilation> s_compilation = new(Compile);

    [Fact]
    public void No_folder_names_a_later_one()
    {
        CSharpCompilation compilation = s_compilation.Value;
        Assert.Empty(Faults(compilation, compilation.SyntaxTrees.Where(tree => tree.FilePath.Length > 0 && !Path.IsPathRooted(tree.FilePath)), out int references));
        // That the compiler knows what the files mean: a name that it does not know would be no fault
        Assert.InRange(references, 5_000, int.MaxValue);
    }

    [Fact]
    public void The_table_is_an_order_with_a_row_for_each_folder()
    {
        List<Folder> table = Table();
        for (int i = 0; i < table.Count; i++) Assert.Empty(table[i].MayUse.Except(table.Take(i).Select(folder => folder.Name)));

        IEnumerable<string> folders = Directory.EnumerateDirectories(Path.Combine(Repository.Root, "src", "Generators")).Select(path => Path.GetFileName(path))
            .Where(name => name is not ("bin" or "obj"));
        Assert.Equal(folders.Append(OnTop).Order(StringComparer.Ordinal), table.Select(folder => folder.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_namespace_is_a_folder()
    {
        IEnumerable<string> wrong = Sources().Select(source => (source.Path, Expected: Root + string.Concat(source.Path.Split('/')[..^1].Select(part => "." + part)), source.Text))
            .Where(source => !source.Text.Contains($"\nnamespace {source.Expected};\n", StringComparison.Ordinal) && !source.Text.StartsWith($"namespace {source.Expected};\n", StringComparison.Ordinal))
            .Select(source => $"{source.Path} is not in {source.Expected}");
        Assert.Empty(wrong);
    }

    [Theory]
    [InlineData("Plan/Wrong.cs", "class Wrong { object Type() => typeof(Parse.RouteParser); }", "Parse")]
    [InlineData("Plan/Wrong.cs", "class Wrong { string Text(string path) => Parse.PatternParser.Parse(path, out _)?.Text ?? \"\"; }", "Parse")]
    [InlineData("Plan/Wrong.cs", "using Prebake.Generators.Parse; class Wrong { bool Extension(Microsoft.CodeAnalysis.ITypeSymbol type) => type.IsBroken(); }", "Parse")]
    [InlineData("Plan/Wrong.cs", "using static Prebake.Generators.Emit.TableEmitter; class Wrong { string Imported(Model.AppModel app) => EmitStub(app); }", "Emit")]
    [InlineData("Emit/Wrong.cs", "class Wrong { object Canonical() => Parse.MethodNames.Split(null); }", "Parse")]
    [InlineData("Parse/Wrong.cs", "class Wrong { object Later(Plan.RoutePlan plan) => plan.Routes; }", "Plan")]
    [InlineData("Model/Wrong.cs", "class Wrong { System.Func<object> Later = () => Parse.MethodNames.Split(null); }", "Parse")]
    [InlineData("Names/Wrong.cs", "class Wrong { void Later(Model.AppModel app) { var table = app.TableName; } }", "Model")]
    [InlineData("Emit/Wrong.cs", "class Wrong { object Top() => new RouteGenerator(); }", OnTop)]
    public void A_reference_to_a_later_folder_is_found(string file, string code, string folder)
    {
        int end = code.StartsWith("using", StringComparison.Ordinal) ? code.IndexOf(';', StringComparison.Ordinal) + 1 : 0;
        string text = $"{code[..end]}\nnamespace {Root}.{file.Split('/')[0]};\n{code[end..]}";
        SyntaxTree wrong = Parse(text, file);
        Assert.Equal([$"{file} uses {folder}"], Faults(s_compilation.Value.AddSyntaxTrees(wrong), [wrong], out _).Select(fault => fault[..fault.LastIndexOf(':')]).Distinct());
    }

    /// <summary>Every place where a file uses what its folder may not use.</summary>
    private static List<string> Faults(CSharpCompilation compilation, IEnumerable<SyntaxTree> trees, out int references)
    {
        Dictionary<string, Folder> table = Table().ToDictionary(folder => folder.Name);
        var faults = new List<string>();
        references = 0;
        foreach (SyntaxTree tree in trees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            Folder own = table[FolderOf(tree.FilePath)];
            foreach (SyntaxNode node in tree.GetRoot().DescendantNodes().Where(node => node is SimpleNameSyntax or ImplicitObjectCreationExpressionSyntax))
            {
                if (model.GetSymbolInfo(node).Symbol is not { } symbol || HomeOf(symbol) is not { } home) continue;

                references++;
                if (home == own.Name || own.MayUse.Contains(home) || s_exempt.Contains((tree.FilePath, home))) continue;

                faults.Add($"{tree.FilePath} uses {home}: {symbol.Name}");
            }
        }

        return faults;
    }

    /// <summary>The generator's own files and what lies below them.</summary>
    private static CSharpCompilation Compile()
    {
        const string Implicit = "global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq; global using System.Threading; "
            + "global using Prebake.Generators.Names; global using Prebake.Generators.Messages;";
        IEnumerable<string> below = Directory.EnumerateFiles(Path.Combine(Repository.Root, "src", "Shared"), "*.cs")
            .Append(Path.Combine(Repository.Root, "src", "Runtime", "Grammar", "ContentCoding.cs"));
        return CSharpCompilation.Create(Root,
            [.. Sources().Select(source => Parse(source.Text, source.Path)), Parse(Implicit, ""), .. below.Select(path => Parse(File.ReadAllText(path), path))],
            [.. Net100.References.All, MetadataReference.CreateFromFile(typeof(Compilation).Assembly.Location), MetadataReference.CreateFromFile(typeof(CSharpCompilation).Assembly.Location)],
            new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary));
    }

    private static SyntaxTree Parse(string text, string path) => CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview), path);

    /// <summary>The folder that a symbol is declared in; null for one of another project, of <c>Shared</c>, and for names of namespaces.</summary>
    private static string? HomeOf(ISymbol symbol)
    {
        if (symbol is INamespaceSymbol) return null;

        string? file = symbol.OriginalDefinition.DeclaringSyntaxReferences.FirstOrDefault()?.SyntaxTree.FilePath;
        return string.IsNullOrEmpty(file) || Path.IsPathRooted(file) ? null : FolderOf(file);
    }

    private static string FolderOf(string file) => file.Contains('/', StringComparison.Ordinal) ? file.Split('/')[0] : OnTop;

    /// <summary>The generator's own files, by their path below its folder.</summary>
    private static IEnumerable<(string Path, string Text)> Sources()
    {
        string folder = Path.Combine(Repository.Root, "src", "Generators");
        return Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Select(file => (Path: Path.GetRelativePath(folder, file).Replace(Path.DirectorySeparatorChar, '/'), Text: File.ReadAllText(file).Replace("\r\n", "\n", StringComparison.Ordinal)))
            .Where(source => source.Path.Split('/')[0] is not ("bin" or "obj"))
            .OrderBy(source => source.Path, StringComparer.Ordinal);
    }

    private static List<Folder> Table()
    {
        var folders = new List<Folder>();
        foreach (Match row in Row().Matches(File.ReadAllText(Path.Combine(Repository.Root, "docs", "architecture.md"))))
        {
            string uses = row.Groups[2].Value.Trim();
            IEnumerable<string> allowed = uses == "rows above" ? folders.Select(folder => folder.Name)
                : uses == "–" ? []
                : uses.Split(',', StringSplitOptions.TrimEntries);
            folders.Add(new Folder(row.Groups[1].Value, allowed.ToHashSet()));
        }

        Assert.NotEmpty(folders);
        return folders;
    }

    private sealed record Folder(string Name, HashSet<string> MayUse);

    // The names of the generator's folders stand as code, those of the runtime's do not
    [GeneratedRegex(@"^\| `([\w() ]+)` \| .+? \| ([^|]+) \|$", RegexOptions.Multiline)] private static partial Regex Row();
}
