using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>
/// Puts the gates in front of one route in their order: guards from the outermost inwards, and each provider in front of
/// the first that asks for it.
/// </summary>
/// <param name="route">The route.</param>
/// <param name="own">What the class provides, by its type.</param>
/// <param name="there">Of these what steps have asked for.</param>
internal sealed class ChainBuilder(RouteModel route, IReadOnlyDictionary<string, GateModel> own, ISet<string> there)
{
    private readonly List<GateModel> _order = [];
    private readonly HashSet<string> _begun = [], _required = [];
    private readonly SortedDictionary<string, NeedModel> _needs = new(StringComparer.Ordinal);

    /// <summary>Who has asked for a type that may not be null, and by which key that is found: what the messages say.</summary>
    public Dictionary<string, (string Key, string Who)> Demands { get; } = [];

    public void AddGuard(GateModel guard)
    {
        GateModel settled = Settled(guard);
        DemandAll(settled);
        _order.Add(settled);
    }

    /// <summary>Somebody asks for what is provided.</summary>
    public void Demand(NeedModel need, string key, string who)
    {
        if (need.IsRequired && !Demands.ContainsKey(need.Type)) Demands.Add(need.Type, (key, who));
        if (!own.TryGetValue(need.Type, out GateModel? provider))
        {
            bool isRequired = need.IsRequired || _needs.TryGetValue(need.Type, out NeedModel? known) && known.IsRequired;
            _needs[need.Type] = need with { IsRequired = isRequired };
            return;
        }

        if (need.IsRequired) _required.Add(need.Type);
        // In a cycle it is asked for while it is put in place; that is an error of its own
        if (!_begun.Add(need.Type)) return;

        GateModel settled = Settled(provider);
        if (!there.Contains(need.Type)) DemandAll(settled);
        _order.Add(settled);
    }

    /// <summary>Null when nothing runs in front, and nothing comes from above.</summary>
    /// <param name="waitsForBody">What is called takes the whole body, and nothing below waits for it.</param>
    /// <param name="isEnclosed">Steps of the class run in front of it.</param>
    public ChainModel? Build(bool waitsForBody, bool isEnclosed)
    {
        if (_order.Count == 0 && _needs.Count == 0 && !(waitsForBody && isEnclosed)) return null;

        return new ChainModel(
            _order.Select(gate => gate.Kind == GateKind.Provider
                ? new PlannedGate(gate, _required.Contains(gate.Type)) { IsThere = there.Contains(gate.Type) }
                : new PlannedGate(gate, false)).ToEquatable(),
            _needs.Values.ToEquatable())
        {
            WaitsForBody = waitsForBody,
        };
    }

    public static NeedModel NeedOf(ParameterModel parameter) => new(parameter.Type, !parameter.Nullable, parameter.IsValueType);

    private void DemandAll(GateModel gate)
    {
        foreach (ParameterModel parameter in gate.Member.Parameters)
            if (parameter.Source == Source.Provided)
                Demand(NeedOf(parameter), gate.Key + "|" + parameter.Name, $"The parameter '{parameter.Name}' of '{gate.Label}'");
    }

    /// <summary>Its parameters' sources, as they are for this route: what the path has a name for comes from there.</summary>
    private GateModel Settled(GateModel gate)
    {
        if (route.Pattern is not { } pattern || !gate.Member.Parameters.Any(IsInPath)) return gate;

        bool IsInPath(ParameterModel parameter) => parameter is { IsImplicit: true, Source: Source.Query, ListType: null } && pattern.Names.Contains(parameter.Name);
        return gate with
        {
            Member = gate.Member with
            {
                Parameters = gate.Member.Parameters.Select(parameter => IsInPath(parameter) ? parameter with { Source = Source.Path } : parameter).ToEquatable(),
            },
        };
    }
}
