using System.Net.WebSockets;
using System.Text;

namespace Prebake.Conformance.Tls;

/// <summary>WebSockets over TLS: <c>wss://</c>.</summary>
public sealed class SecureSocketTests : IDisposable
{
    private readonly TestPki _pki = new();

    public static TheoryData<Over> Transports => [.. Servers.TlsTransports];

    [Theory, MemberData(nameof(Transports))]
    public async Task Messages_of_every_size_come_back(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new SecureSocketApp(), TlsServers.Patient with { Tls = [TlsServers.OptionsFor(_pki)] });
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var client = new ClientWebSocket();
        client.Options.RemoteCertificateValidationCallback = (_, _, _, _) => true;
        await client.ConnectAsync(new Uri($"wss://127.0.0.1:{server.Port}/echo"), patience.Token);

        var buffer = new byte[64 << 10];
        foreach (int length in (int[])[0, 1, 125, 126, 5_000, 40_000])
        {
            string text = new('x', length);
            await client.SendAsync(Encoding.ASCII.GetBytes(text), WebSocketMessageType.Text, true, patience.Token);

            var received = new StringBuilder();
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(), patience.Token);
                received.Append(Encoding.ASCII.GetString(buffer, 0, result.Count));
            }
            while (!result.EndOfMessage);
            Assert.Equal(text, received.ToString());
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "", patience.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    public void Dispose() => _pki.Dispose();
}

internal sealed partial class SecureSocketApp
{
    [WebSocket("/echo")] private static SecureEcho Connect() => new();
}

internal sealed class SecureEcho : WebSocketHandler
{
    protected override ValueTask Message(string text)
    {
        Send(text);
        return default;
    }
}
