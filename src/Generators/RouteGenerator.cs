using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators;

/// <summary>Turns annotated partial classes into route tables.</summary>
[Generator(LanguageNames.CSharp)]
public sealed class RouteGenerator : IIncrementalGenerator
{
    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        // Each annotated member and class, parsed on its own
        IncrementalValueProvider<EquatableArray<Parsed>> parsed = context.ParseRoutes();

        // The same without places: moving a line changes nothing from here on
        IncrementalValueProvider<EquatableArray<ParsedRoutes>> routes = parsed.WithoutPlaces();

        // JSON metadata of the project and of its references, the files that go into the assembly, and how literals are written
        IncrementalValueProvider<ImmutableArray<ParsedJson>> json = context.ParseJson(parsed);
        IncrementalValueProvider<FileManifest> files = context.ReadFiles();
        IncrementalValueProvider<EmitOptions> options = context.ReadOptions();
        IncrementalValueProvider<string?> oldLanguage = context.ReadLanguage();

        // One table for each class, with the mistakes that only a whole table shows
        IncrementalValuesProvider<(AppTable Table, EquatableArray<TableProblem> Problems)> tables = routes.BuildTables(json.TypesOf(), files, oldLanguage);

        // The files of each class
        IncrementalValuesProvider<EmittedApp> apps = tables.EmitTables(options);
        context.RegisterSourceOutput(apps, static (output, app) =>
        {
            foreach (SourceFile file in app.Files) output.AddSource(file.HintName, new EmittedSource(file.Text));
        });

        // What went wrong, with places: its own output
        context.RegisterSourceOutput(parsed.Combine(oldLanguage), static (output, input) => ProblemReporter.Report(output, input.Left, input.Right));
        context.RegisterSourceOutput(json, static (output, contexts) => ProblemReporter.Report(output, contexts));
        context.RegisterSourceOutput(tables.Combine(parsed), static (output, input) => ProblemReporter.Report(output, input.Left.Problems, input.Right));
        context.RegisterSourceOutput(apps.Combine(parsed), static (output, input) => ProblemReporter.Report(output, input.Left.Problems, input.Right));

        // Messages of WebSockets that are constants
        context.RegisterSends();

        // [Serve]
        context.RegisterMain(routes, oldLanguage);
    }
}
