using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The routes as lines of a table: number, method, pattern, handler, tier.</summary>
internal static class RouteListing
{
    public static IEnumerable<string> Lines(RoutePlan plan)
    {
        var rows = plan.Routes.Select(route => Row(route, MethodsOf(route.Model), route.Model.Pattern!.Text)).ToList();
        rows.AddRange(plan.Fetches.Select(fetch => Row(fetch, "*", "[Fetch]" + WhereOf(fetch.Model))));
        if (plan.Error is { } own) rows.Add(["", "", "[Error]", own.Label, ""]);
        rows.AddRange(plan.PartErrors.Select(error => new[] { "", "", "[Error]" + WhereOf(error), error.Label, "" }));
        if (rows.Count == 0) yield break;

        int[] widths = Enumerable.Range(0, 4).Select(column => Math.Min(60, rows.Max(row => row[column].Length))).ToArray();
        foreach (string[] row in rows)
            yield return (row[0].PadLeft(widths[0]) + "  " + row[1].PadRight(widths[1]) + "  " + row[2].PadRight(widths[2]) + "  "
                + row[3].PadRight(widths[3]) + "  " + row[4]).TrimEnd();
    }

    private static string WhereOf(RouteModel route) => route.Below.Length > 0 ? " below " + route.Below : "";

    /// <summary>What a route answers, in words: a WebSocket is not just any GET.</summary>
    public static string MethodsOf(RouteModel route) => route.Socket is null ? string.Join("|", route.Methods) : "WS";

    private static string[] Row(PlannedRoute route, string methods, string pattern) =>
        [Literal.Number(route.Number), methods, pattern, route.Model.Label, TierOf(route.Model)];

    public static string TierOf(RouteModel route) => route switch
    {
        { ForeignTier: { } tier } => tier,
        { Kind: RouteKind.Redirect } => "constant, " + route.Static!.Status + " to " + route.Static.Target,
        { Static.File: { } file } => "file " + file.Path,
        { Static: { Body: not null } } => "constant",
        { Static: not null } => "start-up",
        { IsAlwaysReady: true } => "readiness",
        { Socket: not null, Member.Result.Awaiting: Awaiting.None } => "WebSocket",
        { Socket: not null } => "WebSocket, async",
        { Disk.Redirects: true } => "redirect to its slash",
        { Disk: { } disk } => (disk.IsFolder ? "folder " : "file ") + disk.Name + " on disk",
        { Member: { Blocking: true } } => "handler, on the thread pool",
        { Member.Result.Awaiting: Awaiting.None } => "handler",
        _ => "handler, async",
    };
}
