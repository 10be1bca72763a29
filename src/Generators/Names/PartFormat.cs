namespace Prebake.Generators.Names;

/// <summary>How the routes of a class are written down for other projects.</summary>
internal static class PartFormat
{
    /// <summary>Of what <see cref="KnownNames.PartRoute"/> says; another one is not read.</summary>
    public const int Version = 1;

    /// <summary>The same, where some route has guards or providers.</summary>
    public const int WithGates = 2;

    /// <summary>The same, where steps stand around some route.</summary>
    public const int WithSteps = 3;

    // What Marks of PartRoute says

    /// <summary>The guards of classes and mounts are not for it.</summary>
    public const string Open = "open";

    /// <summary>A guard, or a provider with a challenge, is in front of it.</summary>
    public const string Guarded = "guarded";

    /// <summary>Steps, guards or providers are in front of it, so the body is waited for there.</summary>
    public const string Chain = "chain";

    /// <summary>One of them awaits.</summary>
    public const string Awaits = "awaits";
}
