using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The routes as lines of a table: number, method, pattern, handler, guards and providers where there are any, tier.</summary>
internal static class RouteListing
{
    public static IReadOnlyList<string> Lines(RoutePlan plan)
    {
        var rows = new List<string[]>(plan.Routes.Count + 2);
        bool showsGates = plan.Table.App.IsGuarded || plan.Routes.Concat(plan.Fetches).Any(route => route.Model.Gates.Length > 0);
        foreach (PlannedRoute route in plan.Routes) rows.Add(Row(route, MethodsOf(route.Model), route.Model.Pattern!.Text, showsGates));
        rows.AddRange(plan.Fetches.Select(fetch => Row(fetch, "*", "[Fetch]" + WhereOf(fetch.Model), showsGates)));
        string[] rest = showsGates ? ["", ""] : [""];
        rows.AddRange(plan.Steps.Own.Select(step => (string[])["", "", "[" + step.Model.Kind + "]", step.Model.Label, .. rest]));
        rows.AddRange(plan.Errors.Own.Concat(plan.Errors.OfParts)
            .Select(error => (string[])["", "", "[Error]" + WhatOf(error) + WhereOf(error), error.Label, .. rest]));

        int last = showsGates ? 5 : 4;
        int[] widths = new int[last];
        foreach (string[] row in rows)
            for (int column = 0; column < last; column++) widths[column] = Math.Min(60, Math.Max(widths[column], row[column].Length));

        var line = new StringBuilder();
        return rows.ConvertAll(row =>
        {
            line.Clear().Append(' ', Math.Max(0, widths[0] - row[0].Length)).Append(row[0]);
            for (int column = 1; column < last; column++)
                line.Append("  ").Append(row[column]).Append(' ', Math.Max(0, widths[column] - row[column].Length));
            return line.Append("  ").Append(row[last]).ToString().TrimEnd();
        });
    }

    private static string WhatOf(RouteModel error) =>
        error.ErrorType == RouteModel.AnyError ? "" : " " + error.ErrorType.Substring(error.ErrorType.LastIndexOf('.') + 1).Replace("global::", "");

    private static string WhereOf(RouteModel route) => route.Below.Length > 0 ? " below " + route.Below : "";

    /// <summary>What a route answers, in words: a WebSocket is not just any GET.</summary>
    public static string MethodsOf(RouteModel route) => route.Socket is null ? string.Join("|", route.Methods) : "WS";

    // The guards and providers are a column only where there are some
    private static string[] Row(PlannedRoute route, string methods, string pattern, bool showsGates) => showsGates
        ? [Literal.Number(route.Number), methods, pattern, route.Model.Label, GatesOf(route.Model), TierOf(route.Model)]
        : [Literal.Number(route.Number), methods, pattern, route.Model.Label, TierOf(route.Model)];

    /// <summary>Whether a route is open, and what runs in front of it.</summary>
    private static string GatesOf(RouteModel route) =>
        string.Join(", ", new[] { route.IsOpen ? "open" : "", route.Gates }.Where(text => text.Length > 0));

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
