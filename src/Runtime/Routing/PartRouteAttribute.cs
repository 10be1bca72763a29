using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>One route of a class that other projects can mount, as its own table has it. Written by the generator.</summary>
/// <param name="number">In the class's own table.</param>
/// <param name="kind">What it is, in a word.</param>
/// <param name="methods">With <c>|</c> between them.</param>
/// <param name="pattern">Of <c>[Fetch]</c>, <c>[Error]</c> and headers the prefix below which they count.</param>
/// <param name="label">The member; of headers their lines.</param>
/// <param name="tier">What listings say of it.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true, Inherited = false)]
public sealed class PartRouteAttribute(int number, string kind, string methods, string pattern, string label, string tier) : Attribute
{
    /// <summary>In the class's own table.</summary>
    public int Number { get; } = number;

    /// <summary>What it is, in a word.</summary>
    public string Kind { get; } = kind;

    /// <summary>With <c>|</c> between them.</summary>
    public string Methods { get; } = methods;

    /// <summary>Of <c>[Fetch]</c>, <c>[Error]</c> and headers the prefix below which they count.</summary>
    public string Pattern { get; } = pattern;

    /// <summary>The member; of headers their lines.</summary>
    public string Label { get; } = label;

    /// <summary>What listings say of it.</summary>
    public string Tier { get; } = tier;

    /// <summary>The types that a class above must provide for it, in the order of their names.</summary>
    public Type[] Needs { get; set; } = [];

    /// <summary>For each of <see cref="Needs"/> a digit: 1 where null is refused.</summary>
    public string Required { get; set; } = "";

    /// <summary>What listings say of its guards and providers.</summary>
    public string Gates { get; set; } = "";

    /// <summary>What a link to it is called, and a line for each of its parameters; empty when there is none.</summary>
    public string Link { get; set; } = "";

    /// <summary>The types of these parameters.</summary>
    public Type[] LinkTypes { get; set; } = [];

    /// <summary>What is to be known of it above, in words with a space between them.</summary>
    public string Marks { get; set; } = "";
}
