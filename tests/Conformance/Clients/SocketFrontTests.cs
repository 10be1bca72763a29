using System.Net.WebSockets;
using Prebake.Conformance.WebSockets;

namespace Prebake.Conformance.Clients;

/// <summary>WebSockets through nginx and HAProxy: messages, both ends of a close, origins, a stop.</summary>
public sealed class SocketFrontTests
{
    public static TheoryData<Over, string> Fronts
    {
        get
        {
            var cases = new TheoryData<Over, string>();
            foreach (Over transport in Servers.Transports)
            {
                cases.Add(transport, "nginx");
                cases.Add(transport, "haproxy");
            }

            return cases;
        }
    }

    [ToolTheory("nginx", "haproxy"), MemberData(nameof(Fronts))]
    public async Task Messages_of_all_lengths_pass_plain_and_compressed(Over transport, string tool)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using Server server = Servers.StartApp(transport, new SocketApp());
        await using FrontServer front = await StartAsync(tool, server);
        foreach ((string path, bool deflate) in ((string, bool)[])[("/echo", false), ("/own", true)])
        {
            using ClientWebSocket socket = await ConnectAsync(front, path, patience.Token, deflate);
            foreach (int length in (int[])[0, 125, 126, 65_536, 1 << 20])
            {
                byte[] message = Frames.Letters(length);
                Task sending =
                    socket.SendAsync(message.AsMemory(), WebSocketMessageType.Text, true, patience.Token).AsTask();
                (WebSocketReceiveResult result, byte[] answer) = await ReceiveAsync(socket, patience.Token);
                await sending;
                Assert.Equal(WebSocketMessageType.Text, result.MessageType);
                Assert.True(message.AsSpan().SequenceEqual(answer), $"{path}, {length}: {answer.Length} bytes");
            }

            await socket.CloseAsync((WebSocketCloseStatus)4321, "enough", patience.Token);
            Assert.Equal((WebSocketCloseStatus)4321, socket.CloseStatus);
        }
    }

    [ToolTheory("nginx", "haproxy"), MemberData(nameof(Fronts))]
    public async Task Each_side_hears_why_the_other_ends_it(Over transport, string tool)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        var app = new SocketApp();
        await using Server server = Servers.StartApp(transport, app);
        await using FrontServer front = await StartAsync(tool, server);

        using (ClientWebSocket closed = await ConnectAsync(front, "/told", patience.Token))
        {
            await closed.SendAsync("close"u8.ToArray(), WebSocketMessageType.Text, true, patience.Token);
            (WebSocketReceiveResult result, _) = await ReceiveAsync(closed, patience.Token);
            Assert.Equal((WebSocketCloseStatus)4000, result.CloseStatus);
            Assert.Equal("as asked", result.CloseStatusDescription);
            await closed.CloseOutputAsync((WebSocketCloseStatus)4000, null, patience.Token);
        }

        using (ClientWebSocket cut = await ConnectAsync(front, "/told", patience.Token))
        {
            await cut.SendAsync("terminate"u8.ToArray(), WebSocketMessageType.Text, true, patience.Token);
            await Assert.ThrowsAsync<WebSocketException>(() => ReceiveAsync(cut, patience.Token));
        }

        // A client that vanishes
        (await ConnectAsync(front, "/told", patience.Token)).Dispose();
        string[] told =
        [
            "open ", "close 4000 as asked True", "open ", "close 1006  True", "open ", "close 1006  True",
        ];
        foreach (string line in told) Assert.Equal(line, app.Ledger.Next());

        using ClientWebSocket last = await ConnectAsync(front, "/told", patience.Token);
        Task stopped = server.StopAsync();
        (WebSocketReceiveResult goodbye, _) = await ReceiveAsync(last, patience.Token);
        Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, goodbye.CloseStatus);
        await last.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, patience.Token);
        await stopped;
    }

    [ToolTheory("nginx", "haproxy"), MemberData(nameof(Fronts))]
    public async Task The_pages_own_origin_is_the_one_that_the_browser_sees(Over transport, string tool)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        await using Server server = Servers.StartApp(transport, new SocketApp());
        await using FrontServer front = await StartAsync(tool, server);
        foreach (string scheme in (string[])["http", "https"])
        {
            string origin = $"{scheme}://127.0.0.1:{front.Port}";
            (await ConnectAsync(front, "/echo", patience.Token, origin: origin)).Dispose();
        }

        await Assert.ThrowsAsync<WebSocketException>(
            () => ConnectAsync(front, "/echo", patience.Token, origin: "http://evil.example"));
    }

    private static Task<FrontServer> StartAsync(string tool, Server server) =>
        tool == "nginx" ? FrontServer.NginxAsync(server, buffering: true) : FrontServer.HAProxyAsync(server);

    private static async Task<ClientWebSocket> ConnectAsync(
        FrontServer front, string path, CancellationToken patience, bool deflate = false, string? origin = null)
    {
        var socket = new ClientWebSocket();
        socket.Options.Proxy = null;
        if (deflate) socket.Options.DangerousDeflateOptions = new WebSocketDeflateOptions();
        if (origin is not null) socket.Options.SetRequestHeader("Origin", origin);
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{front.Port}{path}"), patience);
        return socket;
    }

    private static async Task<(WebSocketReceiveResult, byte[])> ReceiveAsync(
        ClientWebSocket socket, CancellationToken patience)
    {
        var message = new MemoryStream();
        byte[] buffer = new byte[16 << 10];
        while (true)
        {
            WebSocketReceiveResult result = await socket.ReceiveAsync(new ArraySegment<byte>(buffer), patience);
            message.Write(buffer, 0, result.Count);
            if (result.EndOfMessage || result.MessageType is WebSocketMessageType.Close)
                return (result, message.ToArray());
        }
    }
}
