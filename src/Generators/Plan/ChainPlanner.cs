using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>
/// Settles for the routes of one table what is provided to their parameters, and what runs in front of them. A class knows
/// what it provides; of what comes from above it knows only that it comes.
/// </summary>
internal sealed class ChainPlanner
{
    private AppTable _table;
    private readonly ClassTree _tree;
    private readonly Dictionary<string, GateModel> _own = [];
    private readonly HashSet<string> _asked = [];
    // What steps ask for: of the class's own providers, and of classes above
    private readonly HashSet<string> _there = [];
    private readonly List<(NeedModel Need, StepModel Step)> _stepNeeds = [];
    private bool _stepsIdentify;
    private readonly List<TableProblem> _problems = [];
    // A parameter may be what a provider gives that could not be read
    private bool _isUnknown;

    private ChainPlanner(AppTable table, ClassTree tree)
    {
        _table = table;
        _tree = tree;
    }

    /// <param name="table">With the routes of its parts, which are settled already.</param>
    /// <param name="tree">All classes.</param>
    public static AppTable Settle(AppTable table, ClassTree tree)
    {
        var planner = new ChainPlanner(table, tree);
        planner.SettleProviders();
        AppTable given = table;
        table = planner._table = planner.WithSteps(table);
        GateModel[] guards = table.Guards.Select(planner.SettledGate).ToArray();
        RouteModel[] routes = table.Routes.Select(route => Kept.Of(route, planner.SettledRoute(route, guards))).ToArray();
        planner.CheckUse(routes, guards);

        bool isSame = true;
        for (int i = 0; i < routes.Length && isSame; i++) isSame = ReferenceEquals(routes[i], table.Routes[i]);
        if (isSame && planner._problems.Count == 0 && !planner._isUnknown) return ReferenceEquals(given, table) ? given : table;

        return table with
        {
            Routes = isSame ? table.Routes : routes.ToEquatable(),
            HasErrors = table.HasErrors || planner._isUnknown,
            GateProblems = planner._problems.Distinct().Where(planner.IsSaidOnce).ToEquatable(),
        };
    }

    /// <summary>A folder in the binary is finished bytes, and a redirect to its slash: that it is not guarded is said of the bytes.</summary>
    private bool IsSaidOnce(TableProblem problem) => problem.Id != Diagnostics.Unguarded.Id
        || !_problems.Any(other => other.Id == Diagnostics.GuardedConstant.Id && other.Keys.Equals(problem.Keys));

    // ---- providers ----

    private void SettleProviders()
    {
        foreach (GateModel provider in _table.Providers)
        {
            if (_own.TryGetValue(provider.Type, out GateModel? other) && !provider.IsUnknown)
                _problems.Add(TableProblem.At(Diagnostics.TwoProviders, [provider.Key, other.Key], other.Label, provider.Label, Short(provider.Type)));
            else _own[provider.Type] = provider;
        }

        foreach (GateModel provider in _own.Values.ToArray()) _own[provider.Type] = SettledGate(provider);
        var said = new HashSet<string>();
        foreach (GateModel provider in _own.Values)
        {
            // Of those that need each other the first one says it for all
            if (said.Contains(provider.Type) || CycleFrom(provider, provider, []) is not { } way) continue;

            said.UnionWith(way.Select(step => step.Type));
            _problems.Add(TableProblem.At(Diagnostics.ProviderCycle, [provider.Key], provider.Label, string.Join(", ", way.Select(step => step.Said))));
        }
    }

    /// <summary>The way from a provider back to itself in words, or null.</summary>
    private List<(string Said, string Type)>? CycleFrom(GateModel start, GateModel at, HashSet<string> seen)
    {
        if (!seen.Add(at.Type)) return null;

        foreach (ParameterModel parameter in at.Member.Parameters)
        {
            if (parameter.Source != Source.Provided || !_own.TryGetValue(parameter.Type, out GateModel? next)) continue;

            string said = $"'{at.Label}' asks for '{Short(parameter.Type)}'";
            if (next.Type == start.Type) return [(said, next.Type)];
            if (CycleFrom(start, next, seen) is not { } way) continue;

            way.Insert(0, (said, next.Type));
            return way;
        }

        return null;
    }

    private GateModel SettledGate(GateModel gate) => gate with { Member = SettledMember(gate.Member, gate.Key) };

    // ---- steps ----

