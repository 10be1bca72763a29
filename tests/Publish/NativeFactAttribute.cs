namespace Prebake.Publish;

/// <summary>A test that needs what NativeAOT links with; skipped, with the reason, where that is missing.</summary>
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (OperatingSystem.IsLinux() && !OnPath("clang") && !OnPath("gcc")) Skip = "NativeAOT needs clang or gcc to link";
        if (OperatingSystem.IsWindows()) Skip = "The binary is stopped with SIGTERM, which Windows has not";
    }

    private static bool OnPath(string tool) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, tool)));
}
