using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>One incremental driver that is given one source after the other, as an editor does, and what must be true after each.</summary>
internal sealed partial class Bench
{
    // What the build task would have found for the corpus
    private const string Files = "project\t/nowhere\nfile\tlogo.svg\t\t0:0:3:0123456789abcdef\nfolder\tpublic\nbelow\tpublic\tindex.html\t0:0:3:0123456789abcdef\n";

    private static readonly ImmutableArray<DiagnosticAnalyzer> s_analyzers =
        [new FixableAnalyzer(), new BlockingCallAnalyzer(), new ComparedPathAnalyzer(), new JsonCallAnalyzer(), new ServedAnalyzer(), new IdleAttributeAnalyzer(),
         new SocketCallAnalyzer(), new SocketCallbackAnalyzer(), new TopicAnalyzer(), new CaptiveValueAnalyzer(),
         new TlsAnalyzer(), new OptionAnalyzer(), new BaseMemberAnalyzer(), new PartialHandlerAnalyzer(), new ArgumentsAnalyzer()];

    private GeneratorDriver _driver;
    private CSharpCompilation _compilation;
    private SyntaxTree _tree;

    public Bench(bool isDebug)
    {
        _compilation = Harness.Compile("", isDebug, isDebug ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary);
        _tree = _compilation.SyntaxTrees.Single(tree => tree.FilePath == "App.cs");
        _driver = Harness.Driver(track: false, files: Files);
    }

    public CSharpCompilation Compilation => _compilation;

    /// <summary>Gives the driver another source; what is wrong with what it made of that, or null.</summary>
    public string? Run(string source, bool checksEmitted = true)
    {
        SyntaxTree tree = _tree.WithChangedText(Microsoft.CodeAnalysis.Text.SourceText.From(source, System.Text.Encoding.UTF8));
        _compilation = (CSharpCompilation)_compilation.ReplaceSyntaxTree(_tree, tree);
        _tree = tree;
        _driver = _driver.RunGenerators(_compilation);
        GeneratorRunResult result = _driver.GetRunResult().Results.Single();
        if (result.Exception is { } thrown) return "the generator threw " + thrown;

        foreach (Diagnostic diagnostic in result.Diagnostics)
        {
            if (diagnostic.Id is "PB0004" or "CS8785") return "the generator failed: " + diagnostic;
            if (diagnostic.Location.Kind == LocationKind.None) return "a diagnostic has no place: " + diagnostic;
            if (diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture) is var message && message.Contains("''", StringComparison.Ordinal)
                // An empty or a missing path, method or name is what these are about
                && diagnostic.Id is not ("PB0010" or "PB0021" or "PB0046" or "PB0067" or "PB0070" or "PB0112" or "PB0113") && !source.Contains("\"\"", StringComparison.Ordinal))
                return "a diagnostic says nothing: " + diagnostic;
        }

        return checksEmitted ? EmittedError(result) : null;
    }

    /// <summary>An error in emitted code whose cause is not one that the user's own code has too, or null.</summary>
    private string? EmittedError(GeneratorRunResult result)
    {
        if (result.GeneratedSources.IsEmpty) return null;

        CSharpCompilation output = _compilation.AddSyntaxTrees(result.GeneratedSources.Select(source => source.SyntaxTree));
        HashSet<string>? blamed = null;
        foreach (GeneratedSourceResult source in result.GeneratedSources)
        {
            foreach (Diagnostic diagnostic in output.GetSemanticModel(source.SyntaxTree).GetDiagnostics())
            {
                if (diagnostic.Severity < DiagnosticSeverity.Warning) continue;

                blamed ??= _compilation.GetDiagnostics().Where(own => own.Severity == DiagnosticSeverity.Error).SelectMany(NamesIn).ToHashSet();
                if (!NamesIn(diagnostic).Any(blamed.Contains)) return "emitted code has an error: " + diagnostic + "\nuser errors name: " + string.Join(", ", blamed);
            }
        }

        return null;
    }

    private static IEnumerable<string> NamesIn(Diagnostic diagnostic) =>
        Name().Matches(diagnostic.GetMessage(System.Globalization.CultureInfo.InvariantCulture)).Select(match => match.Value)
            .Append(diagnostic.Location.SourceTree?.ToString().Substring(diagnostic.Location.SourceSpan.Start, Math.Min(diagnostic.Location.SourceSpan.Length, 100)) ?? "");

    /// <summary>Runs the analyzers over what the last source and its generated half are together.</summary>
    public async Task<(string? Wrong, ImmutableArray<Diagnostic> Found)> AnalyzeAsync()
    {
        CSharpCompilation output = _compilation.AddSyntaxTrees(_driver.GetRunResult().GeneratedTrees);
        ImmutableArray<Diagnostic> found = await output.WithAnalyzers(s_analyzers).GetAnalyzerDiagnosticsAsync();
        foreach (Diagnostic diagnostic in found)
        {
            if (diagnostic.Id is "AD0001" or "PB0093") return ("an analyzer failed: " + diagnostic, found);
            if (diagnostic.Location.Kind == LocationKind.None) return ("a diagnostic has no place: " + diagnostic, found);
        }

        return (null, found);
    }

    [GeneratedRegex(@"[\p{L}_][\p{L}\p{Nd}_]*")] private static partial Regex Name();
}
