using System.Runtime.InteropServices;

namespace Prebake.Benchmarks.Load;

/// <summary>What the figures were measured on.</summary>
internal static class Machine
{
    public static string Describe()
    {
        var processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown processor";

        return $"{processor}, {Environment.ProcessorCount} processors, {RuntimeInformation.OSArchitecture}, Linux {Environment.OSVersion.Version}, .NET {Environment.Version}";
    }
}
