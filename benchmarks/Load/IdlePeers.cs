namespace Prebake.Benchmarks.Load;

/// <summary>TLS connections that have asked once and stay.</summary>
internal sealed class IdlePeers : IDisposable
{
    private readonly List<TlsPeer> _peers = [];

    public IdlePeers(Server server, Scenario scenario)
    {
        byte[] request = scenario.ToBytes(server.Port), end = Encoding.ASCII.GetBytes(scenario.Answer!);
        for (var i = 0; i < scenario.Handshakes!.Connections; i++)
        {
            var peer = new TlsPeer(server.Port);
            _peers.Add(peer);
            peer.Ask(request, end);
            peer.FallSilent();
        }
    }

    public void Dispose() => _peers.ForEach(peer => peer.Dispose());
}
