// Loads our server and its peers in turn, and compares what a request costs each of them. See ../README.md.
using System.Text.Json;
using Prebake.Benchmarks.Load;
using Prebake.Benchmarks.Load.Contenders;

CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;

if (args.Contains("--help"))
{
    Console.WriteLine(LoadOptions.Usage);
    return 0;
}

try
{
    Children.Guard();
    return Run(LoadOptions.Parse(args));
}
catch (FormatException mistake)
{
    Console.Error.WriteLine(mistake.Message);
    Console.Error.WriteLine(LoadOptions.Usage);
    return 1;
}
catch (Exception error) when (error is InvalidOperationException or IOException or OperationCanceledException or System.Net.Sockets.SocketException)
{
    Console.Error.WriteLine(error.Message);
    return 1;
}

static int Run(LoadOptions options)
{
    if (!OperatingSystem.IsLinux()) throw new InvalidOperationException("The load benchmark reads /proc and pins processes: it needs Linux.");
    if (!Wrk.IsInstalled) throw new InvalidOperationException("wrk, the load generator, is not installed: `apt-get install wrk`.");
    if (!Command.Exists("taskset") || Environment.ProcessorCount < 2)
        Console.Error.WriteLine("Without `taskset` and two processors, server and load share theirs: the ratios say little.");

    var skipped = new List<string>();
    var contenders = new List<Contender>();
    foreach (var contender in Candidates(options))
    {
        if (contender.Prepare(options.Build) is not { } reason)
        {
            contenders.Add(contender);
            continue;
        }

        skipped.Add($"{contender.Name} {reason}");
        Console.Error.WriteLine($"skipped: {skipped[^1]}");
    }

    var failures = new Failures();
    var measurements = new Session(options, contenders, failures).Measure();
    var footprints = options.Includes("footprint")
        ? Footprint.Measure([.. contenders.Where(contender => contender.FootprintPaths.Length > 0)], options.Starts, failures)
        : [];

    var results = new Results(DateTime.UtcNow, Machine.Describe(), options, [.. skipped, .. failures.Reasons], measurements, footprints);
    if (options.Json is { } file) File.WriteAllText(file, JsonSerializer.Serialize(results, new JsonSerializerOptions { WriteIndented = true }));
    Report.Write(Console.Out, results, contenders);

    if (failures.Reasons.Count > 0) return 1;

    var missed = results.Verdicts().Any(verdict => verdict.Measured is { } measured && measured.Median > verdict.AtMost);
    return options.Strict && missed ? 2 : 0;
}

static IEnumerable<Contender> Candidates(LoadOptions options)
{
    var prebake = new PrebakeServer();
    yield return prebake;
    if (options.IncludesPeer(PrebakeOnEpoll.Id)) yield return new PrebakeOnEpoll(prebake);
    if (options.Includes("footprint")) yield return new PrebakeHello();

    foreach (var peer in new Contender[] { new BunServer(), new AspNetServer(), new NginxServer(), new EpollServer() })
        if (options.IncludesPeer(peer.Name)) yield return peer;

    if (!Scenario.All.Any(scenario => scenario.IsConduit && options.Includes(scenario.Name))) yield break;
    yield return new PrebakeConduit();
    if (options.IncludesPeer(AspNetServer.Id)) yield return new AspNetConduit();
}
