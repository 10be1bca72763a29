namespace Prebake.Benchmarks.Load;

/// <summary>The results as Markdown.</summary>
internal static class Report
{
    public static void Write(TextWriter writer, Results results, IReadOnlyList<Contender> contenders)
    {
        writer.WriteLine($"{results.Machine}; {results.Date:yyyy-MM-dd}. {results.Options.Rounds} rounds of {results.Options.Seconds} s, {Wrk.Connections} connections. Median (min–max).");
        writer.WriteLine();
        foreach (var contender in contenders) writer.WriteLine($"- **{contender.Name}**: {contender.Title}");
        foreach (var reason in results.Skipped) writer.WriteLine($"- not measured: {reason}");

        WriteScenarios(writer, results);
        WriteRatios(writer, results);
        WriteFootprints(writer, results);
        WriteTargets(writer, results);
    }

    private static void WriteScenarios(TextWriter writer, Results results)
    {
        foreach (var scenario in Scenario.All)
        {
            var measured = results.Measurements.Where(measurement => measurement.Scenario == scenario.Name).GroupBy(measurement => measurement.Contender).ToArray();
            if (measured.Length == 0) continue;

            writer.WriteLine();
            writer.WriteLine($"### {scenario.Name}: {scenario.Title}");
            writer.WriteLine();
            if (scenario.Unit is { } unit)
            {
                writer.WriteLine($"| server | {unit} |");
                writer.WriteLine("|---|---|");
                foreach (var rounds in measured.OrderBy(rounds => Spread.Of(rounds.Select(round => round.Figure)).Median))
                    writer.WriteLine($"| {rounds.Key} | {Of(rounds, round => round.Figure, "0.00")} |");
                continue;
            }

            writer.WriteLine("| server | CPU per request, µs | user, µs | system, µs | requests/s |");
            writer.WriteLine("|---|---|---|---|---|");
            foreach (var rounds in measured.OrderBy(rounds => Spread.Of(rounds.Select(round => round.Cpu)).Median))
                writer.WriteLine($"| {rounds.Key} | {Of(rounds, round => round.Cpu, "0.00")} | {Of(rounds, round => round.User, "0.00")} | {Of(rounds, round => round.System, "0.00")} | {Of(rounds, round => round.PerSecond, "#,0")} |");
        }
    }

    private static void WriteRatios(TextWriter writer, Results results)
    {
        var peers = results.Measurements.Select(measurement => measurement.Contender).Where(name => name != Contenders.PrebakeServer.Id).Distinct().ToArray();
        if (peers.Length == 0 || results.Measurements.All(measurement => measurement.Contender != Contenders.PrebakeServer.Id)) return;

        writer.WriteLine();
        writer.WriteLine("### Ours divided by theirs: CPU per request or message, time or memory; below 1 is cheaper");
        writer.WriteLine();
        writer.WriteLine($"| scenario | {string.Join(" | ", peers)} |");
        writer.WriteLine($"|---|{string.Concat(peers.Select(_ => "---|"))}");
        foreach (var scenario in Scenario.All.Where(scenario => peers.Any(peer => results.Ratio(scenario.Name, peer) is not null)))
            writer.WriteLine($"| {scenario.Name} | {string.Join(" | ", peers.Select(peer => results.Ratio(scenario.Name, peer)?.ToString("0.00") ?? "–"))} |");
    }

    private static void WriteFootprints(TextWriter writer, Results results)
    {
        if (results.Footprints.Count == 0) return;

        writer.WriteLine();
        writer.WriteLine("### Footprint (MB = 1,000,000 bytes)");
        writer.WriteLine();
        writer.WriteLine("| server | binary, MB | start to first answer, ms | resident after it, MB | after 2,000 requests, MB |");
        writer.WriteLine("|---|---|---|---|---|");
        foreach (var footprint in results.Footprints)
            writer.WriteLine($"| {footprint.Contender} | {footprint.Size / 1e6:0.00} | {Spread.Of(footprint.Starts).ToString("0.0")} | {footprint.MemoryAtFirst / 1e6:0.0} | {footprint.MemoryLater / 1e6:0.0} |");
    }

    private static void WriteTargets(TextWriter writer, Results results)
    {
        writer.WriteLine();
        writer.WriteLine("### Targets");
        writer.WriteLine();
        writer.WriteLine("| what | measured | at most | holds |");
        writer.WriteLine("|---|---|---|---|");
        foreach (var (what, measured, most) in results.Verdicts())
            writer.WriteLine($"| {what} | {measured?.ToString("0.00") ?? "–"} | {most:0.00} | {(measured is { } figure ? figure.Median <= most ? "yes" : "**no**" : "not measured")} |");
    }

    private static string Of(IEnumerable<Measurement> rounds, Func<Measurement, double> figure, string format) => Spread.Of(rounds.Select(figure)).ToString(format);
}
