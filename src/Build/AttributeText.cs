namespace Prebake.Build;

/// <summary>
/// A first look at a source, without the compiler: most have no such attribute, and then nothing is loaded or parsed.
/// </summary>
internal static class AttributeText
{
    /// <summary>Whether a source can have an attribute that names files.</summary>
    public static bool MayNameFiles(string source) =>
        source.Contains("StaticFile", StringComparison.Ordinal)
        || source.Contains("StaticDirectory", StringComparison.Ordinal);
}