    /// <summary>Their parameters settled, and what they ask for: it is there before any route is called.</summary>
    private AppTable WithSteps(AppTable table)
    {
        if (!table.Steps.Any(step => step.Method.Parameters.Any(parameter => parameter.IsImplicit || parameter.Source == Source.Provided))) return table;

        table = table with
        {
            Steps = table.Steps.Select(step => step with { Method = SettledMember(step.Method, step.PlaceKey, isOwnPlace: false) }).ToEquatable(),
            Providers = table.Providers.Select(provider => _own.TryGetValue(provider.Type, out GateModel? own) && own.Key == provider.Key ? own : provider).ToEquatable(),
        };
        foreach (StepModel step in table.Steps)
        {
            foreach (GateModel provider in StepProvision.ProvidersOf(table, step))
            {
                _there.Add(provider.Type);
                _asked.Add(provider.Type);
                CheckPath(table, step, provider);
                if (DemandOf(table, step, provider) is not { } who) continue;

                _stepsIdentify |= provider.Challenge is not null;
                if (provider.Challenge is null) _problems.Add(TableProblem.At(Diagnostics.NoChallenge, [step.PlaceKey, provider.Key], who, Short(provider.Type), provider.Label));
            }

            foreach (NeedModel need in StepProvision.NeedsOf(table, step)) _stepNeeds.Add((need, step));
        }

        return table;
    }

    /// <summary>Who of a step and what provides to it cannot do without a value that may be null.</summary>
    private static string? DemandOf(AppTable table, StepModel step, GateModel provider)
    {
        if (!provider.MayBeNull) return null;

        if (step.Method.Parameters.FirstOrDefault(Demands) is { } own)
            return $"The parameter '{own.Name}' of '{step.Label}'";

        return StepProvision.ProvidersOf(table, step)
            .Select(other => other.Member.Parameters.FirstOrDefault(Demands) is { } parameter ? $"The parameter '{parameter.Name}' of '{other.Label}'" : null)
            .FirstOrDefault(who => who is not null);

        bool Demands(ParameterModel parameter) => parameter.Source == Source.Provided && parameter.Type == provider.Type && !parameter.Nullable;
    }

    /// <summary>A step is the same for all routes, so what provides to it knows nothing of their paths.</summary>
    private void CheckPath(AppTable table, StepModel step, GateModel provider)
    {
        foreach (ParameterModel parameter in provider.Member.Parameters)
        {
            if (parameter is not { IsImplicit: true, Source: Source.Query, ListType: null }) continue;
            if (table.Routes.FirstOrDefault(route => !route.IsStatic && route.Pattern?.Names.Contains(parameter.Name) == true) is not { } route) continue;

            _problems.Add(TableProblem.At(Diagnostics.BadStep, [step.PlaceKey], step.Label, step.Kind.ToString(),
                $"'{provider.Label}', which provides '{Short(provider.Type)}', would take '{parameter.Name}' "
                    + $"from the path of '{route.Pattern!.Text}', "
                    + "and steps are the same for all routes; say [Query] in front of it, or ask for Request"));
        }
    }

    // ---- parameters ----

    /// <param name="member">The method.</param>
    /// <param name="key">Its key.</param>
    /// <param name="isOwnPlace">Its parameters have places of their own.</param>
    private MemberModel SettledMember(MemberModel member, string key, bool isOwnPlace = true)
    {
        ParameterModel[]? settled = null;
        for (int i = 0; i < member.Parameters.Count; i++)
        {
            ParameterModel parameter = member.Parameters[i];
            ParameterModel now = SettledParameter(parameter, isOwnPlace ? key + "|" + parameter.Name : key);
            if (ReferenceEquals(now, parameter)) continue;

            settled ??= member.Parameters.ToArray();
            settled[i] = now;
        }

        return settled is null ? member : member with { Parameters = settled.ToEquatable() };
    }

    private ParameterModel SettledParameter(ParameterModel parameter, string key)
    {
        bool asks = parameter.IsImplicit || parameter.Source == Source.Provided;
        string type = parameter.ListType ?? parameter.Type;
        if (!asks || parameter.Source == Source.Query && parameter.Value != ValueKind.Parsable && parameter.ListType is null) return parameter;

        if (IsProvided(type) || !parameter.IsImplicit && (_table.App.IsOffered || _table.App.IsMounted))
            return parameter with
            {
                Source = Source.Provided,
                Value = ValueKind.Json,
                Type = type,
                IsValueType = parameter.ListType is null && parameter.IsValueType,
                ListType = null,
                Refusal = null,
                Check = null,
            };

        if (parameter.Refusal is { } refusal) Refuse(parameter, refusal, key);
        return parameter;
    }

    private bool IsProvided(string type) => _own.ContainsKey(type) || _tree.ProvidersAbove(_table.App, type).Count > 0;

