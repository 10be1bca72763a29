using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Emit;
using Prebake.Generators.Model;
using Prebake.Generators.Parse;
using Prebake.Generators.Plan;

namespace Prebake.Generators;

/// <summary>The steps of <see cref="RouteGenerator"/>, each with its tracking name.</summary>
internal static class RouteGeneratorSteps
{
    public static IncrementalValueProvider<ImmutableArray<Parsed>> ParseRoutes(this IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<Parsed>> all = Parse(context, KnownNames.Redirect, IsType, StaticParser.ParseRedirects);
        Add(KnownNames.StaticFile, IsType, static (found, _) => FileParser.Parse(RouteKind.File, found));
        Add(KnownNames.StaticDirectory, IsType, static (found, _) => FileParser.Parse(RouteKind.Directory, found));
        Add(KnownNames.File, IsType, static (found, _) => DiskParser.Parse(isFolder: false, found));
        Add(KnownNames.Directory, IsType, static (found, _) => DiskParser.Parse(isFolder: true, found));
        Add(KnownNames.Health, IsType, static (found, _) => HealthParser.ParseLive(found));
        Add(KnownNames.Health, IsType, static (found, _) => HealthParser.ParseReady(found));
        foreach (string attribute in KnownNames.MemberAttributes) Add(attribute, RouteParser.IsCandidate, (found, cancellation) => RouteParser.Parse(attribute, found, cancellation));
        return all;

        void Add(string attribute, Func<SyntaxNode, CancellationToken, bool> isCandidate, Func<GeneratorAttributeSyntaxContext, CancellationToken, Parsed> parse) =>
            all = all.Combine(Parse(context, attribute, isCandidate, parse)).Select(static (pair, _) => pair.Left.AddRange(pair.Right));
    }

    private static bool IsType(SyntaxNode node, CancellationToken cancellation) => node is TypeDeclarationSyntax;

    private static IncrementalValueProvider<ImmutableArray<Parsed>> Parse(
        IncrementalGeneratorInitializationContext context, string attribute, Func<SyntaxNode, CancellationToken, bool> isCandidate,
        Func<GeneratorAttributeSyntaxContext, CancellationToken, Parsed> parse) => context.SyntaxProvider
        .ForAttributeWithMetadataName(attribute, isCandidate, parse)
        .WithTrackingName(StepNames.Parse)
        .Collect();

    public static IncrementalValueProvider<ImmutableArray<ParsedRoutes>> WithoutPlaces(this IncrementalValueProvider<ImmutableArray<Parsed>> parsed) => parsed
        .SelectMany(static (all, _) => all)
        .Select(static (one, _) => one.WithoutPlaces())
        .WithTrackingName(StepNames.Routes)
        .Collect();

    public static IncrementalValueProvider<ImmutableArray<EquatableArray<JsonTypeModel>>> ParseJson(this IncrementalGeneratorInitializationContext context) => context
        .SyntaxProvider
        .ForAttributeWithMetadataName(KnownNames.JsonSerializable, static (node, _) => node is ClassDeclarationSyntax, JsonContextParser.Parse)
        .WithTrackingName(StepNames.Json)
        .Collect();

    public static IncrementalValueProvider<FileManifest> ReadFiles(this IncrementalGeneratorInitializationContext context) => context
        .AdditionalTextsProvider
        .Where(static text => Path.GetFileName(text.Path) == FileManifestParser.FileName)
        .Collect()
        .Select(static (texts, cancellation) => texts.Length == 0 ? FileManifest.None : FileManifestParser.Parse(texts[0].GetText(cancellation)))
        .WithTrackingName(StepNames.Files);

    public static IncrementalValueProvider<EmitOptions> ReadOptions(this IncrementalGeneratorInitializationContext context) => context
        .CompilationProvider.Select(static (compilation, _) => compilation.Options.OptimizationLevel == OptimizationLevel.Debug)
        .Combine(context.AnalyzerConfigOptionsProvider.Select(static (options, _) =>
            options.GlobalOptions.TryGetValue("build_property.PrebakeLiterals", out string? literals) ? literals : ""))
        .Select(static (pair, _) => new EmitOptions(pair.Right switch { "text" => true, "data" => false, _ => pair.Left }))
        .WithTrackingName(StepNames.Options);

    public static IncrementalValuesProvider<(AppTable Table, EquatableArray<TableProblem> Problems)> BuildTables(
        this IncrementalValueProvider<ImmutableArray<ParsedRoutes>> routes, IncrementalValueProvider<ImmutableArray<EquatableArray<JsonTypeModel>>> json,
        IncrementalValueProvider<FileManifest> files) => routes
        .Combine(json)
        .Combine(files)
        .SelectMany(static (input, _) => TableCollector.Collect(input.Left.Left, input.Left.Right, input.Right))
        .WithTrackingName(StepNames.Tables)
        .Select(static (table, _) => (table, TableChecks.Check(table)))
        .WithTrackingName(StepNames.Checks);

    public static void RegisterMain(this IncrementalGeneratorInitializationContext context)
    {
        IncrementalValueProvider<ImmutableArray<(ServeModel Model, EquatableArray<Problem> Problems, RoutePlace Place)>> serves = context.SyntaxProvider
            .ForAttributeWithMetadataName(KnownNames.Serve, static (node, _) => node is TypeDeclarationSyntax, ServeParser.Parse)
            .WithTrackingName(StepNames.Serve)
            .Collect();

        // Only a project with [Serve] is asked for its entry point: the answer costs a search
        IncrementalValueProvider<EquatableArray<ServeModel>> mains = serves.Combine(context.CompilationProvider)
            .Select(static (pair, cancellation) => pair.Left.Length > 0 && NeedsMain(pair.Right, cancellation)
                ? pair.Left.Select(serve => serve.Model).ToEquatable()
                : EquatableArray<ServeModel>.Empty)
            .WithTrackingName(StepNames.Main);

        context.RegisterSourceOutput(mains, static (output, models) => MainEmitter.Emit(output, models));
        context.RegisterSourceOutput(serves.Combine(mains), static (output, pair) => ProblemReporter.ReportServe(output, pair.Left, pair.Right));
    }

    private static bool NeedsMain(Compilation compilation, CancellationToken cancellation) =>
        compilation.Options.OutputKind is OutputKind.ConsoleApplication or OutputKind.WindowsApplication && compilation.GetEntryPoint(cancellation) is null;
}
