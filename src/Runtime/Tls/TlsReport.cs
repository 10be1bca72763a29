using System.Diagnostics;
using System.Net;
using Microsoft.Extensions.Logging;
using Prebake.Logging;

namespace Prebake.Tls;

/// <summary>
/// Tells of handshakes: a metric for each, and a line at debug level for those that failed, since strangers are not to fill a log.
/// </summary>
internal sealed class TlsReport(ILogger logger)
{
    public void Completed(TimeSpan duration, string version, bool isResumed)
    {
        if (!TlsInstruments.HandshakeDuration.Enabled) return;

        var tags = new TagList { { "tls.protocol.version", version }, { "tls.resumed", isResumed } };
        Record(duration, tags);
    }

    public void Failed(TimeSpan duration, TlsFailure failure, string? reason, IPEndPoint? client)
    {
        if (TlsInstruments.HandshakeDuration.Enabled)
            Record(duration, new TagList { { "error.type", failure.Name() } });
        Log.HandshakeFailed(logger, failure.Name(), reason, client);
    }

    // Whoever listens is the user's, and what it throws is nothing to the connection
    private void Record(TimeSpan duration, in TagList tags)
    {
        try
        {
            TlsInstruments.HandshakeDuration.Record(duration.TotalSeconds, tags);
        }
        catch (Exception e)
        {
            Log.ObserverFailed(logger, e);
        }
    }
}
