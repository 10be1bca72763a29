using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>A step with its place.</summary>
/// <param name="Place">How many stand outside it.</param>
/// <param name="Use">The number of its object, or −1 for a method of the class.</param>
/// <param name="Route">What it binds, in the form of a route.</param>
internal sealed record PlannedStep(int Place, StepModel Model, int Use, RouteModel Route);

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
        Own = table.Steps.Select((step, place) => new PlannedStep(place, step, step.Used is { } model ? Array.IndexOf(used, model) : -1, RouteOf(table.App, step))).ToArray();
        Awaits = table.Steps.Any(step => step.Awaits);
        Encloses = Own.Count > 0 || table.PartSteps.Count > 0;
        IsAskedFirst = table.IsAskedFirst || table.App.IsOffered && Own.Count > 0;
        Groups = GroupsOf(Own);
    }

    /// <summary>The outermost first.</summary>
    public IReadOnlyList<PlannedStep> Own { get; }

    public IReadOnlyList<UsedModel> Used { get; }

    public IReadOnlyList<StepGroup> Groups { get; }

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

    private static StepGroup Close(List<PlannedStep> steps) => new(steps, steps.Any(step => step.Model is { Kind: StepKind.Before, Awaits: true }));

    private static RouteModel RouteOf(AppModel app, StepModel step) => new(
        app, step.Key, RouteKind.Handler, step.Label, null, new[] { "*" }.ToEquatable(), step.Method, null, EquatableArray<StaticField>.Empty);
}
