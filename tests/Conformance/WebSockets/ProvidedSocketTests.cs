using System.Collections.Concurrent;

namespace Prebake.Conformance.WebSockets;

/// <summary>What a WebSocket method is given by providers lives as long as the socket, and is disposed of once on each of its ends.</summary>
public sealed partial class ProvidedSocketTests
{
    internal sealed partial class App
    {
        public ConcurrentQueue<string> Log { get; } = [];

        /// <summary>Holds up the task of a message, and a method that waits.</summary>
        public TaskCompletionSource Gate { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [Provide] private Lease Borrow([Header("X-User")] string user = "nobody") => new($"first of {user}", Log);
        [Provide] private AsyncLease BorrowLater(Lease first) => new("second after " + first.Name, Log);

        [After] private static void Refuses(Response response, [Header("X-Breaks")] string? breaks) { if (breaks is not null) throw new InvalidOperationException("made by a test"); }

        [WebSocket("/socket")] private Holder Socket(Lease first, AsyncLease second) => new(this, first, second);
        [WebSocket("/none")] private static WebSocketHandler? None(Lease first) => null;
        [WebSocket("/throws")] private static WebSocketHandler Throws(Lease first) => throw new InvalidOperationException("made by a test");

        [WebSocket("/later")]
        private async Task<Holder> Later(Lease first, AsyncLease second)
        {
            Log.Enqueue("waiting");
            await Gate.Task;
            return new(this, first, second);
        }
    }

    /// <summary>Keeps what its method was given.</summary>
    internal sealed class Holder(App app, Lease first, AsyncLease second) : WebSocketHandler
    {
        protected override async ValueTask Message(string text)
        {
            if (text == "close") CloseSocket(4000, "asked");
            else if (text == "cut") Terminate();
            else if (text == "throw") throw new InvalidOperationException("made by a test");
            else if (text == "wait")
            {
                app.Log.Enqueue("waiting");
                await app.Gate.Task;
                app.Log.Enqueue("waited with " + first.Name);
            }
            else Send($"{text} {first.Name} {second.Name}");
        }

        protected override void Close(int code, string reason) => app.Log.Enqueue($"closed with {first.Name}");
        protected override void Error(Exception error) { }
    }

    private static readonly string[] s_disposed = ["closed with first of Ada", "dispose second after first of Ada", "dispose first of Ada"];

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handler_may_keep_it_until_the_socket_has_closed(Over transport)
    {
        foreach (string end in (string[])["client", "server", "cut", "throw", "reset", "leave", "stop", "abort"])
        {
            var app = new App();
            await using Server server = Servers.StartApp(transport, app);
            using SocketClient client = SocketClient.Open(server, "/socket", "X-User: Ada\r\n");
            client.SendText("hello").ExpectText("hello first of Ada second after first of Ada");
            Assert.Empty(app.Log);

            switch (end)
            {
                case "client": client.Send(Frame.CloseOf(1000)); break;
                case "server": client.SendText("close").ExpectClose(4000); break;
                case "cut" or "throw": client.SendText(end); break;
                case "reset": client.Socket.LingerState = new(true, 0); client.Socket.Close(); break;
                case "leave": client.Socket.Close(); break;
                case "stop":
                    Task stopped = server.StopAsync();
                    client.ExpectClose(1001);
                    await stopped;
                    break;
                default: await server.StopAsync(closeActiveConnections: true); break;
            }

            await Eventually.Until(() => app.Log.Count >= s_disposed.Length, () => $"{end}: {string.Join(", ", app.Log)}");
            await server.StopAsync(closeActiveConnections: true);
            Assert.Equal(s_disposed, app.Log);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_message_that_takes_longer_than_the_connection_keeps_it_too(Over transport)
    {
        foreach (bool stops in (bool[])[false, true])
        {
            var app = new App();
            await using Server server = Servers.StartApp(transport, app);
            using (SocketClient client = SocketClient.Open(server, "/socket", "X-User: Ada\r\n"))
            {
                client.SendText("wait");
                await Eventually.Until(() => app.Log.Contains("waiting"));
                if (stops) await server.StopAsync(closeActiveConnections: true);
            }

            await Eventually.Until(() => app.Log.Contains(s_disposed[0]));
            Assert.DoesNotContain(app.Log, line => line.StartsWith("dispose", StringComparison.Ordinal));
            app.Gate.SetResult();
            await Eventually.Until(() => app.Log.Count >= 5, () => string.Join(", ", app.Log));
            Assert.Equal(["waiting", s_disposed[0], "waited with first of Ada", .. s_disposed[1..]], app.Log);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handshake_that_comes_to_nothing_gives_it_back_at_once(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        foreach ((string path, string fields, int status, int count) in ((string, string, int, int)[])
        [
            ("/none", "", 403, 1), ("/throws", "", 500, 1), ("/socket", "X-Breaks: 1\r\n", 500, 2),
        ])
        {
            app.Log.Clear();
            using var client = new SocketClient(server);
            client.Send(System.Text.Encoding.Latin1.GetBytes(SocketClient.HandshakeFor(path, fields)));
            client.ReadHead();
            Assert.Equal(status, client.Status);
            await Eventually.Until(() => app.Log.Count >= count, path);
            Assert.Equal((string[])(count == 2 ? ["dispose second after first of nobody", "dispose first of nobody"] : ["dispose first of nobody"]), app.Log);
        }

        // What is no handshake is refused before anything is provided
        app.Log.Clear();
        Assert.Equal(426, RawClient.Ask(server, "/socket").Status);
        Assert.Empty(app.Log);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_leaves_before_the_101_leaves_nothing_behind(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using (var client = new SocketClient(server))
        {
            client.Send(System.Text.Encoding.Latin1.GetBytes(SocketClient.HandshakeFor("/later", "X-User: Ada\r\n")));
            await Eventually.Until(() => app.Log.Contains("waiting"));
            client.Socket.LingerState = new(true, 0);
        }

        await Eventually.Until(() => server.PendingWebSockets == 0);
        app.Gate.SetResult();
        await Eventually.Until(() => app.Log.Contains("dispose first of Ada"), () => string.Join(", ", app.Log));
        Assert.Equal("dispose second after first of Ada", app.Log.Single(line => line.StartsWith("dispose second", StringComparison.Ordinal)));
    }
}
