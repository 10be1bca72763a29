using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Emit;
using Prebake.Generators.Model;
using Prebake.Generators.Parse;
using Prebake.Generators.Plan;

namespace Prebake.Generators;

/// <summary>Turns annotated partial classes into route tables.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class RouteGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Each annotated member and class, parsed on its own
        IncrementalValueProvider<ImmutableArray<Parsed>> parsed = context.ParseRoutes();

        // The same without places: moving a line changes nothing from here on
        IncrementalValueProvider<ImmutableArray<ParsedRoutes>> routes = parsed.WithoutPlaces();

        // The project's JSON metadata, the files that go into the assembly, and how literals are written
        IncrementalValueProvider<ImmutableArray<EquatableArray<JsonTypeModel>>> json = context.ParseJson();
        IncrementalValueProvider<FileManifest> files = context.ReadFiles();
        IncrementalValueProvider<EmitOptions> options = context.ReadOptions();

        // One table for each class, with the mistakes that only a whole table shows
        IncrementalValuesProvider<(AppTable Table, EquatableArray<TableProblem> Problems)> tables = routes.BuildTables(json, files);

        context.RegisterSourceOutput(tables.Combine(options), static (output, input) =>
            TableEmitter.Emit(output, input.Left.Table, input.Left.Table.HasErrors || input.Left.Problems.Any(problem => problem.IsError), input.Right));

        // What went wrong, with places: its own output
        context.RegisterSourceOutput(parsed, static (output, all) => ProblemReporter.Report(output, all));
        context.RegisterSourceOutput(tables.Combine(parsed), static (output, input) => ProblemReporter.Report(output, input.Left.Problems, input.Right));

        // [Serve]
        context.RegisterMain();
    }
}
