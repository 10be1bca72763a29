namespace Prebake.Generators.Model;

/// <summary>A method that runs before a handler: what a provider gives, or what a guard says.</summary>
internal enum GateKind { Provider, Guard }

/// <summary><c>[Provide]</c>, or what <c>[Guard]</c> names.</summary>
/// <param name="Key">Finds the place in the source again; behind it <c>|</c> and the name of a parameter.</param>
/// <param name="Label">What a message calls it: <c>App.Me</c>.</param>
/// <param name="Member">The method. Its result's kind says of a guard whether it answers by itself.</param>
/// <param name="Type">What a provider gives, with <c>global::</c> and without nullability; empty for guards.</param>
internal sealed record GateModel(GateKind Kind, string Key, string Label, MemberModel Member, string Type)
{
    /// <summary>What the provider gives could not be read, which has been said.</summary>
    public bool IsUnknown => Kind == GateKind.Provider && Type.Length == 0;

    /// <summary>The provider may return null.</summary>
    public bool MayBeNull { get; init; }

    /// <summary>What is provided is a value type.</summary>
    public bool IsValueType { get; init; }

    /// <summary>What is provided must be disposed of.</summary>
    public bool IsDisposable { get; init; }

    /// <summary>The value of <c>WWW-Authenticate</c>, or null.</summary>
    public string? Challenge { get; init; }

    public bool Awaits => Member.Result.Awaiting != Awaiting.None;

    /// <summary>The name alone, for listings.</summary>
    public string Name => Member.Name;
}

/// <summary>What a route needs of a class above its own.</summary>
/// <param name="Type">With <c>global::</c>, without nullability.</param>
/// <param name="IsRequired">Null is refused where it is provided.</param>
internal sealed record NeedModel(string Type, bool IsRequired, bool IsValueType)
{
    /// <summary>The type as it is handed on; of a reference it makes no difference whether null is among its values.</summary>
    public string Handed => IsValueType && !IsRequired ? Type + "?" : Type;
}

/// <summary>A gate in the order in which they run.</summary>
/// <param name="Gate">The provider or guard, its parameters' sources settled for this route.</param>
/// <param name="IsRequired">Of a provider: null is refused.</param>
internal sealed record PlannedGate(GateModel Gate, bool IsRequired)
{
    /// <summary>Steps have asked for it, so its value is there already.</summary>
    public bool IsThere { get; init; }
}

/// <summary>What runs in front of a route in one table. What it needs from above comes as a parameter.</summary>
/// <param name="Gates">In their order.</param>
/// <param name="Needs">In the order of their names.</param>
internal sealed record ChainModel(EquatableArray<PlannedGate> Gates, EquatableArray<NeedModel> Needs)
{
    /// <summary>What is called behind steps and gates takes the whole body, and nothing below waits for it.</summary>
    public bool WaitsForBody { get; init; }

    /// <summary>There is a method for it; if not, what comes from above is handed on as it is.</summary>
    public bool HasMethod => Gates.Count > 0 || WaitsForBody;

    public bool Awaits => Gates.Any(planned => planned is { IsThere: false, Gate.Awaits: true });

    /// <summary>What is handed on to the table that runs the route: a type, or a tuple of several.</summary>
    public static string Handed(EquatableArray<NeedModel> needs) =>
        needs.Count == 1 ? needs[0].Handed : "(" + string.Join(", ", needs.Select(need => need.Handed)) + ")";
}

/// <summary>Why a parameter cannot be bound unless its type is provided: a message, but for its place.</summary>
internal sealed record Refusal(string Id, EquatableArray<string> Arguments);
