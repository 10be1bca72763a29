using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Plan;

/// <summary>A type whose members are checked, with the names that the client knows.</summary>
/// <param name="Type">The type.</param>
/// <param name="Policy">How its context names properties.</param>
internal sealed record PlannedCheck(CheckedType Type, int Policy)
{
    public string Method { get; } = CheckPlan.MethodOf(Type.Type, Policy);
}

/// <summary>
/// The methods and objects that checks need beside the handlers. Their names follow from what they are for, and from nothing else in
/// the table: the text of a handler stays the same when another gets a check.
/// </summary>
internal sealed class CheckPlan
{
    private CheckPlan(IReadOnlyList<PlannedCheck> checks, IReadOnlyList<(string Name, EquatableArray<(string, string)> Pairs)> names, IReadOnlyList<(string Name, string Type, string Code)> objects) =>
        (Checks, Names, Objects) = (checks, names, objects);

    /// <summary>One method each.</summary>
    public IReadOnlyList<PlannedCheck> Checks { get; }

    /// <summary>Methods that give properties the names that the client knows.</summary>
    public IReadOnlyList<(string Name, EquatableArray<(string, string)> Pairs)> Names { get; }

    /// <summary>What is made once: regular expressions and attributes.</summary>
    public IReadOnlyList<(string Name, string Type, string Code)> Objects { get; }

    public static CheckPlan Of(AppTable table, IEnumerable<PlannedRoute> handlers)
    {
        var checks = new SortedDictionary<string, PlannedCheck>(StringComparer.Ordinal);
        var names = new SortedDictionary<string, EquatableArray<(string, string)>>(StringComparer.Ordinal);
        var objects = new SortedDictionary<string, (string, string)>(StringComparer.Ordinal);

        foreach (RouteModel route in handlers.Select(handler => handler.Model))
        {
            if (!MayCheck(route)) continue;

            foreach (ParameterModel parameter in ParametersOf(route))
            {
                if (parameter.Check is not { HasRules: true } check) continue;

                int policy = PolicyOf(table, parameter);
                AddObjects(check.Value, objects);
                foreach (CheckedType type in check.Types.Where(type => type.HasRules))
                {
                    var planned = new PlannedCheck(type, policy);
                    if (checks.ContainsKey(planned.Method)) continue;

                    checks.Add(planned.Method, planned);
                    foreach (CheckedMember one in type.Members) AddObjects(one.Value, objects);
                    if (type.IsValidatable) names[NamesMethodOf(type.Type, policy)] = PairsOf(type, policy);
                }
            }

            foreach (ValidatorModel validator in route.Via is null ? route.Validators : EquatableArray<ValidatorModel>.Empty)
                if (NamesFor(table, route.Member!, validator) is var (name, pairs)) names[name] = pairs;
        }

        return new CheckPlan(
            checks.Values.ToArray(),
            names.Select(pair => (pair.Key, pair.Value)).ToArray(),
            objects.Select(pair => (pair.Key, pair.Value.Item1, pair.Value.Item2)).ToArray());
    }

    private static bool MayCheck(RouteModel route)
    {
        if (route.Chain is not null || route.Validators.Count > 0) return true;
        if (route.Via is not null || route.Member is not { Parameters: var parameters }) return false;

        for (int i = 0; i < parameters.Count; i++)
            if (parameters[i].Check is not null || parameters[i].Source == Source.Several) return true;

        return false;
    }

    /// <summary>Those of the handler, where the table calls it itself, and those of what runs in front of it.</summary>
    private static IEnumerable<ParameterModel> ParametersOf(RouteModel route)
    {
        IEnumerable<ParameterModel> own = route is { Via: null, Member: { } member } ? member.Flat : [];
        return route.Chain is { } chain ? own.Concat(chain.Gates.SelectMany(planned => planned.Gate.Member.Flat)) : own;
    }

    /// <summary>The policy of the context that reads a body. What binds itself is likely to have names as JSON has them on the web.</summary>
    public static int PolicyOf(AppTable table, ParameterModel parameter) => parameter.Source == Source.Body
        ? JsonTypes.Find(table, parameter.Type)?.Style.Policy ?? 0
        : 1;

    public static string MethodOf(string type, int policy) => "Check" + SuffixOf(type, policy);

    public static string NamesMethodOf(string type, int policy) => "NameOf" + SuffixOf(type, policy);

    /// <summary>The method that names properties in what a validator says; null where there is nothing to name.</summary>
    public static (string Method, EquatableArray<(string, string)> Pairs)? NamesFor(AppTable table, MemberModel member, ValidatorModel validator)
    {
        if (GatherPlan.ParameterOf(member, validator.Subject) is not { } subject) return null;
        if (subject.Source == Source.Several)
            return (NamesMethodOf(subject.Type, -1), subject.Members.Select(one => (one.Name.Substring(one.Name.LastIndexOf('.') + 1), one.WireName)).ToEquatable());

        int policy = PolicyOf(table, subject);
        return subject.Check?.Types.FirstOrDefault(type => type.Type == subject.Check.Value.Object) is { } type
            ? (NamesMethodOf(type.Type, policy), PairsOf(type, policy))
            : null;
    }

    /// <summary>What the client calls a property.</summary>
    public static string NameOf(CheckedMember member, int policy) => member.JsonName ?? JsonNaming.Of(policy, member.Name);

    /// <summary>The name of the field that holds a regular expression or an attribute.</summary>
    public static string ObjectOf(RuleModel rule) => (rule.Kind == RuleKind.Regex ? "Pattern_" : "Rule_") + HashOf(rule.Text + "\n" + rule.Options);

    private static EquatableArray<(string, string)> PairsOf(CheckedType type, int policy) =>
        type.Members.Select(member => (member.Name, NameOf(member, policy))).Where(pair => pair.Name != pair.Item2).ToEquatable();

    private static void AddObjects(CheckedValue? value, SortedDictionary<string, (string, string)> objects)
    {
        if (value is null) return;

        foreach (RuleModel rule in value.Rules)
        {
            if (rule.Kind == RuleKind.Regex)
                objects[ObjectOf(rule)] = ("global::System.Text.RegularExpressions.Regex", $"new global::System.Text.RegularExpressions.Regex({Literal.Text(rule.Text!)}, {rule.Options})");
            else if (rule.Kind == RuleKind.Custom)
                objects[ObjectOf(rule)] = ("global::System.ComponentModel.DataAnnotations.ValidationAttribute", rule.Text!);
        }

        AddObjects(value.Item, objects);
    }

    // By the object that the name is: it lives as long as the model that has it
    private static readonly ConditionalWeakTable<string, ConcurrentDictionary<int, string>> s_suffixes = new();

    public static string SuffixOf(string type, int policy) => s_suffixes
        .GetValue(type, static _ => new ConcurrentDictionary<int, string>(concurrencyLevel: 1, capacity: 1))
        .GetOrAdd(policy, policy => MakeSuffix(type, policy));

    private static string MakeSuffix(string type, int policy)
    {
        // The last name of "global::Shop.Page<global::Shop.Item>" is Page
        int end = type.IndexOf('<');
        string name = end < 0 ? type : type.Substring(0, end);
        name = name.Substring(name.LastIndexOfAny(['.', ':']) + 1).TrimStart('@');
        return name + "_" + HashOf(policy + type);
    }

    private static string HashOf(string text) =>
        (XxHash64.Hash(Encoding.UTF8.GetBytes(text)) & 0xFFFFFFFF).ToString("x8", System.Globalization.CultureInfo.InvariantCulture);
}
