using Prebake.Shared;

namespace Prebake.Generators.Model;

/// <summary>When a method that stands around handlers is called.</summary>
internal enum StepKind { Before, After, Around }

/// <summary><c>[Before]</c>, <c>[After]</c> or <c>[Around]</c>: of a class, or of an object with <c>[Use]</c>.</summary>
/// <param name="Key">Finds the place in the source again.</param>
/// <param name="Kind">When it is called.</param>
/// <param name="Label">What a message calls it: <c>App.Check</c>, <c>App._origins</c>.</param>
/// <param name="Order">Its place in the declaration of the class.</param>
/// <param name="Method">The method.</param>
internal sealed record StepModel(string Key, StepKind Kind, string Label, int Order, MemberModel Method)
{
    /// <summary>The member that holds the object, or null for a method of the class.</summary>
    public UsedModel? Used { get; init; }

    /// <summary>False: constant responses are meant to go without it.</summary>
    public bool Constants { get; init; } = true;

    /// <summary>
    /// What of it is part of constant responses of the class, so that they need not go without; null when it may do more
    /// than that.
    /// </summary>
    public EquatableArray<StaticField>? Folded { get; init; }

    /// <summary>Finds the place of the method, or of the member with the object.</summary>
    public string PlaceKey => Used is null ? Key : Key.Substring(0, Key.IndexOf("|use", StringComparison.Ordinal) + 4);

    /// <summary>It waits, so that the whole chain does.</summary>
    public bool Awaits => Method.Result.Awaiting != Awaiting.None;
}

/// <summary><c>[Use]</c>: a member whose object has methods that stand around handlers.</summary>
/// <param name="Name">Of the member.</param>
/// <param name="Type">The class of the object, with <c>global::</c>.</param>
internal sealed record UsedModel(string Name, bool IsStatic, string Type, string Label)
{
    public bool IsForbidden { get; init; }
}

/// <summary>What stands around the routes of a part, as far as the class that mounts it must know.</summary>
/// <param name="Below">The prefix of the part's class.</param>
/// <param name="Awaits">Some step waits.</param>
internal sealed record PartSteps(int Mount, string Below, bool Awaits);
