using System.Diagnostics;

namespace Prebake.Benchmarks.Load;

/// <summary>Connections that shake hands, ask once and close, eight at a time on the processor of the load.</summary>
internal sealed class Handshakes(Server server, Scenario scenario, int processor)
{
    private const int AtATime = 8;

    private readonly bool _isResumed = scenario.Handshakes!.IsResumed;
    private readonly byte[] _request = scenario.ToBytes(server.Port, isLast: true);

    /// <summary>Connects for a while, and says how often.</summary>
    public (long Connections, double Seconds) Run(double seconds)
    {
        long connections = 0;
        var clock = Stopwatch.StartNew();
        Crew.Run(AtATime, processor, () =>
        {
            nint session = 0;
            while (clock.Elapsed.TotalSeconds < seconds)
            {
                Connect(ref session);
                Interlocked.Increment(ref connections);
            }

            if (session != 0) LibSsl.SSL_SESSION_free(session);
        });

        return (connections, clock.Elapsed.TotalSeconds);
    }

    private void Connect(ref nint session)
    {
        using var peer = new TlsPeer(server.Port, session);
        peer.AskOnce(_request);
        if (!_isResumed) return;

        if (session != 0)
        {
            if (!peer.IsResumed) throw new InvalidOperationException($"{server.Contender.Name} does not resume its own session.");
            LibSsl.SSL_SESSION_free(session);
        }

        session = peer.Session;
    }
}
