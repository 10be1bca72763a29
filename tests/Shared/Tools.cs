namespace Prebake.Testing;

/// <summary>What the machine has.</summary>
internal static class Tools
{
    /// <summary>Something that NativeAOT can link with.</summary>
    public static bool HasLinker => Find("clang", "gcc") is not null;

    /// <summary>Where the first of these programs is, or null if the machine has none of them.</summary>
    public static string? Find(params string[] names)
    {
        // Servers are in folders of their own, which only root has on its path
        string[] folders = [.. (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator), "/usr/sbin", "/usr/local/sbin"];
        return folders.SelectMany(folder => names, Path.Combine).FirstOrDefault(File.Exists);
    }
}
