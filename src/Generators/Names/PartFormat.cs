namespace Prebake.Generators.Names;

/// <summary>How the routes of a class are written down for other projects.</summary>
internal static class PartFormat
{
    /// <summary>Of what <see cref="KnownNames.PartRoute"/> says; another one is not read.</summary>
    public const int Version = 2;
}
