namespace Prebake.Build.Tests;

/// <summary>The listing is read from an assembly that is there; what it holds is tried with the package.</summary>
public sealed class ListRoutesTests
{
    [Fact]
    public void An_assembly_without_tables_has_no_routes() => Assert.Equal("", ListRoutes.Read(typeof(ListRoutesTests).Assembly.Location));

    [Fact]
    public void A_file_that_is_no_assembly_stops_no_build()
    {
        string file = Path.GetTempFileName();
        File.WriteAllText(file, "not an assembly");
        try { Assert.True(new ListRoutes { Assembly = file, File = file + ".txt", BuildEngine = new SilentEngine() }.Execute()); }
        finally { File.Delete(file); }
    }
}

/// <summary>An MSBuild that hears nothing.</summary>
internal sealed class SilentEngine : Microsoft.Build.Framework.IBuildEngine
{
    public bool ContinueOnError => false;
    public int LineNumberOfTaskNode => 0;
    public int ColumnNumberOfTaskNode => 0;
    public string ProjectFileOfTaskNode => "";
    public bool BuildProjectFile(string projectFileName, string[] targetNames, System.Collections.IDictionary globalProperties, System.Collections.IDictionary targetOutputs) => false;
    public void LogCustomEvent(Microsoft.Build.Framework.CustomBuildEventArgs e) { }
    public void LogErrorEvent(Microsoft.Build.Framework.BuildErrorEventArgs e) { }
    public void LogMessageEvent(Microsoft.Build.Framework.BuildMessageEventArgs e) { }
    public void LogWarningEvent(Microsoft.Build.Framework.BuildWarningEventArgs e) { }
}
