namespace Prebake.Build.Tests;

/// <summary>A test of links and pipes as Linux has them.</summary>
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Links and pipes are made as on Linux";
}

/// <summary>The same with a table.</summary>
internal sealed class LinuxTheoryAttribute : TheoryAttribute
{
    public LinuxTheoryAttribute() => Skip = OperatingSystem.IsLinux() ? null : "Links and pipes are made as on Linux";
}
