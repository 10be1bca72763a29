using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Something that steps of a class ask for, kept for the time of a request.</summary>
/// <param name="Type">With <c>global::</c>, without nullability.</param>
/// <param name="MayBeNull">Null is among its values.</param>
/// <param name="Provider">Who gives it; null where that is a class above.</param>
/// <param name="Route">What the provider binds, in the form of a route.</param>
internal sealed record StepValue(string Type, bool IsValueType, bool MayBeNull, GateModel? Provider, RouteModel? Route)
{
    /// <summary>Of the field. It follows from the type alone, so that a handler's text does not change with what others ask for.</summary>
    public string Name => new(CheckPlan.SuffixOf(Type, 0).Where(c => char.IsLetterOrDigit(c) || c == '_').ToArray());
}

/// <summary>A provider that is called in front of a step, unless it has been.</summary>
/// <param name="IsRequired">The step, or a provider that it needs, cannot do without a value.</param>
internal sealed record StepDemand(GateModel Provider, bool IsRequired);
