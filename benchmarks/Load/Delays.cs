using System.Diagnostics;

namespace Prebake.Benchmarks.Load;

/// <summary>Requests on open TLS connections, one every millisecond, and how long each takes.</summary>
internal sealed class Delays : IDisposable
{
    private const int MillisecondsBetween = 1;

    private readonly List<TlsPeer> _peers = [];
    private readonly byte[] _request, _end;
    private readonly int _processor;

    public Delays(Server server, Scenario scenario, int processor)
    {
        (_request, _end) = (scenario.ToBytes(server.Port), Encoding.ASCII.GetBytes(scenario.Answer!));
        _processor = processor;
        for (var i = 0; i < scenario.Handshakes!.Connections; i++) _peers.Add(new(server.Port));
    }

    /// <summary>The 99th percentile in microseconds, and of how many.</summary>
    public (double Microseconds, int Count) Measure(double seconds)
    {
        var delays = new List<double>();
        var clock = Stopwatch.StartNew();
        Crew.Run(1, _processor, () =>
        {
            for (var i = 0; clock.Elapsed.TotalSeconds < seconds; i++)
            {
                var begun = Stopwatch.GetTimestamp();
                _peers[i % _peers.Count].Ask(_request, _end);
                delays.Add(Stopwatch.GetElapsedTime(begun).TotalMicroseconds);
                Thread.Sleep(MillisecondsBetween);
            }
        });

        delays.Sort();
        return delays.Count == 0 ? (0, 0) : (delays[(int)(delays.Count * 0.99)], delays.Count);
    }

    public void Dispose() => _peers.ForEach(peer => peer.Dispose());
}
