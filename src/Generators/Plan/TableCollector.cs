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
        return new AppTable(
            app,
            FileExpander.Expand(routes, files).OrderBy(route => route.Key, StringComparer.Ordinal).ThenBy(route => route.Pattern?.Shape, StringComparer.Ordinal).ToEquatable(),
            json,
            names.Length > 0 ? files.Project : "",
            hasErrors)
        {
            MissingFiles = files.Missing.Where(names.Contains).ToEquatable(),
            Folders = files.Folders.Where(names.Contains).ToEquatable(),
        };
    }
}
