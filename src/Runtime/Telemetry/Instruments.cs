using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace Prebake.Telemetry;

/// <summary>
/// What the process measures, with the names of the OpenTelemetry conventions for HTTP servers, so that dashboards that exist fit. Listen to
/// the meter and the activity source <c>Prebake.Server</c>; while nobody does, a request pays for asking whether somebody does.
/// </summary>
internal static class Instruments
{
    public const string Name = "Prebake.Server";

    private static readonly List<Gauges> s_servers = [];

    public static ActivitySource Source { get; } = new(Name, PackageVersion.Text);

    /// <summary>For a feature's own instruments, which are made when it is used.</summary>
    public static Meter Meter { get; } = new(Name, PackageVersion.Text);

    public static Histogram<double> RequestDuration { get; } = Meter.CreateHistogram(
        "http.server.request.duration", "s", "Duration of HTTP server requests.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10] });

    public static Counter<long> RejectedConnections { get; } = Meter.CreateCounter<long>(
        "prebake.rejected_connections", "{connection}", "Connections refused because of ServeOptions.MaxConnections.");

    /// <summary>What is asked of a running server when somebody collects.</summary>
    public sealed record Gauges(Func<int> ActiveRequests, Func<int> ActiveConnections);

    public static void Add(Gauges server)
    {
        lock (s_servers)
        {
            s_servers.Add(server);
            if (s_servers.Count > 1 || s_gaugesMade) return;
            s_gaugesMade = true;
        }

        Meter.CreateObservableUpDownCounter(
            "http.server.active_requests", () => Sum(server => server.ActiveRequests()),
            "{request}", "Requests that are being answered.");
        Meter.CreateObservableUpDownCounter(
            "prebake.active_connections", () => Sum(server => server.ActiveConnections()),
            "{connection}", "Connections that are open.");
    }

    public static void Remove(Gauges server)
    {
        lock (s_servers) s_servers.Remove(server);
    }

    private static bool s_gaugesMade;

    private static Measurement<long> Sum(Func<Gauges, int> value)
    {
        lock (s_servers) return new(s_servers.Sum(value), new KeyValuePair<string, object?>("url.scheme", "http"));
    }
}
