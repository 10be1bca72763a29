using System.Net.WebSockets;
using System.Text;
using Prebake.Conformance.WebSockets;
using Prebake.Testing;

namespace Prebake.Conformance.Clients;

/// <summary>WebSockets as the clients of others speak them: messages of every size, fragments, compression, close codes.</summary>
public sealed class SocketClientsTests
{
    private static readonly ServerOfEach s_servers = new(transport => Servers.StartApp(transport, new SocketApp()));

    public static TheoryData<Over> Each => new(Servers.Transports);

    private static string UrlOf(Over transport, string path) => $"ws://127.0.0.1:{s_servers.Of(transport).Port}{path}";

    [Theory, MemberData(nameof(Each))]
    public async Task The_ClientWebSocket_of_dotnet(Over transport)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        WebSocketDeflateOptions?[] terms =
        [
            null,
            new(),
            new() { ClientContextTakeover = false, ServerContextTakeover = false },
            new() { ClientMaxWindowBits = 9, ServerMaxWindowBits = 9 },
            new() { ClientMaxWindowBits = 12, ServerMaxWindowBits = 15, ServerContextTakeover = false },
        ];
        foreach (WebSocketDeflateOptions? deflate in terms)
        {
            foreach (string path in (string[])["/own", "/dedicated", "/shared", "/echo"])
            {
                using var socket = new ClientWebSocket();
                socket.Options.Proxy = null;
                socket.Options.DangerousDeflateOptions = deflate;
                await socket.ConnectAsync(new Uri(UrlOf(transport, path)), patience.Token);
                foreach (int length in (int[])[0, 1, 125, 126, 1000, 65535, 65536, 1 << 20])
                {
                    byte[] message = Frames.Letters(length);
                    foreach (WebSocketMessageType type in (WebSocketMessageType[])[WebSocketMessageType.Text, WebSocketMessageType.Binary])
                    {
                        // In two fragments
                        await socket.SendAsync(message.AsMemory(0, length / 3), type, endOfMessage: false, patience.Token);
                        await socket.SendAsync(message.AsMemory(length / 3), type, endOfMessage: true, patience.Token);
                        (WebSocketMessageType got, byte[] answer) = await ReceiveAsync(socket, patience.Token);
                        Assert.Equal(type, got);
                        Assert.True(message.AsSpan().SequenceEqual(answer), $"{path}, {length}: {answer.Length} bytes");
                    }
                }

                await socket.CloseAsync((WebSocketCloseStatus)4321, "enough", patience.Token);
                Assert.Equal((WebSocketState.Closed, (WebSocketCloseStatus)4321), (socket.State, socket.CloseStatus!.Value));
            }
        }

        using var told = new ClientWebSocket();
        told.Options.Proxy = null;
        told.Options.AddSubProtocol("v1");
        await told.ConnectAsync(new Uri(UrlOf(transport, "/told")), patience.Token);
        Assert.Equal("v1", told.SubProtocol);
        await told.SendAsync("close"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, patience.Token);
        WebSocketReceiveResult close = await told.ReceiveAsync(new ArraySegment<byte>(new byte[10]), patience.Token);
        Assert.Equal((WebSocketMessageType.Close, (WebSocketCloseStatus)4000, "as asked"), (close.MessageType, close.CloseStatus!.Value, close.CloseStatusDescription));
        await told.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
    }

    [PythonTheory("websockets")]
    [InlineData("/echo")]
    [InlineData("/own")]
    [InlineData("/shared")]
    public void The_websockets_of_Python(string path)
    {
        const string Script = """
            import asyncio, sys, websockets
            async def main():
                async with websockets.connect(sys.argv[1], max_size=None) as socket:
                    for length in [0, 1, 125, 126, 65535, 65536, 1 << 19]:
                        for message in ["ü" * length, bytes(length)]:
                            await socket.send(message)
                            assert await socket.recv() == message
                            if length > 1:
                                half = length // 2
                                await socket.send([message[:half], message[half:]])
                                assert await socket.recv() == message
                    await (await socket.ping(b"still there"))
                    await socket.close(4321, "enough")
                    print(socket.close_code)
            asyncio.run(main())
            """;
        foreach (Over transport in Servers.Transports)
        {
            Outcome outcome = Command.Run(PythonTheoryAttribute.With("websockets")!, "-c", Script, UrlOf(transport, path));
            Assert.True(outcome.Output.Trim() == "4321", outcome.Output + outcome.Error);
        }
    }

    [NodeSocketTheory]
    [InlineData("/echo")]
    [InlineData("/own")]
    public void The_WebSocket_of_Node(string path)
    {
        const string Script = """
            const socket = new WebSocket(process.argv[1]);
            socket.binaryType = "arraybuffer";
            const messages = [0, 1, 125, 126, 65535, 65536, 1 << 20].flatMap(length => ["ü".repeat(length), new Uint8Array(length).fill(7)]);
            let at = 0;
            socket.onopen = () => messages.forEach(message => socket.send(message));
            socket.onmessage = event => {
              const sent = messages[at++];
              const same = typeof sent === "string" ? event.data === sent : Buffer.compare(Buffer.from(event.data), Buffer.from(sent)) === 0;
              if (!same) { console.log("differs at", at); process.exit(1); }
              if (at === messages.length) socket.close(4321, "enough");
            };
            socket.onerror = event => console.log("error", event.message);
            socket.onclose = event => console.log("closed", event.code, event.wasClean);
            """;
        foreach (Over transport in Servers.Transports)
        {
            Outcome outcome = Command.Run(Tools.Find("node")!, NodeSocketTheoryAttribute.Switch, "-e", Script, UrlOf(transport, path));
            Assert.True(outcome.Output.Trim() == "closed 4321 true", outcome.Output + outcome.Error);
        }
    }

    private static async Task<(WebSocketMessageType, byte[])> ReceiveAsync(ClientWebSocket socket, CancellationToken patience)
    {
        var message = new MemoryStream();
        byte[] buffer = new byte[16 << 10];
        while (true)
        {
            ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), patience);
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage) return (result.MessageType, message.ToArray());
        }
    }
}
