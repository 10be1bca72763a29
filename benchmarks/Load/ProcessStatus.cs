using System.Globalization;

namespace Prebake.Benchmarks.Load;

/// <summary>CPU time that a process has used, all threads together.</summary>
internal readonly record struct CpuTime(double User, double System)
{
    public static CpuTime operator -(CpuTime left, CpuTime right) => new(left.User - right.User, left.System - right.System);
}

/// <summary>What the kernel knows of a process.</summary>
internal static class ProcessStatus
{
    // USER_HZ: the unit of /proc/PID/stat on every Linux that .NET runs on, whatever the kernel's own tick is
    private const double TicksPerSecond = 100;

    public static CpuTime CpuTimeOf(int process)
    {
        var text = File.ReadAllText($"/proc/{process}/stat");

        // The second field is the name in parentheses and may hold spaces; utime and stime are the 14th and 15th
        var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');

        return new(Number(fields[11]) / TicksPerSecond, Number(fields[12]) / TicksPerSecond);
    }

    /// <summary>Resident memory in bytes.</summary>
    public static long ResidentMemoryOf(int process) => MemoryOf(process, "VmRSS:");

    /// <summary>The most that it was, in bytes.</summary>
    public static long PeakMemoryOf(int process) => MemoryOf(process, "VmHWM:");

    private static long MemoryOf(int process, string name)
    {
        foreach (var line in File.ReadLines($"/proc/{process}/status"))
            if (line.StartsWith(name, StringComparison.Ordinal))
                return (long)Number(line[6..].Replace("kB", "", StringComparison.Ordinal).Trim()) * 1024;

        throw new InvalidOperationException($"Process {process} has no resident memory: it has ended.");
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
