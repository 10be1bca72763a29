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
        try { Assert.True(new ListRoutes { Assembly = file, File = file + ".txt", BuildEngine = new RecordingEngine() }.Execute()); }
        finally { File.Delete(file); }
    }
}
