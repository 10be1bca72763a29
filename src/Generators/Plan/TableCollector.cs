using System.Collections.Immutable;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Sorts what was parsed, attribute by attribute, into one table for each class.</summary>
internal static class TableCollector
{
    public static ImmutableArray<AppTable> Collect(EquatableArray<ParsedRoutes> parsed, ProjectJsonTypes json, FileManifest files)
    {
        (EquatableArray<JsonTypeModel> types, EquatableArray<JsonTypeModel> unusable) = json;
        var hintNames = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        ImmutableArray<AppTable> tables = parsed.Where(part => part.Host is { CanEmit: true })
            .GroupBy(part => part.Host!.FullName)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => (App: group.First().Host!, HintName: FreeHint(group.First().Host!.DisplayName, hintNames), Parts: group))
            .Select(app => Guard.Run(StepNames.Tables, app.App.DisplayName,
                () => TableOf(app.App, app.Parts.SelectMany(part => part.Routes).ToArray(), StepsOf(app.Parts), types, unusable, files, app.Parts.Any(part => part.HasErrors),
                    app.Parts.SelectMany(part => part.Validators).Distinct().OrderBy(validator => validator.Key, StringComparer.Ordinal).ToEquatable()),
                exception => new AppTable(app.App, EquatableArray<RouteModel>.Empty, EquatableArray<JsonTypeModel>.Empty, "", true) { Failure = Guard.Describe(exception) })
                with
                {
                    HintName = app.HintName,
                    Providers = GatesOf(app.Parts, GateKind.Provider),
                    Guards = GatesOf(app.Parts, GateKind.Guard),
                })
            .Select(table => StepProvision.Awaits(table) ? table with { Routes = table.Routes.Select(route => route with { IsEnclosedAsync = true }).ToEquatable() } : table)
            .ToImmutableArray();
        return MountComposer.Compose(tables, parsed
            .Where(part => part.Host is not null)
            .SelectMany(part => part.Mounts.Select(mount => (App: part.Host!.FullName, Mount: mount)))
            .GroupBy(pair => pair.Mount.Key).Select(group => group.First())
            .ToLookup(pair => pair.App, pair => pair.Mount));
    }

    /// <summary>In the order of their declarations; a partial method is found twice.</summary>
    private static EquatableArray<StepModel> StepsOf(IEnumerable<ParsedRoutes> parts) => parts.SelectMany(part => part.Steps)
        .GroupBy(step => step.Key).Select(same => same.First())
        .OrderBy(step => step.Order)
        .ToEquatable();

    // A method in two parts is found twice
    private static EquatableArray<GateModel> GatesOf(IEnumerable<ParsedRoutes> parts, GateKind kind)
    {
        IEnumerable<GateModel> gates = parts.SelectMany(part => part.Gates).Where(gate => gate.Kind == kind)
            .GroupBy(gate => gate.Key).Select(same => same.First());
        return (kind == GateKind.Provider ? gates.OrderBy(gate => gate.Key, StringComparer.Ordinal) : gates).ToEquatable();
    }

    /// <summary>Files are told apart without regard to case, classes with it.</summary>
    private static string FreeHint(string wanted, HashSet<string> taken)
    {
        string name = new(wanted.Select(c => char.IsLetterOrDigit(c) || c is '_' or '.' or '-' ? c : '_').ToArray());
        string given = name;
        for (int number = 2; !taken.Add(name); number++) name = given + "-" + Literal.Number(number);
        return name;
    }

    // What the table keeps of the manifest is what it uses: a file of another app changes nothing here
    private static AppTable TableOf(
        AppModel app, RouteModel[] routes, EquatableArray<StepModel> steps, EquatableArray<JsonTypeModel> json, EquatableArray<JsonTypeModel> unusable, FileManifest files, bool hasErrors,
        EquatableArray<ValidatorModel> validators)
    {
        string[] names = routes.Where(route => route.Kind is RouteKind.File or RouteKind.Directory).Select(route => route.Static!.Target!).ToArray();
        if (names.Length > 0 && files.Failure is { } failure)
            throw new InvalidDataException("the list of files that the build has made cannot be read, " + failure);

        if (app.IgnoresCase) routes = routes.Select(route => Kept.Of(route, route with { Pattern = route.Pattern?.Folded() })).ToArray();
        if (validators.Count > 0) routes = routes.Select(route => Kept.Of(route, route with { Validators = GatherPlan.ValidatorsOf(route, validators) })).ToArray();
        return new AppTable(
            app,
            FileExpander.Expand(routes, files, app.IgnoresCase).Select(route => Kept.Of(route, StepFolding.Fold(Write(route, json), steps))).OrderBy(route => route.Key, StringComparer.Ordinal).ThenBy(route => route.Pattern?.Shape, StringComparer.Ordinal).ToEquatable(),
            json,
            names.Length > 0 ? files.Project : "",
            hasErrors)
        {
            Steps = steps,
            MissingFiles = files.Missing.Where(names.Contains).ToEquatable(),
            Folders = files.Folders.Where(names.Contains).ToEquatable(),
            UnusableJson = unusable,
            Validators = validators,
        };
    }

    /// <summary>Turns a known JSON value into the body that its context would write, if that is beyond doubt.</summary>
    private static RouteModel Write(RouteModel route, EquatableArray<JsonTypeModel> types)
    {
        if (route.Static is not { Json: { } json } how) return route;

        // An app that has several contexts mixes their options when it looks for metadata
        string? doubt = how.FindsMetadata && types.Select(type => type.Context).Distinct().Count() > 1
            ? "the project has several contexts, and Response.Json finds one of them when the program runs"
            : null;
        JsonTypeModel? type = types.FirstOrDefault(candidate => candidate.Type == how.JsonType);
        doubt ??= type is null ? $"no JsonSerializerContext has '{how.JsonType!.Replace("global::", "")}'" : type.Style.Doubt;
        string? body = doubt is null ? JsonText.Write(json, type!.Style) : null;
        return route with { Static = how with { Body = body, Doubt = body is null ? doubt ?? "two of its members have the same name" : null } };
    }
}
