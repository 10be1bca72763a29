namespace Prebake.Testing;

/// <summary>What the machine has.</summary>
internal static class Tools
{
    /// <summary>Something that NativeAOT can link with.</summary>
    public static bool HasLinker => OnPath("clang") || OnPath("gcc");

    private static bool OnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
