using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>A step with its place.</summary>
/// <param name="Place">How many stand outside it.</param>
/// <param name="Use">The number of its object, or −1 for a method of the class.</param>
/// <param name="Route">What it binds, in the form of a route.</param>
internal sealed record PlannedStep(int Place, StepModel Model, int Use, RouteModel Route)
{
    /// <summary>The class's own providers that it needs, in their order.</summary>
    public IReadOnlyList<StepDemand> Demands { get; init; } = [];

    /// <summary>It asks for what a class above provides, which is there for routes only.</summary>
    public bool NeedsAbove { get; init; }

    /// <summary>It asks for something that is provided.</summary>
    public bool Asks => NeedsAbove || Demands.Count > 0;
}

/// <summary>Steps that are called one after another: up to an <c>[Around]</c>, which calls the next ones, or to the handler.</summary>
/// <param name="Awaits">One of those before the end waits.</param>
internal sealed record StepGroup(IReadOnlyList<PlannedStep> Steps, bool Awaits)
{
    public int Place => Steps.Count == 0 ? 0 : Steps[0].Place;
}

/// <summary>What stands around the routes of a class, and in which order it is called.</summary>
internal sealed class StepPlan
{
    public StepPlan(AppTable table)
    {
        UsedModel[] used = table.Steps.Where(step => step.Used is not null).Select(step => step.Used!).Distinct().ToArray();
        Used = used;
        Own = table.Steps.Select((step, place) => new PlannedStep(place, step, step.Used is { } model ? Array.IndexOf(used, model) : -1, RouteOf(table.App, step.Key, step.Label, step.Method))
        {
            Demands = DemandsOf(table, step),
            NeedsAbove = StepProvision.NeedsOf(table, step).Any(),
        }).ToArray();
        Values = ValuesOf(table);
        Awaits = StepProvision.Awaits(table);
        Encloses = Own.Count > 0 || table.PartSteps.Count > 0;
        IsAskedFirst = table.IsAskedFirst || table.App.IsOffered && Own.Count > 0;
        Groups = GroupsOf(Own);
        TellsTaking = IsAskedFirst || table.Routes.Any(route => route is { Member: null, Via: not null } || route.Member is { MaxBody: not null });
    }

    /// <summary>
    /// Routes say whether they take a path before one of them is called: for steps, and where one of them has a limit of
    /// its own for bodies.
    /// </summary>
    public bool TellsTaking { get; }

    /// <summary>The outermost first.</summary>
    public IReadOnlyList<PlannedStep> Own { get; }

    public IReadOnlyList<UsedModel> Used { get; }

    public IReadOnlyList<StepGroup> Groups { get; }

    /// <summary>What they ask for.</summary>
    public IReadOnlyList<StepValue> Values { get; }

    public StepValue? ValueOf(string type) => Values.FirstOrDefault(value => value.Type == type);

    /// <summary>Some step of the class waits.</summary>
    public bool Awaits { get; }

    /// <summary>There are steps, of the class or of its parts.</summary>
    public bool Encloses { get; }

    /// <summary>A route is asked whether it takes the path before steps are called.</summary>
    public bool IsAskedFirst { get; }

    private static List<StepGroup> GroupsOf(IReadOnlyList<PlannedStep> steps)
    {
        var groups = new List<StepGroup>();
        var open = new List<PlannedStep>();
        foreach (PlannedStep step in steps)
        {
            open.Add(step);
            if (step.Model.Kind != StepKind.Around) continue;

            groups.Add(Close(open));
            open = [];
        }

        if (open.Count > 0) groups.Add(Close(open));
        return groups;
    }

    private static StepGroup Close(List<PlannedStep> steps) => new(
        steps, steps.Any(step => step.Model is { Kind: StepKind.Before, Awaits: true } || step.Demands.Any(demand => demand.Provider.Awaits)));

    private static RouteModel RouteOf(AppModel app, string key, string label, MemberModel method) => new(
        app, key, RouteKind.Handler, label, null, new[] { "*" }.ToEquatable(), method, null, EquatableArray<StaticField>.Empty);

    private static StepDemand[] DemandsOf(AppTable table, StepModel step)
    {
        IReadOnlyList<GateModel> providers = StepProvision.ProvidersOf(table, step);
        return providers.Select(provider => new StepDemand(provider, provider.MayBeNull && step.Method.Parameters
            .Concat(providers.SelectMany(other => other.Member.Parameters))
            .Any(parameter => parameter.Source == Source.Provided && parameter.Type == provider.Type && !parameter.Nullable))).ToArray();
    }

    private static StepValue[] ValuesOf(AppTable table)
    {
        StepValue[] own = table.Steps.SelectMany(step => StepProvision.ProvidersOf(table, step)).GroupBy(provider => provider.Type).Select(same => same.First())
            .Select(provider => new StepValue(provider.Type, provider.IsValueType, provider.MayBeNull, provider, RouteOf(table.App, provider.Key, provider.Label, provider.Member with
            {
                Parameters = provider.Member.Parameters.Where(parameter => parameter.Source != Source.Provided).ToEquatable(),
            })))
            .ToArray();
        return own.Concat(table.Steps.SelectMany(step => StepProvision.NeedsOf(table, step)).GroupBy(need => need.Type)
            .Select(same => new StepValue(same.Key, same.First().IsValueType, true, null, null))).ToArray();
    }
}
