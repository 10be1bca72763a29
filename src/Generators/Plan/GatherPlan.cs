using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Which handlers gather what is wrong with a request. Of others at most one thing can be, and it is replied where it is found.</summary>
internal static class GatherPlan
{
    public static bool Gathers(RouteModel route)
    {
        if (route.Validators.Count > 0) return true;

        int fallible = 0;
        foreach (ParameterModel parameter in route.Member!.Parameters)
        {
            if (parameter.Source is Source.Several or Source.Custom || parameter.IsOfForm || parameter.ListType is not null || parameter.Check is { HasRules: true }) return true;
            if (CanFail(parameter)) fallible++;
        }

        return fallible > 1;
    }

    /// <summary>Something is awaited in front of the handler.</summary>
    public static bool Awaits(RouteModel route) => AwaitedBy(route) is not null;

    /// <summary>What is awaited in front of the handler, for a message; null for nothing.</summary>
    public static string? AwaitedBy(RouteModel route)
    {
        // Asked several times of each route after each edit
        if (route.Validators.Count > 0 && route.Validators.FirstOrDefault(validator => validator.Awaiting != Awaiting.None) is { } asked) return asked.Label;
        if (ReadsForm(route)) return "the form";
        if (route.Member is not { Parameters: var parameters }) return null;

        for (int i = 0; i < parameters.Count; i++)
            if (AwaitsBinder(parameters[i])) return parameters[i].Type.Replace("global::", "") + "." + parameters[i].Binder!.Method;

        return null;
    }

    /// <summary>The body is a form.</summary>
    public static bool ReadsForm(RouteModel route)
    {
        if (route.Member is not { Parameters: var parameters }) return false;

        for (int i = 0; i < parameters.Count; i++)
            if (parameters[i].IsOfForm) return true;

        return false;
    }

    public static bool AwaitsBinder(ParameterModel parameter) => parameter.Binder is { Awaiting: not Awaiting.None };

    /// <summary>A value that cannot be kept while something is awaited.</summary>
    public static ParameterModel? SpanOf(RouteModel route) => route.Member!.Parameters.FirstOrDefault(parameter =>
        parameter.Value is ValueKind.CharSpan or ValueKind.ByteSpan && parameter.Source is Source.Path or Source.Query or Source.Body);

    /// <summary>The validators that a route has: those of its class whose first value is one of its parameters.</summary>
    public static EquatableArray<ValidatorModel> ValidatorsOf(RouteModel route, EquatableArray<ValidatorModel> all)
    {
        if (all.Count == 0 || route.Member is not { Kind: MemberKind.Method } member || route.Static is not null || route.Disk is not null) return EquatableArray<ValidatorModel>.Empty;

        return all.Where(validator => ParameterOf(member, validator.Subject) is not null).OrderBy(validator => validator.Name, StringComparer.Ordinal)
            .ThenBy(validator => validator.Key, StringComparer.Ordinal).ToEquatable();
    }

    /// <summary>
    /// The handler's parameter that a validator's is: by its type if that is a type of its own, else by name and type.
    /// </summary>
    public static ParameterModel? ParameterOf(MemberModel member, ValidatorParameter wanted)
    {
        ParameterModel[] same = member.Parameters.Where(parameter => (parameter.ListType ?? parameter.Type) == wanted.Type).ToArray();
        return same.FirstOrDefault(parameter => parameter.Name == wanted.Name)
            ?? (same is [{ Value: ValueKind.Json, Source: Source.Body or Source.Several or Source.Custom or Source.File } only] ? only : null);
    }

    private static bool CanFail(ParameterModel parameter) => parameter.Source switch
    {
        Source.Query or Source.Field or Source.Cookie => !parameter.Optional || parameter.Value is not (ValueKind.Text or ValueKind.CharSpan),
        Source.Body => parameter.Value == ValueKind.Json,
        _ => false,
    };
}
