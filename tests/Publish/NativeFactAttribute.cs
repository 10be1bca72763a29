namespace Prebake.Publish;

/// <summary>A test that needs what NativeAOT links with; skipped, with the reason, where that is missing.</summary>
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute()
    {
        if (OperatingSystem.IsLinux() && !Tools.HasLinker) Skip = "NativeAOT needs clang or gcc to link";
        if (OperatingSystem.IsWindows()) Skip = "The binary is stopped with SIGTERM, which Windows has not";
    }
}
