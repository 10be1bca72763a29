using System.Diagnostics.Metrics;
using Prebake.Telemetry;

namespace Prebake.Tls;

/// <summary>What is measured of handshakes. A class of its own, so that a server without certificates does not make it.</summary>
internal static class TlsInstruments
{
    public static Histogram<double> HandshakeDuration { get; } = Instruments.Meter.CreateHistogram(
        "prebake.tls_handshake.duration", "s", "Duration of TLS handshakes on the server.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5, 10] });
}
