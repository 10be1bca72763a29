using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>What steps ask for of what is provided: it is provided in front of the first that asks, once for a request.</summary>
internal static class StepProvision
{
    /// <summary>The class's own providers that a step needs, those that others need first; in a cycle, which is an error of its own, each once.</summary>
    public static IReadOnlyList<GateModel> ProvidersOf(AppTable table, StepModel step)
    {
        if (table.Providers.Count == 0 || !step.Method.Parameters.Any(MayBeProvided)) return [];

        var order = new List<GateModel>();
        var seen = new HashSet<string>();
        foreach (ParameterModel parameter in step.Method.Parameters) Add(parameter);
        return order;

        void Add(ParameterModel parameter)
        {
            string type = TypeOf(parameter);
            if (!MayBeProvided(parameter) || table.Providers.FirstOrDefault(gate => gate.Type == type) is not { } provider || !seen.Add(type)) return;

            foreach (ParameterModel own in provider.Member.Parameters) Add(own);
            order.Add(provider);
        }
    }

    /// <summary>What a step, or a provider that it needs, asks for and the class does not provide.</summary>
    public static IEnumerable<NeedModel> NeedsOf(AppTable table, StepModel step) =>
        step.Method.Parameters.Concat(ProvidersOf(table, step).SelectMany(provider => provider.Member.Parameters))
            .Where(parameter => parameter.Source == Source.Provided && table.Providers.All(provider => provider.Type != parameter.Type))
            .Select(ChainBuilder.NeedOf);

    /// <summary>Some step of the class waits, or what provides to one.</summary>
    public static bool Awaits(AppTable table) => table.Steps.Any(step => Awaits(table, step));

    /// <summary>It waits, or what provides to it.</summary>
    public static bool Awaits(AppTable table, StepModel step) => step.Awaits || ProvidersOf(table, step).Any(provider => provider.Awaits);

    /// <summary>The type that it would have from a provider.</summary>
    public static string TypeOf(ParameterModel parameter) => parameter.ListType ?? parameter.Type;

    private static bool MayBeProvided(ParameterModel parameter) =>
        parameter.Source == Source.Provided || parameter is { IsImplicit: true } && (parameter.Value == ValueKind.Parsable || parameter.ListType is not null);
}
