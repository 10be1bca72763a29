using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The parts at one prefix that may take an exception.</summary>
/// <param name="Mounts">Their numbers; none where a part has no <c>[Error]</c>, and only keeps what is below it from others.</param>
/// <param name="Below">The prefixes, one of which the path must have.</param>
internal sealed record PlannedErrors(IReadOnlyList<int> Mounts, IReadOnlyList<string> Below);

/// <summary>Which <c>[Error]</c> methods are asked, and in which order.</summary>
internal sealed class ErrorPlan
{
    public ErrorPlan(AppTable table)
    {
        Own = table.Routes.Where(route => route is { Kind: RouteKind.Error, Via: null })
            .OrderByDescending(route => route.ErrorDepth).ThenBy(route => route.ErrorType, StringComparer.Ordinal).ThenBy(route => route.Key, StringComparer.Ordinal)
            .ToArray();
        OfParts = table.Routes.Where(route => route is { Kind: RouteKind.Error, Via: not null })
            .OrderByDescending(route => route.Below.Length).ThenBy(route => route.Below, StringComparer.Ordinal)
            .ThenByDescending(route => route.ErrorDepth).ThenBy(route => route.Key, StringComparer.Ordinal)
            .ToArray();
        Parts = PartsOf(table, OfParts.ToLookup(error => error.Via!.Mount, error => error.Below));
    }

    /// <summary>Those of the class, the most specific first.</summary>
    public IReadOnlyList<RouteModel> Own { get; }

    /// <summary>Those of parts, the longest prefix first.</summary>
    public IReadOnlyList<RouteModel> OfParts { get; }

    /// <summary>Which parts are asked before the class: of these the first that the path is below, and no other.</summary>
    public IReadOnlyList<PlannedErrors> Parts { get; }

    /// <summary>One of the class takes what the server refuses.</summary>
    public bool ShapesRefusals => Own.Any(error => error.ErrorType == RouteModel.Refusal);

    public bool IsEmpty => Own.Count == 0 && OfParts.Count == 0;

    private static PlannedErrors[] PartsOf(AppTable table, ILookup<int, string> errors)
    {
        var parts = table.Mounts.Select((mount, number) => (mount.Literal, Number: number))
            .GroupBy(mount => mount.Literal)
            .OrderByDescending(same => same.Key.Length).ThenBy(same => same.Key, StringComparer.Ordinal)
            .Select(same => same.Select(mount => mount.Number).Where(errors.Contains).ToArray() is { Length: > 0 } able
                ? new PlannedErrors(able, Outermost(able.SelectMany(number => errors[number])))
                : new PlannedErrors([], [same.Key]))
            .ToList();

        // One without any is named only where a part around its prefix would take what is not its own
        for (int i = parts.Count - 1; i >= 0; i--)
            if (parts[i].Mounts.Count == 0 && !parts.Skip(i + 1).Any(outer => outer.Mounts.Count > 0 && outer.Below.Any(below => IsWithin(parts[i].Below[0], below))))
                parts.RemoveAt(i);

        return parts.ToArray();
    }

    private static string[] Outermost(IEnumerable<string> prefixes)
    {
        var all = new HashSet<string>(prefixes);
        return all.Where(one => !all.Any(other => other != one && IsWithin(one, other))).OrderBy(one => one, StringComparer.Ordinal).ToArray();
    }

    private static bool IsWithin(string inner, string outer) => outer.Length == 0 || inner == outer || inner.StartsWith(outer + "/", StringComparison.Ordinal);
}
