using Prebake.Generators.Model;
using Prebake.Generators.Plan;
using Prebake.Shared;

namespace Prebake.Generators.Emit;

/// <summary>The routes of a public class of a library as attributes, for the projects that mount it.</summary>
internal static class PartEmitter
{
    public static void Emit(SourceWriter writer, RoutePlan plan)
    {
        if (!plan.Table.App.IsOffered) return;

        writer.Line($"[{EmitContext.Routing}Part({PartFormat.Version}, {(plan.Table.App.IgnoresCase ? "true" : "false")})]");
        foreach (PlannedRoute route in plan.Routes) EmitOne(writer, route.Number, KindOf(route.Model), route.Model, route.Model.Pattern!.Text);
        foreach (PlannedRoute fetch in plan.Fetches) EmitOne(writer, fetch.Number, "fetch", fetch.Model, BelowOf(fetch.Model));
        foreach (RouteModel own in plan.Errors.Own) EmitOne(writer, -1, "error", own, BelowOf(own));
        foreach (RouteModel error in plan.Errors.OfParts) EmitOne(writer, -1, "error", error, BelowOf(error));
        if (plan.Steps.Own.Count > 0) EmitAround(writer, plan.Table.App.LiteralPrefix, plan.Steps.Awaits);
        foreach (PartSteps part in plan.Table.PartSteps) EmitAround(writer, part.Below, part.Awaits);
        foreach (PartFields part in plan.Table.PartFields) EmitFields(writer, part.Below, part.Fields);
        if (plan.Table.App.Fields.Count > 0) EmitFields(writer, plan.Table.App.LiteralPrefix, plan.Table.App.Fields);
    }

    private static string BelowOf(RouteModel route) => route.Via is null ? route.App.LiteralPrefix : route.Below;

    private static void EmitOne(SourceWriter writer, int number, string kind, RouteModel route, string pattern) => writer.Line(
        $"[{EmitContext.Routing}PartRoute({Literal.Number(number)}, {Literal.Text(kind)}, {Literal.Text(string.Join("|", route.Methods))}, {Literal.Text(pattern)}, "
        + $"{Literal.Text(route.Label)}, {Literal.Text(kind == "error" && route.Member is null ? route.ForeignTier ?? "" : RouteListing.TierOf(route))})]");

    private static void EmitFields(SourceWriter writer, string below, EquatableArray<StaticField> fields) => writer.Line(
        $"[{EmitContext.Routing}PartRoute(-1, \"fields\", \"\", {Literal.Text(below)}, {Literal.Text(FieldPlan.LinesOf(fields))}, \"\")]");

    /// <summary>That steps stand around what is below a prefix, and whether they wait.</summary>
    private static void EmitAround(SourceWriter writer, string below, bool awaits) => writer.Line(
        $"[{EmitContext.Routing}PartRoute({(awaits ? 1 : 0)}, \"around\", \"\", {Literal.Text(below)}, \"\", \"\")]");

    private static string KindOf(RouteModel route) => route switch
    {
        { Socket: not null } => "socket",
        { Static.File.Relative.Length: > 0 } => "below",
        { Static.File: not null } => "file",
        { IsStatic: true, Static.Body: null } => "start",
        { IsStatic: true } => "constant",
        { Disk: { IsFolder: true, Redirects: false } } => "folder",
        _ => "handler",
    };
}
