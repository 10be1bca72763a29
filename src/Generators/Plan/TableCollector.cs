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
                group.SelectMany(part => part.Routes).Select(route => Write(route, types)).OrderBy(route => route.Key, StringComparer.Ordinal).ToEquatable(),
                types,
                group.Any(part => part.HasErrors)))
            .ToImmutableArray();
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
