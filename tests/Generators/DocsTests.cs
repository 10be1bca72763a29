using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Prebake.Generators.Tests;

/// <summary>Every C# snippet of the documentation is a program: it compiles, and the generator has nothing to say. (The pages of diagnostics have a test of their own.)</summary>
public sealed partial class DocsTests
{
    public static TheoryData<string, string> Snippets
    {
        get
        {
            var snippets = new TheoryData<string, string>();
            string[] files = [.. Directory.GetFiles(Repository.Root, "*.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs"), "*.md"), .. Directory.GetFiles(Path.Combine(Repository.Root, "docs", "design"), "*.md")];
            foreach (string file in files.Order())
                foreach (Match match in Snippet().Matches(File.ReadAllText(file).ReplaceLineEndings("\n"))) snippets.Add(Path.GetRelativePath(Repository.Root, file), match.Groups[1].Value);
            return snippets;
        }
    }

    [Theory, MemberData(nameof(Snippets))]
    public void A_snippet_compiles(string file, string code)
    {
        // What the build would have found
        string manifest = "project\t/nowhere\n"
            + string.Concat(StaticFile().Matches(code).Select(match => $"file\t{match.Groups[1].Value}\t\t0:0:1:0123456789abcdef\n"))
            + string.Concat(StaticDirectory().Matches(code).Select(match => $"folder\t{match.Groups[1].Value}\nbelow\t{match.Groups[1].Value}\tindex.html\t0:0:1:0123456789abcdef\n"));
        string source = Directive().Replace(code, "");
        OutputKind kind = Starts().IsMatch(source) ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary;

        Generated generated = Harness.Generate(source, kind: kind, files: manifest, data: "a"u8.ToArray());
        Assert.True(generated.Diagnostics.IsEmpty, file + "\n" + string.Join("\n", generated.Diagnostics));
        // What System.Text.Json's generator adds to a context is not here
        if (!code.Contains(": JsonSerializerContext", StringComparison.Ordinal)) generated.AssertCompiles();
        else Assert.DoesNotContain(generated.CompilerDiagnostics, found => found.Severity == DiagnosticSeverity.Error && found.Id is not ("CS0534" or "CS7036" or "CS0117"));
    }

    [GeneratedRegex("```csharp\n(.*?)\n```", RegexOptions.Singleline)] private static partial Regex Snippet();
    [GeneratedRegex("""StaticFile\("[^"]*", "([^"]*)""")] private static partial Regex StaticFile();
    [GeneratedRegex("""StaticDirectory\("[^"]*", "([^"]*)""")] private static partial Regex StaticDirectory();
    [GeneratedRegex(@"\bServe\.(?!Test\b)")] private static partial Regex Starts();
    [GeneratedRegex("^#:.*$", RegexOptions.Multiline)] private static partial Regex Directive();
}
