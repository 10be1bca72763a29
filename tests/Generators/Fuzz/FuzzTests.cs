using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit.Abstractions;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>
/// Broken and half-typed sources, others with each change of the generator: the seed follows from its sources, so that a run says something about the
/// change and not about its luck. <c>PREBAKE_FUZZ_SEED</c> is another seed, or <c>new</c> for a new one; a failure prints it. <c>PREBAKE_FUZZ_COUNT</c> runs
/// more or fewer.
/// </summary>
public sealed class FuzzTests(ITestOutputHelper log)
{
    // Two, as many as the smallest machine that builds this has
    private const int Workers = 2;

    private static int Count(int usual) => Environment.GetEnvironmentVariable("PREBAKE_FUZZ_COUNT") is { } given ? int.Parse(given, CultureInfo.InvariantCulture) : usual;

    private int Seed()
    {
        int seed = Environment.GetEnvironmentVariable("PREBAKE_FUZZ_SEED") switch
        {
            null or "" => OfSources(),
            "new" => Random.Shared.Next(),
            string given => int.Parse(given, CultureInfo.InvariantCulture),
        };
        log.WriteLine($"PREBAKE_FUZZ_SEED={seed}");
        return seed;
    }

    private static int OfSources()
    {
        string folder = Path.Combine(Repository.Root, "src", "Generators");
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (string file in Directory.EnumerateFiles(folder, "*.cs", SearchOption.AllDirectories)
            .Where(file => !Path.GetRelativePath(folder, file).StartsWith("obj", StringComparison.Ordinal) && !Path.GetRelativePath(folder, file).StartsWith("bin", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal))
            hash.AppendData(Encoding.UTF8.GetBytes(File.ReadAllText(file).ReplaceLineEndings("\n")));
        return BitConverter.ToInt32(hash.GetHashAndReset()) & int.MaxValue;
    }

    [Fact]
    public async Task No_broken_source_breaks_the_generator_the_analyzers_or_a_fix()
    {
        int seed = Seed(), count = Count(5_000);
        var failures = new ConcurrentDictionary<string, string>();
        int analyzed = 0, fixedOnes = 0;

        await Parallel.ForEachAsync(Enumerable.Range(0, Workers), async (worker, _) =>
        {
            await Task.Yield();
            var bench = new Bench(isDebug: worker % 2 == 0);
            for (int i = worker; i < count && failures.Count < 20; i += Workers)
            {
                // Each source has a seed of its own, so that it is the same however many there are
                string source = new Mutator(new Random(seed + i), Corpus.All).Next();
                string? wrong = bench.Run(source);
                if (wrong is null)
                {
                    (wrong, var found) = await bench.AnalyzeAsync();
                    Interlocked.Increment(ref analyzed);
                    if (wrong is null && i % 25 == 0)
                    {
                        wrong = await FixesOf(source, found);
                        Interlocked.Increment(ref fixedOnes);
                    }
                }

                if (wrong is not null) failures.TryAdd(wrong.Split('\n')[0].Split(" at ")[0], $"--- {i}: {wrong}\n{source}\n");
            }
        });

        log.WriteLine($"{count} sources, {analyzed} of them analyzed, {fixedOnes} fixed");
        if (!failures.IsEmpty && Environment.GetEnvironmentVariable("PREBAKE_FUZZ_DUMP") is { } dump) await File.WriteAllTextAsync(dump, string.Join("\n", failures.Values));
        Assert.True(failures.IsEmpty, $"PREBAKE_FUZZ_SEED={seed}\n" + string.Join("\n", failures.Values.Take(5)));
    }

    [Fact]
    public void What_is_typed_character_by_character_breaks_nothing()
    {
        int seed = Seed(), edits = Count(400);
        var failures = new ConcurrentBag<string>();
        int keys = 0;

        Parallel.ForEach(Enumerable.Range(0, Workers), worker =>
        {
            var bench = new Bench(isDebug: worker % 2 == 0);
            for (int i = worker; i < edits && failures.IsEmpty; i += Workers)
            {
                var random = new Random(seed + i);
                string source = Corpus.All[random.Next(Corpus.All.Length)];
                MemberDeclarationSyntax[] members = CSharpSyntaxTree.ParseText(source, Harness.ParseOptions).GetRoot().DescendantNodes()
                    .OfType<MemberDeclarationSyntax>().Where(member => member.Span.Length is > 10 and < 160).ToArray();
                if (members.Length == 0) continue;

                Microsoft.CodeAnalysis.Text.TextSpan span = members[random.Next(members.Length)].Span;
                string typed = source.Substring(span.Start, span.Length), rest = source.Remove(span.Start, span.Length);
                for (int length = 0; length <= typed.Length; length++)
                {
                    string now = rest.Insert(span.Start, typed[..length]);
                    // Emitted code is compiled now and then: that costs more than all else
                    if (bench.Run(now, checksEmitted: length % 8 == 0 || length == typed.Length) is { } wrong) failures.Add($"{wrong}\n{now}");
                    Interlocked.Increment(ref keys);
                }
            }
        });

        log.WriteLine($"{edits} members typed with {keys} keys");
        Assert.True(failures.IsEmpty, $"PREBAKE_FUZZ_SEED={seed}\n" + failures.FirstOrDefault());
    }

    /// <summary>Asks every fix for what an analyzer found and lets it change the source; what is wrong, or null.</summary>
    private static async Task<string?> FixesOf(string source, IEnumerable<Diagnostic> found)
    {
        Document document = FixTests.DocumentOf(source);
        SyntaxTree tree = (await document.GetSyntaxTreeAsync())!;
        foreach (Diagnostic diagnostic in found.Where(one => one.Location.SourceTree?.FilePath == "App.cs").Take(20))
        {
            Diagnostic here = Diagnostic.Create(diagnostic.Descriptor, Location.Create(tree, diagnostic.Location.SourceSpan), diagnostic.Properties);
            foreach (CodeFixProvider fix in FixTests.Fixes.Where(fix => fix.FixableDiagnosticIds.Contains(diagnostic.Id)))
            {
                try
                {
                    var actions = new List<CodeAction>();
                    await fix.RegisterCodeFixesAsync(new CodeFixContext(document, here, (action, _) => actions.Add(action), default));
                    foreach (CodeAction action in actions) await action.GetOperationsAsync(default);
                }
                catch (Exception exception)
                {
                    return $"{fix.GetType().Name} threw {exception}";
                }
            }
        }

        return null;
    }
}
