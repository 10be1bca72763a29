using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The mistakes in what stands around handlers that only the whole table shows.</summary>
internal static class StepChecks
{
    public static void Check(AppTable table, List<TableProblem> problems)
    {
        // In the order of the declarations, those of one object together
        for (int i = 0; i < table.Steps.Count; i++)
        {
            StepModel step = table.Steps[i];
            string[] place = [step.PlaceKey];
            if (step is { Kind: StepKind.Around, Awaits: false } && WaitingBelow(table, i) is { } waiting)
                problems.Add(TableProblem.At(Diagnostics.SyncAround, place, step.Label, waiting));
            if (step.Constants && !table.Steps.Take(i).Any(earlier => earlier.Used is not null && earlier.Used == step.Used) && ConstantBelow(table, step) is { } constant)
                problems.Add(TableProblem.At(Diagnostics.StepsWithoutConstants, place, step.Used?.Label ?? step.Label, constant));
        }
    }

    private static string? WaitingBelow(AppTable table, int place) =>
        table.Steps.Skip(place + 1).FirstOrDefault(step => StepProvision.Awaits(table, step))?.Label
        ?? table.Routes.FirstOrDefault(Waits)?.Label
        ?? (table.PartSteps.FirstOrDefault(part => part.Awaits) is { } part ? table.Mounts[part.Mount].Label : null);

    // Of a file that gives way to other routes a disk may have to be asked whether it is there, before there is a response
    private static bool Waits(RouteModel route) => route.Disk is { FallsThrough: true }
        || route.Kind is RouteKind.Handler or RouteKind.Fetch or RouteKind.Error
        && (route.Chain is { Awaits: true } || route.Via is { Awaits: true }
            || (route.Member is { } member ? member.Result.Awaiting != Awaiting.None || GatherPlan.Awaits(route) : route.ForeignTier?.Contains("async") == true));

    private static string? ConstantBelow(AppTable table, StepModel step) => table.Routes
        .FirstOrDefault(route => StepFolding.IsConstant(route) && !(IsFolded(table, step) && StepFolding.Has(route, step)))?.Pattern?.Text;

    /// <summary>All that an object does is part of constant responses.</summary>
    private static bool IsFolded(AppTable table, StepModel step) => step.Used is null
        ? step.Folded is not null
        : table.Steps.Where(other => other.Used == step.Used).All(other => other.Folded is not null);
}