    private void Refuse(ParameterModel parameter, Refusal refusal, string key)
    {
        if (IsProvided(""))
        {
            _isUnknown = true;
            return;
        }

        if (_tree.ProviderElsewhere(_table.App, parameter.Type) is { } elsewhere)
        {
            _problems.Add(TableProblem.At(Diagnostics.MissingProvider, [key],
                $"The parameter '{parameter.Name}'", Short(parameter.Type),
                $"only '{elsewhere.App.DisplayName}' provides it, which is not above '{_table.App.DisplayName}'; "
                    + "move its [Provide] method to a class that mounts both"));
            return;
        }

        _problems.Add(new TableProblem(refusal.Id, new[] { key }.ToEquatable(), refusal.Arguments));
    }

    // ---- routes ----

    private RouteModel SettledRoute(RouteModel route, GateModel[] guards)
    {
        if (route.Kind == RouteKind.Error) return route;
        if (route.IsStatic)
        {
            CheckConstant(route);
            return route;
        }

        if (route.Via is null) route = SettledHandler(route);
        GateModel[] above = route.IsOpen ? [] : route.Via is { } through
            ? [.. guards, .. _table.Mounts[through.Mount].Guards.Select(SettledGate)]
            : guards;
        ChainModel? chain = ChainOf(route, above);
        if (chain is not null)
        {
            route = route with
            {
                Chain = chain,
                Gates = string.Join(", ", chain.Gates.Select(Said).Concat(route.Gates.Length > 0 ? [route.Gates] : [])),
                HasGuard = route.HasGuard || chain.Gates.Any(IsGuard) || chain.Needs.Any(IsIdentity),
            };
        }

        if (_stepsIdentify && !route.HasGuard) route = route with { HasGuard = true };

        if (_table.App.IsGuarded && !route.IsOpen && !route.HasGuard && (route.Via is null || !route.App.IsGuarded) && !_tree.IsGuardedAbove(_table.App))
            _problems.Add(TableProblem.At(Diagnostics.Unguarded, [route.Key], route.Label, _table.App.DisplayName, route.Disk is not null
                ? "put [Guard(\"…\")] on the class, or move it to a class that is not guarded"
                : "add [Guard(nameof(…))], a parameter that a [Provide] method with a challenge gives, or [Open]"));
        return route;
    }

    private RouteModel SettledHandler(RouteModel route)
    {
        if (route.Member is not { } member) return route;

        MemberModel settled = SettledMember(member, route.Key);
        ParameterModel? first = null;
        for (int i = 0; i < settled.Parameters.Count; i++)
        {
            ParameterModel body = settled.Parameters[i];
            if (body.Source != Source.Body && !body.IsOfForm) continue;

            // A form has many fields
            if (first is not null && !(first.IsOfForm && body.IsOfForm)) _problems.Add(TableProblem.At(Diagnostics.SeveralBodies, [route.Key + "|" + body.Name], first.Name, body.Name));
            first ??= body;
        }

        if (ReferenceEquals(settled, member)) return route;

        route = route with { Member = settled };
        return route with { Validators = GatherPlan.ValidatorsOf(route, _table.Validators) };
    }

    private ChainModel? ChainOf(RouteModel route, GateModel[] above)
    {
        // As nearly all are: nothing runs in front of it
        if (above.Length == 0 && _table.Steps.Count == 0 && (route.Via is { } reached ? reached.Needs.Count == 0 : route.Guards.Count == 0 && !route.Member!.Has(Source.Provided))) return null;

        var builder = new ChainBuilder(route, _own, _there);
        foreach ((NeedModel need, StepModel step) in _stepNeeds) builder.Demand(need, step.PlaceKey, $"'{step.Label}'");
        foreach (GateModel guard in above) builder.AddGuard(guard);
        if (route.Via is { } via)
        {
            MountModel mount = _table.Mounts[via.Mount];
            foreach (NeedModel need in via.Needs) builder.Demand(need, mount.Key, $"'{mount.Label}' mounts '{mount.PartName}', whose '{route.Label}'");
        }
        else
        {
            foreach (GateModel guard in route.Guards) builder.AddGuard(SettledGate(guard));
            foreach (ParameterModel parameter in route.Member!.Parameters)
                if (parameter.Source == Source.Provided)
                    builder.Demand(ChainBuilder.NeedOf(parameter), route.Key + "|" + parameter.Name, $"The parameter '{parameter.Name}' of '{route.Label}'");
        }

        ChainModel? chain = builder.Build(
            waitsForBody: route.BindsBody && route.Via is null or { HasChain: false }, isEnclosed: _table.Steps.Count > 0);
        if (chain is null) return null;

        foreach (PlannedGate planned in chain.Gates)
        {
            if (planned.Gate.Kind == GateKind.Provider) _asked.Add(planned.Gate.Type);
            if (planned is { IsRequired: true, Gate: { MayBeNull: true, Challenge: null } gate } && builder.Demands.TryGetValue(gate.Type, out (string Key, string Who) demand))
                _problems.Add(TableProblem.At(Diagnostics.NoChallenge, [demand.Key, gate.Key], demand.Who, Short(gate.Type), gate.Label));
        }

        foreach (NeedModel need in chain.Needs) CheckNeed(need, route);
        return chain;
    }

