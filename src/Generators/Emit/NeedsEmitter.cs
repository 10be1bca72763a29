using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>How a part gets what a class above provides: a <c>Run</c> for each combination of types that its routes need.</summary>
internal static class NeedsEmitter
{
    /// <summary>What the class of the table implements beside being a table.</summary>
    public static string InterfacesOf(RoutePlan plan) =>
        string.Concat(GroupsOf(plan).Select(group => $", {EmitContext.Routing}IRunWith<{group.Key}>"));

    public static void Emit(EmitContext context)
    {
        IGrouping<string, PlannedRoute>[] groups = GroupsOf(context.Plan);
        foreach (IGrouping<string, PlannedRoute> group in groups)
        {
            (string, string)[] parameters = [(EmitContext.Routing + "Exchange", "exchange"), (group.Key, "given")];
            if (context.Plan.Steps.Own.Count > 0)
            {
                StepEmitter.EmitRunWith(context, group.Key, group.First().Model.Chain!.Needs);
                continue;
            }

            RouteSwitch.EmitWith(context.Writer, "public", "bool", "Run", parameters,
                group.Select(route => (route.Number, CallOf(context, route, "given"))).ToArray(), "false");
        }

        if (groups.Length == 0) return;

        PlannedRoute first = groups[0].First();
        string type = first.Model.Chain!.Needs[0].Type.Replace("global::", "");
        context.Writer.Line("public override (string Type, string Route)? NeedsFromAbove => "
            + $"({Literal.Text(type)}, {Literal.Text(first.Model.Label)});");
        context.Writer.Line();
    }

    /// <summary>The call of what is behind a route, with what it needs from above.</summary>
    public static string CallOf(EmitContext context, PlannedRoute route, string given) => route.Model is { Via: { } via, Chain.HasMethod: false }
        ? ChainEmitter.RunOf(context, via, given)
        : $"{context.Plan.CallNames.Of(route)}(exchange, {given})";

    private static IGrouping<string, PlannedRoute>[] GroupsOf(RoutePlan plan) => plan.Handlers
        .Where(route => route.Model.Chain is { Needs.Count: > 0 })
        .GroupBy(route => ChainModel.Handed(route.Model.Chain!.Needs))
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .ToArray();
}
