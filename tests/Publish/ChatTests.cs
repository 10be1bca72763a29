using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;

namespace Prebake.Publish;

/// <summary>The chat, as native binaries: alone, and two processes that Redis joins.</summary>
[Collection("dotnet")]
public sealed class ChatTests
{
    [NativeFact]
    public async Task Chat_is_one_room_for_each_topic_and_one_chat_over_Redis()
    {
        using NativeSample sample = NativeSample.Publish("Chat");
        using (RunningServer alone = sample.Start("--port=0"))
        {
            using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{alone.Url.Port}/") };
            Assert.Contains("chat.js", await http.GetStringAsync("/"));

            using ClientWebSocket ada = await Enter(alone, "lobby", "Ada");
            Assert.Equal("Ada has come", await Next(ada));
            using ClientWebSocket bob = await Enter(alone, "lobby", "Bob");
            Assert.Equal("Bob has come", await Next(ada));
            await Say(bob, "hello");
            Assert.Equal("Bob: hello", await Next(ada));
            Assert.Equal("2", await http.GetStringAsync("/rooms/lobby/visitors"));
            await bob.CloseAsync(WebSocketCloseStatus.NormalClosure, null, default);
            Assert.Equal("Bob has left", await Next(ada));

            // No name is 400, a long one 403
            await Assert.ThrowsAsync<WebSocketException>(() => Enter(alone, "lobby", new string('x', 41)));

            alone.Signal("TERM");
            ValueWebSocketReceiveResult last = await ada.ReceiveAsync(new byte[10].AsMemory(), default);
            Assert.Equal(WebSocketMessageType.Close, last.MessageType);
            Assert.Equal(WebSocketCloseStatus.EndpointUnavailable, ada.CloseStatus);
            await ada.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
            Assert.Equal(0, alone.Wait().Code);
        }

        if (Tools.Find("redis-server") is not { } redis) return;

        string folder = Directory.CreateTempSubdirectory("prebake-chat").FullName;
        string socket = Path.Combine(folder, "redis.sock");
        string[] options = ["--port", "0", "--unixsocket", socket, "--save", "", "--dir", folder];
        var start = new ProcessStartInfo(redis, options) { RedirectStandardOutput = true };
        using Process server = Process.Start(start)!;
        server.BeginOutputReadLine();
        try
        {
            await Eventually.Until(() => File.Exists(socket), "redis-server did not start");
            using RunningServer first = Start(sample, socket), second = Start(sample, socket);
            using ClientWebSocket ada = await Enter(first, "lobby", "Ada"), bob = await Enter(second, "lobby", "Bob");

            // Each has heard the other, however long the links took
            await Hear(ada, bob, "Bob: here");
            await Hear(bob, ada, "Ada: here");

            await Say(ada, "one");
            await Say(ada, "two");
            Assert.Equal(["Ada: one", "Ada: two"], [await NextOf(bob, "Ada: one"), await NextOf(bob, "Ada: two")]);
        }
        finally
        {
            server.Kill();
            await server.WaitForExitAsync();
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RunningServer Start(NativeSample sample, string socket) =>
        new(new ProcessStartInfo(sample.Executable, ["--port=0"]) { Environment = { ["REDIS"] = $"!{socket}" } });

    private static async Task Hear(ClientWebSocket listens, ClientWebSocket speaks, string expected)
    {
        Task heard = NextOf(listens, expected);
        while (!heard.IsCompleted)
        {
            await Say(speaks, "here");
            await Task.WhenAny(heard, Task.Delay(100));
        }

        await heard;
    }

    private static async Task<ClientWebSocket> Enter(RunningServer server, string room, string name)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Url.Port}/rooms/{room}?name={name}"), default);
        return socket;
    }

    private static Task Say(ClientWebSocket socket, string text) =>
        socket.SendAsync(Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, default);

    private static async Task<string> NextOf(ClientWebSocket socket, string expected)
    {
        while (true)
            if (await Next(socket) is var text && text == expected) return text;
    }

    private static async Task<string> Next(ClientWebSocket socket)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        byte[] buffer = new byte[4096];
        ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
        return Encoding.UTF8.GetString(buffer, 0, result.Count);
    }
}
