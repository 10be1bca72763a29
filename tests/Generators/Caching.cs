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
}
