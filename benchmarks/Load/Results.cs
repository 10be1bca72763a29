namespace Prebake.Benchmarks.Load;

/// <summary>All that one run has measured.</summary>
internal sealed record Results(
    DateTime Date, string Machine, LoadOptions Options, IReadOnlyList<string> Skipped,
    IReadOnlyList<Measurement> Measurements, IReadOnlyList<Footprint> Footprints)
{
    /// <summary>Ours divided by the peer's, round by round, so that both sides of each ratio come from the same minute. Null when one side is missing.</summary>
    public Spread? Ratio(string scenario, string peer)
    {
        var ratios = from ours in Measurements
                     where ours.Contender == Contenders.PrebakeServer.Id && ours.Scenario == scenario
                     join theirs in Measurements.Where(other => other.Contender == peer && other.Scenario == scenario) on ours.Round equals theirs.Round
                     select ours.Figure / theirs.Figure;

        return ratios.ToArray() is { Length: > 0 } found ? Spread.Of(found) : null;
    }

    /// <summary>One of our scenarios divided by another of ours.</summary>
    public Spread? OwnRatio(string scenario, string other)
    {
        var ratios = from ours in Measurements
                     where ours.Contender == Contenders.PrebakeServer.Id && ours.Scenario == scenario
                     join theirs in Measurements.Where(theirs => theirs.Contender == Contenders.PrebakeServer.Id && theirs.Scenario == other) on ours.Round equals theirs.Round
                     select ours.Figure / theirs.Figure;

        return ratios.ToArray() is { Length: > 0 } found ? Spread.Of(found) : null;
    }

    /// <summary>What one of our scenarios costs beyond another of ours, in microseconds.</summary>
    public Spread? OwnDifference(string scenario, string other)
    {
        var own = Measurements.Where(measurement => measurement.Contender == Contenders.PrebakeServer.Id);
        var differences = from one in own.Where(measurement => measurement.Scenario == scenario)
                          join less in own.Where(measurement => measurement.Scenario == other) on one.Round equals less.Round
                          select one.Cpu - less.Cpu;

        return differences.ToArray() is { Length: > 0 } found ? Spread.Of(found) : null;
    }

    private Spread? OwnFigure(string scenario, double unit) =>
        Measurements.Where(ours => ours.Contender == Contenders.PrebakeServer.Id && ours.Scenario == scenario).Select(ours => ours.Figure / unit).ToArray()
            is { Length: > 0 } found ? Spread.Of(found) : null;

    public Footprint? Hello => Footprints.FirstOrDefault(footprint => footprint.Contender == Contenders.PrebakeHello.Id);

    /// <summary>The targets of what was asked for, with what was measured for them; null where it could not be.</summary>
    public IEnumerable<(string What, Spread? Measured, double AtMost)> Verdicts()
    {
        foreach (var target in Target.All.Where(target => Options.Includes(target.Scenario) && Options.IncludesPeer(target.Peer)))
            yield return ($"{target.Scenario}, of {target.Peer}'s CPU per request", Ratio(target.Scenario, target.Peer), target.AtMost);

        if (Options.Includes("ws-all-memory")) yield return ("ws-all-memory: MiB", OwnFigure("ws-all-memory", 1024), Target.MebibytesForAll);
        if (Options.Includes("ws-idle")) yield return ("ws-idle: KiB per socket", OwnFigure("ws-idle", 1), Target.KibibytesPerSocket);

        if (Options.Includes("tls-idle")) yield return ("tls-idle: KiB per connection", OwnFigure("tls-idle", 1), Target.KibibytesPerTlsConnection);
        foreach (var strangers in new[] { "tls-stall", "tls-flood" }.Where(Options.Includes))
            yield return ($"{strangers}, of our own tls-quiet's p99", OwnRatio(strangers, "tls-quiet"), Target.Strangers);

        if (Options.Includes("service"))
            yield return ("service, beyond service-bare: µs", OwnDifference("service", "service-bare"), Target.ServiceMicroseconds);

        if (Options.Includes("coded")) yield return ("coded, of our own plain's CPU per request", OwnRatio("coded", "plain"), Target.Coded);

        if (!Options.Includes("footprint")) yield break;

        yield return ("Hello: binary, MB", Exactly(Hello?.Size / 1e6), Target.BinaryMegabytes);
        yield return ("Hello: start to first answer, ms", Hello is { } hello ? Spread.Of(hello.Starts) : null, Target.StartMilliseconds);
        yield return ("Hello: resident after 2,000 requests, MB", Exactly(Hello?.MemoryLater / 1e6), Target.MemoryMegabytes);
    }

    private static Spread? Exactly(double? figure) => figure is { } value ? new(value, value, value) : null;
}
