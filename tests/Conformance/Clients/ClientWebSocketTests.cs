using System.Net.WebSockets;
using System.Text;
using Prebake.Conformance.WebSockets;

namespace Prebake.Conformance.Clients;

/// <summary>.NET's own client: plain and compressed, with every window, and the close from either side.</summary>
public sealed class ClientWebSocketTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over, string, int, int, bool, bool> Cases
    {
        get
        {
            var cases = new TheoryData<Over, string, int, int, bool, bool>();
            foreach (Over transport in Servers.Transports)
            {
                cases.Add(transport, "/span", 0, 0, true, true);
                foreach (string path in (string[])["/shared", "/dedicated", "/own"])
                {
                    cases.Add(transport, path, 15, 15, true, true);
                    cases.Add(transport, path, 9, 9, true, true);
                    cases.Add(transport, path, 12, 14, false, true);
                    cases.Add(transport, path, 15, 10, true, false);
                }
            }

            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public async Task Messages_of_all_lengths_come_back(Over transport, string path, int clientBits, int serverBits, bool clientRemembers, bool serverRemembers)
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new ClientWebSocket();
        if (clientBits > 0)
        {
            client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions
            {
                ClientMaxWindowBits = clientBits,
                ServerMaxWindowBits = serverBits,
                ClientContextTakeover = clientRemembers,
                ServerContextTakeover = serverRemembers,
            };
        }

        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{s_servers.Of(transport).Port}{path}"), timeout.Token);

        var random = new Random(9);
        byte[] buffer = new byte[1 << 20];
        for (int i = 0; i < 80; i++)
        {
            byte[] message = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Range(0, i < 70 ? i : random.Next(20_000)).Select(_ => $"{{\"word\":{random.Next(40)}}}")));
            bool isText = i % 2 == 0;
            int cut = random.Next(message.Length + 1);
            if (i % 3 == 0) await client.SendAsync(message.AsMemory(0, cut), isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: false, timeout.Token);
            else cut = 0;
            await client.SendAsync(message.AsMemory(cut), isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, endOfMessage: true, timeout.Token);

            int length = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await client.ReceiveAsync(buffer.AsMemory(length), timeout.Token);
                length += result.Count;
            }
            while (!result.EndOfMessage);

            Assert.Equal(isText ? WebSocketMessageType.Text : WebSocketMessageType.Binary, result.MessageType);
            Assert.True(message.AsSpan().SequenceEqual(buffer.AsSpan(0, length)), $"message {i}");
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "enough", timeout.Token);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
    }

    [Fact]
    public async Task It_hears_the_code_and_the_reason_of_the_server()
    {
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var client = new ClientWebSocket();
        client.Options.AddSubProtocol("v1");
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{s_servers.Of(Servers.Transports[0]).Port}/told"), timeout.Token);
        Assert.Equal("v1", client.SubProtocol);

        await client.SendAsync("close"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, timeout.Token);
        WebSocketReceiveResult result = await client.ReceiveAsync(new byte[100], timeout.Token);
        Assert.Equal((WebSocketMessageType.Close, (WebSocketCloseStatus)4000, "as asked"), (result.MessageType, result.CloseStatus, result.CloseStatusDescription));
        await client.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, timeout.Token);
    }
}
