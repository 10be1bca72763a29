using System.Collections.Immutable;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Sorts what was parsed, attribute by attribute, into one table for each class.</summary>
internal static class TableCollector
{
    public static ImmutableArray<AppTable> Collect(ImmutableArray<ParsedRoutes> parsed, ImmutableArray<EquatableArray<JsonTypeModel>> json)
    {
        EquatableArray<JsonTypeModel> types = json.SelectMany(context => context)
            .OrderBy(type => type.Context, StringComparer.Ordinal).ThenBy(type => type.Type, StringComparer.Ordinal).ToEquatable();

        return parsed.Where(part => part.Host is { CanEmit: true })
            .GroupBy(part => part.Host!.FullName)
            .OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new AppTable(
                group.First().Host!,
                group.SelectMany(part => part.Routes).OrderBy(route => route.Key, StringComparer.Ordinal).ToEquatable(),
                types,
                group.Any(part => part.HasErrors)))
            .ToImmutableArray();
    }
}
