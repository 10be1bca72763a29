namespace Prebake.Abuse;

/// <summary>A test that looks into /proc and needs what NativeAOT links with; skipped, with the reason, elsewhere.</summary>
public sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute()
    {
        if (!OperatingSystem.IsLinux()) Skip = "Looks into /proc";
        else if (!Tools.HasLinker) Skip = "NativeAOT needs clang or gcc to link";
    }
}
