namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>A C# project of this repository, published by NativeAOT.</summary>
internal abstract class NativeProgram(string project, string assembly) : Contender
{
    private string Folder => Workspace.Artifacts(Path.Combine("load", assembly));

    public sealed override string Binary => Path.Combine(Folder, assembly);

    public override string? Prepare(bool build)
    {
        if (!build) return File.Exists(Binary) ? null : "has not been published yet; run without --no-build";

        Console.Error.WriteLine($"publishing {project}");
        var publish = new Command("dotnet", "publish", Path.Combine(Workspace.Root, project), "-c", "Release", "-r", Workspace.RuntimeIdentifier, "-o", Folder, "-nologo", "-v:q");
        var (succeeded, output) = publish.Run(TimeSpan.FromMinutes(10));

        return succeeded ? null : $"does not publish: {FirstErrorIn(output)}";
    }

    private static string FirstErrorIn(string output) =>
        output.Split('\n').FirstOrDefault(line => line.Contains("error", StringComparison.OrdinalIgnoreCase))?.Trim() ?? output.Trim();
}
