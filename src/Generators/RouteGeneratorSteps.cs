using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Emit;
using Prebake.Generators.Model;
using Prebake.Generators.Parse;
using Prebake.Generators.Plan;

namespace Prebake.Generators;

/// <summary>The steps of <see cref="RouteGenerator"/>, each with its tracking name. None of them throws, whatever the source: see <see cref="Guard"/>.</summary>
internal static class RouteGeneratorSteps
{
    /// <summary>Each declaration with attributes that may be ours, parsed on its own; one that means what it meant before the edit is only looked up.</summary>
    public static IncrementalValueProvider<EquatableArray<Parsed>> ParseRoutes(this IncrementalGeneratorInitializationContext context)
    {
        var parser = new DeclarationParser(new ParseMemory());
        return context.CompilationProvider
            .Select((compilation, cancellation) => parser.ParseAll(compilation, cancellation))
            .WithTrackingName(StepNames.Parse);
    }

    public static IncrementalValueProvider<EquatableArray<ParsedRoutes>> WithoutPlaces(this IncrementalValueProvider<EquatableArray<Parsed>> parsed) => parsed
        .Select(static (all, _) => all.Select(one => one.WithoutPlaces()).ToEquatable())
        .WithTrackingName(StepNames.Routes);

    public static IncrementalValueProvider<ImmutableArray<ParsedJson>> ParseJson(
        this IncrementalGeneratorInitializationContext context, IncrementalValueProvider<EquatableArray<Parsed>> parsed)
    {
        IncrementalValueProvider<ParsedJson> own = parsed
            .Select(static (all, _) => ParsedJson.Of(all))
            .WithTrackingName(StepNames.Json);

        IncrementalValueProvider<ParsedJson> referenced = context.CompilationProvider
            .Select(static (compilation, cancellation) => Guard.Run(StepNames.References, compilation.AssemblyName ?? "",
                () => ReferencedContexts.Of(compilation, cancellation),
                exception => ParsedJson.Failed(Guard.ProblemOf(exception, compilation.AssemblyName ?? "the project", null))))
            .WithTrackingName(StepNames.References);

        return own.Combine(referenced).Select(static (pair, _) => ImmutableArray.Create(pair.Left, pair.Right));
    }

    /// <summary>The types alone: a context that moves changes nothing.</summary>
    public static IncrementalValueProvider<ProjectJsonTypes> TypesOf(this IncrementalValueProvider<ImmutableArray<ParsedJson>> json) =>
        json.Select(static (all, _) => ProjectJsonTypes.Of(all.SelectMany(context => context.Types)));

    public static IncrementalValueProvider<FileManifest> ReadFiles(this IncrementalGeneratorInitializationContext context) => context
        .AdditionalTextsProvider
        .Where(static text => Path.GetFileName(text.Path) == FileManifestParser.FileName)
        .Collect()
        .Select(static (texts, cancellation) => Guard.Run(StepNames.Files, FileManifestParser.FileName,
            () => texts.Length == 0 ? FileManifest.None : FileManifestParser.Parse(texts[0].GetText(cancellation)),
            exception => FileManifest.None with { Failure = Guard.Describe(exception) }))
        .WithTrackingName(StepNames.Files);