    /// <summary>What a part needs, and neither this class nor one above it provides.</summary>
    private void CheckNeed(NeedModel need, RouteModel route)
    {
        if (route.Via is not { } via || _table.App.IsOffered || IsProvided("") || _tree.ProvidersAbove(_table.App, need.Type).Count > 0) return;
        // Said there, where the parts are put together
        if (_table.App.IsMounted) return;

        MountModel mount = _table.Mounts[via.Mount];
        _problems.Add(TableProblem.At(Diagnostics.MissingProvider, [mount.Key, route.Key],
            $"'{route.Label}', which '{mount.Label}' mounts,", Short(need.Type),
            $"'{_table.App.DisplayName}' does not provide it; add a [Provide] method that returns it to "
                + $"'{_table.App.DisplayName}'"));
    }

    // ---- guards ----

    /// <summary>It lets through only some who ask.</summary>
    private static bool IsGuard(PlannedGate planned) =>
        planned.Gate.Kind == GateKind.Guard || planned is { IsRequired: true, Gate: { MayBeNull: true, Challenge: not null } };

    private bool IsIdentity(NeedModel need)
    {
        if (!need.IsRequired) return false;

        IReadOnlyList<GateModel> above = _tree.ProvidersAbove(_table.App, need.Type);
        // Of a library it is not known; who mounts it sees it
        return above.Count == 0 || above.Any(provider => provider.Challenge is not null);
    }

    private static string Said(PlannedGate planned) => planned.Gate.Kind == GateKind.Guard
        ? "guard " + planned.Gate.Name
        : NameOf(planned.Gate.Type) + (planned.IsRequired || !planned.Gate.MayBeNull ? "" : "?");

    /// <summary>Nothing of an app's runs for finished bytes.</summary>
    private void CheckConstant(RouteModel route)
    {
        string? guarded = route.Guards.Count > 0 && route.Via is null ? "[Guard] is on it"
            : route.IsOpen ? null
            : _table.Guards.Count > 0 ? $"'{_table.App.DisplayName}' has [Guard]"
            : route.Via is { } via && _table.Mounts[via.Mount].Guards.Count > 0 ? $"'{_table.Mounts[via.Mount].Label}' has [Guard]"
            : _table.App.IsGuarded && (route.Via is null || !route.App.IsGuarded) ? $"'{_table.App.DisplayName}' is guarded"
            : null;
        if (guarded is null) return;

        string advice = route.Kind is RouteKind.Static && route.Member is not null
            ? route.Guards.Count > 0 ? "make it a [Get] handler" : "say [Open] if it is for everybody, or make it a [Get] handler"
            : "put it on a class without guards";
        _problems.Add(TableProblem.At(Diagnostics.GuardedConstant, [route.Key], route.Label, guarded, advice));
    }

    /// <summary>What is written and changes nothing.</summary>
    private void CheckUse(RouteModel[] routes, GateModel[] guards)
    {
        // A route that did not parse may have been the one
        if (_table.HasErrors || _isUnknown || _problems.Count > 0) return;

        foreach (GateModel provider in _own.Values)
            if (!provider.IsUnknown && !_asked.Contains(provider.Type))
                _problems.Add(TableProblem.At(Diagnostics.IdleGate, [provider.Key], $"[Provide] on '{provider.Label}'",
                    $"no parameter of a handler, provider or guard below asks for '{Short(provider.Type)}'; ask for "
                        + $"it, or remove it"));

        if (guards.Length > 0 || _table.App.IsGuarded || _table.App.IsOffered || _tree.MayBeGuardedAbove(_table.App)) return;

        foreach (RouteModel route in routes)
            if (route is { IsOpen: true, Via: null, Member: { Result.Kind: not ResultKind.Readiness } })
                _problems.Add(TableProblem.At(Diagnostics.IdleGate, [route.Key], $"[Open] on '{route.Label}'",
                    "neither its class nor one above is guarded; remove it, or guard the class"));
    }

    private static string Short(string type) => type.Replace("global::", "");

    private static string NameOf(string type) => type.Substring(Math.Max(type.LastIndexOf('.'), type.LastIndexOf(':')) + 1);
}
