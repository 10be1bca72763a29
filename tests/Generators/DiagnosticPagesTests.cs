using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Prebake.Generators.Analyze;

namespace Prebake.Generators.Tests;

/// <summary>Each diagnostic has its page, and what the page calls wrong and right is so.</summary>
public sealed partial class DiagnosticPagesTests
{
    // What the pages on files speak of
    private const string Files = "project\t/nowhere\nmissing\tmissing.png\nfolder\tempty\nfile\tlogo.svg\t\t0:0:3:0123456789abcdef\nfolder\tpublic\nbelow\tpublic\ta.txt\t0:0:3:0123456789abcdef\n";

    private static string Folder => Path.Combine(Repository.Root, "docs", "diagnostics");

    private static IEnumerable<string> Said => global::Prebake.Generators.Messages.Diagnostics.All.Values
        .Where(descriptor => descriptor.DefaultSeverity != DiagnosticSeverity.Hidden).Select(descriptor => descriptor.Id).Order();

    public static TheoryData<string> Ids => new(Said);

    [Fact]
    public void There_is_a_page_for_each_and_each_page_is_for_one()
    {
        Assert.Equal(Said, Directory.GetFiles(Folder, "PB*.md").Select(file => Path.GetFileNameWithoutExtension(file)).Order());
        string list = File.ReadAllText(Path.Combine(Folder, "README.md"));
        foreach (DiagnosticDescriptor descriptor in global::Prebake.Generators.Messages.Diagnostics.All.Values)
        {
            Assert.True(File.Exists(Path.Combine(Folder, Path.GetFileName(descriptor.HelpLinkUri))), descriptor.Id);
            if (descriptor.DefaultSeverity != DiagnosticSeverity.Hidden)
                Assert.Contains($"| [{descriptor.Id}]({descriptor.Id}.md) | {descriptor.DefaultSeverity.ToString().ToLowerInvariant()} | {descriptor.Title} |", list);
        }
    }

    [Theory, MemberData(nameof(Ids))]
    public async Task The_wrong_code_gives_it_and_the_right_code_gives_none(string id)
    {
        string page = (await File.ReadAllTextAsync(Path.Combine(Folder, id + ".md"))).ReplaceLineEndings("\n");
        DiagnosticDescriptor descriptor = global::Prebake.Generators.Messages.Diagnostics.All[id];
        Assert.StartsWith($"# {id}: {descriptor.Title}\n\n{descriptor.DefaultSeverity}. ", page, StringComparison.Ordinal);

        string[] snippets = Snippet().Matches(page).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(2, snippets.Length);

        if (id is "PB0004" or "PB0093")
        {
            // No code gives these: something is made to throw
            Diagnostic[] failed = await WhileThrowing(id == "PB0004" ? StepNames.Emit : "Analyze", () => FoundIn(snippets[0]));
            Assert.Equal([id], failed.Select(diagnostic => diagnostic.Id).Distinct());
            Assert.Empty(await FoundIn(snippets[1]));
            return;
        }

        if (id is "PB0005")
        {
            var old = new CSharpParseOptions(LanguageVersion.CSharp12);
            Diagnostic only = Assert.Single(Harness.Generate(Harness.Compile(snippets[0], parse: old), old).Diagnostics);
            Assert.Equal(id, only.Id);
            Assert.Empty(await FoundIn(snippets[1]));
            return;
        }

        if (id is "PB0160" or "PB0161" or "PB0162")
        {
            // Hints, of which every static response has one
            Assert.Contains(id, Harness.Generate(snippets[0]).AssertClean().Result.Diagnostics.Select(hint => hint.Id));
            Assert.DoesNotContain(id, Harness.Generate(snippets[1]).AssertClean().Result.Diagnostics.Select(hint => hint.Id));
            return;
        }

        Diagnostic[] wrong = await FoundIn(snippets[0]);
        Assert.True(wrong.Length > 0 && wrong.All(diagnostic => diagnostic.Id == id), string.Join("\n", wrong.AsEnumerable()));
        Diagnostic[] right = await FoundIn(snippets[1]);
        Assert.True(right.Length == 0, string.Join("\n", right.AsEnumerable()));
    }

    private static async Task<Diagnostic[]> FoundIn(string snippet)
    {
        OutputKind kind = snippet.Contains("[Serve", StringComparison.Ordinal) || snippet.Contains("Serve.", StringComparison.Ordinal) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;
        Generated generated = Harness.Generate("using System.Net.Http;\n" + snippet, kind: kind, files: Files, data: "abc"u8.ToArray());
        // What System.Text.Json's generator adds to a context is not here
        bool hasContext = snippet.Contains(": JsonSerializerContext", StringComparison.Ordinal);
        Assert.DoesNotContain(generated.CompilerDiagnostics, found => found.Severity == DiagnosticSeverity.Error && !(hasContext && found.Id is "CS0534" or "CS7036" or "CS0117"));

        ImmutableArray<Diagnostic> analyzed = await generated.Output
            .WithAnalyzers([new BlockingCallAnalyzer(), new ComparedPathAnalyzer(), new JsonCallAnalyzer(), new ServedAnalyzer(), new IdleAttributeAnalyzer(),
                new SocketCallAnalyzer(), new SocketCallbackAnalyzer(), new TopicAnalyzer(), new TlsAnalyzer(), new CaptiveValueAnalyzer(), new OptionAnalyzer(), new BaseMemberAnalyzer(),
                new PartialHandlerAnalyzer(), new ArgumentsAnalyzer()],
                new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), null, concurrentAnalysis: false, logAnalyzerExecutionTime: false)).GetAnalyzerDiagnosticsAsync();
        return [.. generated.Diagnostics, .. analyzed];
    }

    private static async Task<Diagnostic[]> WhileThrowing(string step, Func<Task<Diagnostic[]>> run)
    {
        Model.Guard.Probe = name => { if (name.StartsWith(step, StringComparison.Ordinal)) throw new InvalidOperationException("made by a test"); };
        try
        {
            return await run();
        }
        finally
        {
            Model.Guard.Probe = null;
        }
    }

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)] private static partial Regex Snippet();
}
