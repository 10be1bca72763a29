using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// Written by the generator on public classes of libraries: that the class can be mounted by other projects, and its
/// routes are in <see cref="PartRouteAttribute"/>.
/// </summary>
/// <param name="version">Of what is written down.</param>
/// <param name="ignoresCase">How the class compares paths.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class PartAttribute(int version, bool ignoresCase) : Attribute
{
    /// <summary>Of what is written down.</summary>
    public int Version { get; } = version;

    /// <summary>How the class compares paths.</summary>
    public bool IgnoresCase { get; } = ignoresCase;
}
