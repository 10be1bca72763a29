using System.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>An enum that handlers read: its names by their length, and which of them are told apart by their case alone.</summary>
internal sealed class EnumPlan(ParameterModel parameter)
{
    /// <summary>One of the parameters that have the type.</summary>
    public ParameterModel Parameter { get; } = parameter;

    /// <summary>Names of as many bytes of UTF-8 stand together, the shortest first.</summary>
    public IReadOnlyList<(int Length, string[] Names)> ByLength { get; } = parameter.EnumNames
        .GroupBy(name => Encoding.UTF8.GetByteCount(name))
        .OrderBy(group => group.Key)
        .Select(group => (group.Key, group.ToArray()))
        .ToArray();

    /// <summary>Names of which there is another that differs by case only.</summary>
    public ISet<string> CaseMatters { get; } = new HashSet<string>(
        parameter.EnumNames.GroupBy(name => name, StringComparer.OrdinalIgnoreCase).Where(group => group.Count() > 1).SelectMany(group => group));

    /// <summary>Those of the handler, where the table calls it itself, and those of what runs in front of it.</summary>
    private static IEnumerable<ParameterModel> ParametersOf(PlannedRoute route)
    {
        IEnumerable<ParameterModel> own = route.Model.Via is null ? route.Model.Member!.Flat : [];
        return route.Model.Chain is { } chain ? own.Concat(chain.Gates.SelectMany(planned => planned.Gate.Member.Flat)) : own;
    }

    private static bool MayRead(PlannedRoute route)
    {
        if (route.Model.Chain is not null) return true;
        if (route.Model.Via is not null || route.Model.Member is not { Parameters: var parameters }) return false;

        for (int i = 0; i < parameters.Count; i++)
            if (parameters[i].Value == ValueKind.Enum || parameters[i].Source == Source.Several) return true;

        return false;
    }

    /// <summary>Every enum of some handlers once.</summary>
    public static IReadOnlyList<EnumPlan> Of(IEnumerable<PlannedRoute> handlers) => handlers
        .Where(MayRead)
        .SelectMany(ParametersOf)
        .Where(parameter => parameter.Value == ValueKind.Enum)
        .GroupBy(parameter => parameter.Type)
        .OrderBy(group => group.Key, StringComparer.Ordinal)
        .Select(group => new EnumPlan(group.First()))
        .ToArray();
}
