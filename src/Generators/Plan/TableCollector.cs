using System.Collections.Immutable;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Sorts what was parsed, attribute by attribute, into one table for each class.</summary>
internal static class TableCollector
{
    public static ImmutableArray<AppTable> Collect(ImmutableArray<ParsedRoutes> parsed, ImmutableArray<EquatableArray<JsonTypeModel>> json, FileManifest files)
    {
        EquatableArray<JsonTypeModel> types = json.SelectMany(context => context)
            .OrderBy(type => type.Context, StringComparer.Ordinal).ThenBy(type => type.Type, StringComparer.Ordinal).ToEquatable();

        return parsed.Where(part => part.Host is { CanEmit: true })
            .GroupBy(part => part.Host!.FullName)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => TableOf(group.First().Host!, group.SelectMany(part => part.Routes).ToArray(), types, files, group.Any(part => part.HasErrors)))
            .ToImmutableArray();
    }

    // What the table keeps of the manifest is what it uses: a file of another app changes nothing here
    private static AppTable TableOf(AppModel app, RouteModel[] routes, EquatableArray<JsonTypeModel> json, FileManifest files, bool hasErrors)
    {
        string[] names = routes.Where(route => route.Kind is RouteKind.File or RouteKind.Directory).Select(route => route.Static!.Target!).ToArray();
        if (app.IgnoresCase) routes = routes.Select(route => route with { Pattern = route.Pattern?.Folded() }).ToArray();
        return new AppTable(
            app,
            FileExpander.Expand(routes, files, app.IgnoresCase).Select(route => Write(route, json)).OrderBy(route => route.Key, StringComparer.Ordinal).ThenBy(route => route.Pattern?.Shape, StringComparer.Ordinal).ToEquatable(),
            json,
            names.Length > 0 ? files.Project : "",
            hasErrors)
        {
            MissingFiles = files.Missing.Where(names.Contains).ToEquatable(),
            Folders = files.Folders.Where(names.Contains).ToEquatable(),
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
