using System.Globalization;
using Xunit.Abstractions;

// Time for all transports, not for one after the other
[assembly: CollectionBehavior(MaxParallelThreads = 3)]

namespace Prebake.Crosstalk;

/// <summary>What the tests have in common.</summary>
internal static class Tests
{
    /// <summary>
    /// What the collector lets pass before its first collection is the size of the processor's cache otherwise, on some
    /// machines more than a test allocates: that is no leak.
    /// </summary>
    public static readonly (string, string) SmallBudget = ("DOTNET_GCgen0size", "200000");

    public static int Number(string name, int fallback) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : fallback;

    public static string? Text(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } text ? text : null;
}

/// <summary>A test of the native binary: skipped, with the reason, where there is none.</summary>
public sealed class NativeTheoryAttribute : TheoryAttribute
{
    public NativeTheoryAttribute() => Skip = Native.WhyNot;
}

/// <summary>As above, of one transport.</summary>
public sealed class NativeFactAttribute : FactAttribute
{
    public NativeFactAttribute() => Skip = Native.WhyNot;
}

internal static class Native
{
    public static string? WhyNot =>
        !OperatingSystem.IsLinux() ? "Looks into /proc" : !Tools.HasLinker ? "NativeAOT needs clang or gcc to link" : null;
}

/// <summary>
/// Random clients for a minute (<c>PREBAKE_CROSSTALK_SECONDS</c>), by a seed that is printed
/// (<c>PREBAKE_CROSSTALK_SEED</c> sends the same again). With
/// <c>PREBAKE_CROSSTALK_SHAPES=text,yield,keep</c> only those shapes are sent, by <c>PREBAKE_CROSSTALK_CLIENTS</c>
/// clients; with
/// <c>PREBAKE_CROSSTALK_REPORT</c> what was found is also written to that folder.
/// </summary>
public abstract class RandomTests(Waits waits, ITestOutputHelper output)
{
    [NativeFact]
    public async Task No_request_sees_anything_of_another()
    {
        int seed = Tests.Number("PREBAKE_CROSSTALK_SEED", Environment.TickCount & 0xFFFFFF);
        int seconds = Tests.Number("PREBAKE_CROSSTALK_SECONDS", 60);
        int clients = Tests.Number("PREBAKE_CROSSTALK_CLIENTS", 40);
        string[]? only = Tests.Text("PREBAKE_CROSSTALK_SHAPES")?.Split(',');
        Assert.Subset(Calls.Names.ToHashSet(), (only ?? []).ToHashSet());

        var load = new RandomLoad(waits, seed, TimeSpan.FromSeconds(seconds), clients, only);
        await load.RunAsync();

        string answers = $"{load.Findings.Answers} answers of {load.Findings.Seen.Count()} shapes";
        string report = $"{waits}, seed {seed}, {seconds} s, {clients} clients, {answers}{load.Findings}";
        output.WriteLine(report);
        if (Tests.Text("PREBAKE_CROSSTALK_REPORT") is { } folder) File.WriteAllText(Path.Combine(folder, $"{waits}.txt"), report);
        Assert.True(load.Findings.IsEmpty, $"PREBAKE_CROSSTALK_SEED={seed} sends the same again. {report}");

        // A load that asks for nothing finds nothing
        Assert.True(load.Findings.Answers > seconds * 20, report);
    }
}

public sealed class RandomIoUringTests(ITestOutputHelper output) : RandomTests(Waits.IoUring, output);

public sealed class RandomEpollTests(ITestOutputHelper output) : RandomTests(Waits.Epoll, output);

public sealed class RandomPortableTests(ITestOutputHelper output) : RandomTests(Waits.Portable, output);
