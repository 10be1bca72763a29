namespace Prebake.Testing;

/// <summary>The checkout that the tests run in. Paths that the compiler records are no help: a deterministic build rewrites them.</summary>
internal static class Repository
{
    /// <summary>The folder of <c>Framework.sln</c>.</summary>
    public static string Root { get; } = Find();

    private static string Find()
    {
        string? at = AppContext.BaseDirectory;
        while (at is not null && !File.Exists(Path.Combine(at, "Framework.sln"))) at = Path.GetDirectoryName(at);
        return at ?? throw new DirectoryNotFoundException("Framework.sln");
    }
}
