using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load.Contenders;

/// <summary>The same routes for Bun, whose program comes as an npm package for each platform.</summary>
internal sealed class BunServer : Contender
{
    private const string Version = "1.4.4";

    private static string Package => $"@oven/bun-linux-{(RuntimeInformation.OSArchitecture is Architecture.Arm64 ? "aarch64" : "x64")}";

    private static string Folder => Workspace.Artifacts(Path.Combine("peers", "bun"));

    public override string Name => "bun";

    public override string Title => $"Bun {Version}";

    public override string Binary => Path.Combine(Folder, "node_modules", Package, "bin", "bun");

    public override string? Prepare(bool build)
    {
        if (InstalledVersion() == Version) return null;
        if (!build) return "has not been fetched yet; run without --no-build";
        if (!Command.Exists("npm")) return "npm, which it would be fetched with, is not installed";

        Console.Error.WriteLine($"fetching {Package}@{Version}");

        // The platform's package directly: the one named bun would choose it in an install script
        var install = new Command("npm", "install", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--prefix", Folder, $"{Package}@{Version}");
        var (succeeded, output) = install.Run(TimeSpan.FromMinutes(5));
        if (!succeeded) return $"npm cannot fetch it: {output.Trim()}";

        return InstalledVersion() is { } version && version != Version ? $"says that it is version {version}" : InstalledVersion() is null ? "does not run here" : null;
    }

    private string? InstalledVersion() =>
        File.Exists(Binary) && new Command(Binary, "--version").Run(TimeSpan.FromSeconds(10)) is (true, var version) ? version.Trim() : null;

    public override Command Serve(int port) => new(Binary, Path.Combine(Workspace.Root, "benchmarks/Peers/bun/server.ts"), $"{port}")
    {
        Environment = new Dictionary<string, string> { ["NODE_ENV"] = "production" },
    };
}
