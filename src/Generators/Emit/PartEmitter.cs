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

        writer.Line($"[{EmitContext.Routing}Part({VersionOf(plan)}, {(plan.Table.App.IgnoresCase ? "true" : "false")})]");
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
        + $"{Literal.Text(route.Label)}, {Literal.Text(kind == "error" && route.Member is null ? route.ForeignTier ?? "" : RouteListing.TierOf(route))}{GatesOf(route)}{LinkOf(route)})]");

    /// <summary>What the links of other projects are made of.</summary>
    private static string LinkOf(RouteModel route)
    {
        if (!LinkPlan.HasPath(route)) return "";

        ParameterModel[] parameters = LinkPlan.ParametersOf(route);
        if (parameters.Any(parameter => parameter.IsForbidden)) return "";

        IEnumerable<string> names = (route.Via?.Names ?? EquatableArray<string>.Empty).Append(route.Linked!.Name);
        string types = string.Join(", ", parameters.Select(parameter => $"typeof({(parameter.Value is ValueKind.Text or ValueKind.CharSpan ? "string" : parameter.Type)})"));
        return $", Link = {Literal.Text(PartLink.Write(names, parameters))}" + (parameters.Length == 0 ? "" : $", LinkTypes = new global::System.Type[] {{ {types} }}");
    }

    private static int VersionOf(RoutePlan plan) =>
        plan.Steps.Encloses ? PartFormat.WithSteps : UsesGates(plan) ? PartFormat.WithGates : PartFormat.Version;

    // What the mounting class must know is said of those routes only that have it
    private static bool UsesGates(RoutePlan plan) => plan.Routes.Concat(plan.Fetches).Any(route => GatesOf(route.Model).Length > 0);

    private static string GatesOf(RouteModel route)
    {
        EquatableArray<NeedModel> needs = route.Chain?.Needs ?? EquatableArray<NeedModel>.Empty;
        var marks = new List<string>();
        if (route.IsOpen && route.Kind is not RouteKind.Redirect) marks.Add(PartFormat.Open);
        if (route.HasGuard) marks.Add(PartFormat.Guarded);
        if (route.Chain is not null || route.Via is { HasChain: true }) marks.Add(PartFormat.Chain);
        if (route.Chain is { Awaits: true } || route.Via is { Awaits: true }) marks.Add(PartFormat.Awaits);

        return (needs.Count == 0 ? "" : $", Needs = new global::System.Type[] {{ {string.Join(", ", needs.Select(need => $"typeof({need.Type})"))} }}, "
                + $"Required = {Literal.Text(string.Concat(needs.Select(need => need.IsRequired ? '1' : '0')))}")
            + (route.Gates.Length == 0 ? "" : $", Gates = {Literal.Text(route.Gates)}")
            + (marks.Count == 0 || route.IsAlwaysReady || route.Member is { Result.Kind: ResultKind.Readiness } ? "" : $", Marks = {Literal.Text(string.Join(" ", marks))}");
    }

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
