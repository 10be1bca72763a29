using System.Runtime.CompilerServices;

namespace Prebake.Generators.Model;

/// <summary>
/// Keeps a step from making a new object of what an edit has left as it is: a model that is equal to the one that was made of
/// the same model before is that one. What has been written of it is found by the object.
/// </summary>
internal static class Kept
{
    private static readonly ConditionalWeakTable<RouteModel, RouteModel> s_made = new();

    /// <summary>What was made of a route, or the equal one that was made of it last.</summary>
    public static RouteModel Of(RouteModel from, RouteModel made)
    {
        if (ReferenceEquals(from, made)) return made;
        if (s_made.TryGetValue(from, out RouteModel? last) && last.Equals(made)) return last;

        s_made.Remove(from);
        return s_made.GetValue(from, _ => made);
    }
}
