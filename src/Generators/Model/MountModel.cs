using Prebake.Shared;

namespace Prebake.Generators.Model;

/// <summary><c>[Mount]</c>: a member whose class has routes.</summary>
/// <param name="Key">Finds the place in the source again.</param>
/// <param name="Label">What a message calls it: <c>App._users</c>.</param>
/// <param name="Name">Of the member.</param>
/// <param name="IsStatic">The member belongs to the class.</param>
/// <param name="Part">The part's class, with <c>global::</c>.</param>
/// <param name="PartName">What a message calls it.</param>
/// <param name="Prefix">With that of the class around the mount; literal. Null for <c>/</c>.</param>
internal sealed record MountModel(string Key, string Label, string Name, bool IsStatic, string Part, string PartName, PatternModel? Prefix)
{
    /// <summary>The member is obsolete as an error.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>What <c>[Guard]</c> on the member names, in its order.</summary>
    public EquatableArray<GateModel> Guards { get; init; } = EquatableArray<GateModel>.Empty;

    /// <summary>The routes of a part of another project, each with the number that it has in its table; null for a part of this one.</summary>
    public AppTable? Foreign { get; init; }

    /// <summary>The prefix as it stands in a canonical path; empty for <c>/</c>.</summary>
    public string Literal => Prefix?.Shape ?? "";

    /// <summary>What the links of the part are called: <c>Users</c>, from <c>_users</c>.</summary>
    public string LinkName
    {
        get
        {
            string name = Name.TrimStart('_');
            if (name.Length == 0) name = PartName.Substring(PartName.LastIndexOf('.') + 1);
            return char.IsLetter(name[0]) ? char.ToUpperInvariant(name[0]) + name.Substring(1) : "Part" + name;
        }
    }

    /// <summary>A pattern of the part below the prefix: <c>/</c> is the prefix itself.</summary>
    public PatternModel Below(PatternModel pattern)
    {
        if (Prefix is null) return pattern;
        if (pattern.Shape == "/") return Prefix;

        return new PatternModel(Prefix.Text + pattern.Text, Prefix.Segments.Concat(pattern.Segments).ToEquatable());
    }
}

/// <summary>Who answers a route of a part: the part's own table, by the number that the route has there.</summary>
/// <param name="Mount">The number of the mount.</param>
/// <param name="Number">In the part's table.</param>
/// <param name="Names">Of its links, from the outermost mount to the innermost.</param>
internal sealed record ViaModel(int Mount, int Number, EquatableArray<string> Names)
{
    /// <summary>What must be handed on to the part, in the order of the names.</summary>
    public EquatableArray<NeedModel> Needs { get; init; } = EquatableArray<NeedModel>.Empty;

    /// <summary>The part has steps, guards or providers in front of the route, so the body is waited for there.</summary>
    public bool HasChain { get; init; }

    /// <summary>The part refuses a body that is announced as too long, behind its guards.</summary>
    public bool RefusesBodyLate { get; init; }

    /// <summary>One of them awaits.</summary>
    public bool Awaits { get; init; }

    /// <summary>Of a route of another project: its handler takes the whole body.</summary>
    public bool BindsBody { get; init; }
}

/// <summary>What a part says with <c>[Header]</c> of all responses below its prefix.</summary>
internal sealed record PartFields(string Below, EquatableArray<StaticField> Fields);
