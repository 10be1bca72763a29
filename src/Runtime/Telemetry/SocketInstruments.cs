using System.Diagnostics.Metrics;

namespace Prebake.Telemetry;

/// <summary>
/// What the process measures of WebSockets. OpenTelemetry has no names for them yet; attributes have those that it
/// has. Made with the first socket.
/// </summary>
internal static class SocketInstruments
{
    public static UpDownCounter<long> Active { get; } = Instruments.Meter.CreateUpDownCounter<long>(
        "prebake.websocket.active_connections", "{connection}", "WebSockets that are open.");

    public static Histogram<double> Duration { get; } = Instruments.Meter.CreateHistogram(
        "prebake.websocket.duration", "s", "How long WebSockets were open, by close code.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.1, 1, 10, 60, 300, 900, 3600, 14_400, 86_400] });

    public static Counter<long> Messages { get; } = Instruments.Meter.CreateCounter<long>(
        "prebake.websocket.messages", "{message}", "Messages received and sent.");

    public static Counter<long> Bytes { get; } = Instruments.Meter.CreateCounter<long>(
        "prebake.websocket.io", "By", "Payload of the messages received and sent.");
}