    public static IncrementalValueProvider<EmitOptions> ReadOptions(this IncrementalGeneratorInitializationContext context) => context
        .CompilationProvider.Select(static (compilation, _) => compilation.Options.OptimizationLevel == OptimizationLevel.Debug)
        .Combine(context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.PrebakeLiterals", out string? literals) ? literals : ""))
        .Select(static (pair, _) => new EmitOptions(pair.Right switch { "text" => true, "data" => false, _ => pair.Left }))
        .WithTrackingName(StepNames.Options);

    /// <summary>Whether emitted code can be written in the project's version of C#; the version's name if not.</summary>
    public static IncrementalValueProvider<string?> ReadLanguage(this IncrementalGeneratorInitializationContext context) => context
        .ParseOptionsProvider.Select(static (options, _) => options is CSharpParseOptions { LanguageVersion: < Languages.Oldest } old
            ? old.LanguageVersion.ToDisplayString()
            : null);

    public static IncrementalValuesProvider<(AppTable Table, EquatableArray<TableProblem> Problems)> BuildTables(
        this IncrementalValueProvider<EquatableArray<ParsedRoutes>> routes, IncrementalValueProvider<ProjectJsonTypes> json,
        IncrementalValueProvider<FileManifest> files, IncrementalValueProvider<string?> oldLanguage) => routes
        .Combine(json)
        .Combine(files)
        .Combine(oldLanguage)
        .SelectMany(static (input, _) => input.Right is not null
            ? ImmutableArray<AppTable>.Empty
            : TableCollector.Collect(input.Left.Left.Left, input.Left.Left.Right, input.Left.Right))
        .WithTrackingName(StepNames.Tables)
        .Select(static (table, _) => (table, Guard.Run(StepNames.Checks, table.App.DisplayName,
            () => table.Failure is null ? TableChecks.Check(table) : new[] { Guard.ProblemOf(table.Failure, table.App) }.ToEquatable(),
            exception => new[] { Guard.ProblemOf(Guard.Describe(exception), table.App) }.ToEquatable())))
        .WithTrackingName(StepNames.Checks);

    public static IncrementalValuesProvider<EmittedApp> EmitTables(
        this IncrementalValuesProvider<(AppTable Table, EquatableArray<TableProblem> Problems)> tables, IncrementalValueProvider<EmitOptions> options) => tables
        .Combine(options)
        .Select(static (input, _) =>
        {
            AppTable table = input.Left.Table;
            bool isBroken = table.HasErrors || input.Left.Problems.Any(problem => problem.IsError);
            return Guard.Run(StepNames.Emit, table.App.DisplayName,
                () => TableEmitter.Emit(table, isBroken, input.Right),
                exception => TableEmitter.EmitFailed(table, Guard.ProblemOf(Guard.Describe(exception), table.App)));
        })
        .WithTrackingName(StepNames.Emit);

    public static void RegisterMain(
        this IncrementalGeneratorInitializationContext context, IncrementalValueProvider<EquatableArray<ParsedRoutes>> routes, IncrementalValueProvider<string?> oldLanguage)
    {
        IncrementalValueProvider<ImmutableArray<ParsedServe>> serves = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.Serve, static (node, _) => node is TypeDeclarationSyntax, static (found, _) =>
                Guard.Run(StepNames.Serve, found.TargetSymbol.Name,
                    () => ServeParser.Parse(found),
                    exception => ServeParser.Failed(Guard.ProblemOf(exception, found.TargetSymbol.Name, found.TargetSymbol.NameLocation()))))
            .WithTrackingName(StepNames.Serve)
            .Collect();

        IncrementalValueProvider<EquatableArray<string>> apps = routes.Select(static (all, _) =>
            all.Where(part => part.Host is { CanEmit: true }).Select(part => part.Host!.FullName).Distinct().OrderBy(name => name, StringComparer.Ordinal).ToEquatable());

        // Only a project with [Serve] is asked for its entry point: the answer costs a search
        IncrementalValueProvider<ProgramModel> program = serves.Combine(context.CompilationProvider).Combine(apps).Combine(oldLanguage)
            .Select(static (input, cancellation) => ProgramPlan.Of(
                input.Left.Left.Left, input.Left.Right, input.Right is not null, EntryOf(input.Left.Left.Left, input.Left.Left.Right, cancellation)))
            .WithTrackingName(StepNames.Main);

        context.RegisterSourceOutput(program, static (output, model) => MainEmitter.Emit(output, model));
        context.RegisterSourceOutput(serves.Combine(program), static (output, pair) => ProblemReporter.ReportServe(output, pair.Left, pair.Right));
    }

    private static EntryPoint EntryOf(ImmutableArray<ParsedServe> serves, Compilation compilation, CancellationToken cancellation)
    {
        if (serves.Length == 0 || compilation.Options.OutputKind is not (OutputKind.ConsoleApplication or OutputKind.WindowsApplication)) return EntryPoint.NotWanted;

        return Guard.Run(StepNames.Main, compilation.AssemblyName ?? "",
            () => compilation.GetEntryPoint(cancellation) is null ? EntryPoint.Missing : EntryPoint.Written,
            _ => EntryPoint.NotWanted);
    }
}
