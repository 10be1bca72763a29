using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Prebake.Generators.Tests;

/// <summary>What every generator test asserts beside its own matter.</summary>
internal static class Caching
{
    public static void AssertUnrelatedEditReusesEverything(GeneratorDriver driver, CSharpCompilation compilation)
    {
        Compilation edited = compilation.AddSyntaxTrees(CSharpSyntaxTree.ParseText("internal sealed class Unrelated { }", Harness.ParseOptions, "Unrelated.cs"));
        GeneratorRunResult second = driver.RunGenerators(edited).GetRunResult().Results.Single();

        foreach (string name in StepNames.All)
        {
            if (!second.TrackedSteps.TryGetValue(name, out var steps)) continue;
            foreach ((object _, IncrementalStepRunReason reason) in steps.SelectMany(step => step.Outputs))
                Assert.True(reason is IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged, $"step {name} was {reason}");
        }

        foreach ((object _, IncrementalStepRunReason reason) in second.TrackedOutputSteps.SelectMany(step => step.Value).SelectMany(step => step.Outputs))
            Assert.Equal(IncrementalStepRunReason.Cached, reason);
    }

    /// <summary>With another manifest of files, only the table of one app is made anew.</summary>
    public static void AssertOnlyChanges(string source, string before, string after, string app)
    {
        var text = new ManifestText(before);
        GeneratorDriver driver = CSharpGeneratorDriver.Create([new RouteGenerator().AsSourceGenerator()], [text], parseOptions: Harness.ParseOptions,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        CSharpCompilation compilation = Harness.Compile(source);
        GeneratorRunResult second = driver.RunGenerators(compilation).ReplaceAdditionalText(text, new ManifestText(after)).RunGenerators(compilation).GetRunResult().Results.Single();

        Assert.Equal([app], second.TrackedSteps[StepNames.Checks].SelectMany(step => step.Outputs)
            .Where(output => output.Reason is not (IncrementalStepRunReason.Cached or IncrementalStepRunReason.Unchanged))
            .Select(output => (((Model.AppTable Table, Model.EquatableArray<Model.TableProblem>))output.Value).Table.App.DisplayName));
    }
}
