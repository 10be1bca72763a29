using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>Headers that steps add to every response in the same way are part of the bytes of those that are finished at build.</summary>
internal static class StepFolding
{
    /// <summary>A constant response that shows something: a redirect does not, and a probe of liveness is for machines of one's own.</summary>
    public static bool IsConstant(RouteModel route) =>
        route.IsStatic && route.Kind != RouteKind.Redirect && !route.Label.EndsWith(" [Health]", StringComparison.Ordinal);

    /// <summary>A constant route of the class with what its steps add, the outermost last: it is the one that counts.</summary>
    public static RouteModel Fold(RouteModel route, EquatableArray<StepModel> steps)
    {
        if (steps.Count == 0 || !CanFold(route)) return route;

        StaticField[] fields = [];
        foreach (StepModel step in steps.Reverse())
        {
            if (!step.Constants || step.Folded is not { } folded || HasOwn(route, folded)) continue;

            fields = [.. fields.Where(inner => !folded.Any(outer => outer.Is(inner.Name))), .. folded];
        }

        return fields.Length == 0 ? route : route with { Fields = route.Fields.Concat(fields).ToEquatable(), FoldedFields = fields.Length };
    }

    /// <summary>Whether a constant route has what a step adds.</summary>
    public static bool Has(RouteModel route, StepModel step) => CanFold(route) && step.Folded is { } folded && !HasOwn(route, folded);

    // Bytes of a part are finished where the part is, whoever mounts it; and of a response that is made at the start the headers are not known
    private static bool CanFold(RouteModel route) => route.Via is null && IsConstant(route)
        && !(route is { Static: { File: null, Body: null }, Member.Result.Kind: ResultKind.Response or ResultKind.Either });

    // The step would replace what the route itself says, which is nothing to decide in passing
    private static bool HasOwn(RouteModel route, EquatableArray<StaticField> folded) =>
        route.Fields.Take(route.Fields.Count - route.FoldedFields).Any(own => folded.Any(field => field.Is(own.Name)));
}
