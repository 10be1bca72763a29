namespace Prebake.Conformance.WebSockets;

/// <summary>What attributes add to the 101, and what is said of callbacks that take their time.</summary>
public sealed partial class SocketHeaderTests
{
    [Header("X-Class", "of the class"), Header("X-Both", "of the class")]
    internal sealed partial class App
    {
        [WebSocket("/headers"), Header("X-Route", "of the route"), Header("X-Both", "of the route")]
        private static Quiet Plain(Request request)
        {
            request.UpgradeHeaders["X-Own"] = "of the handshake";
            return new Quiet();
        }

        [WebSocket("/headers/later"), Header("X-Route", "of the route")]
        private static async Task<Quiet> Later(Request request)
        {
            await Task.Yield();
            request.UpgradeHeaders["X-Own"] = "of the handshake";
            return new Quiet();
        }

        [WebSocket("/headers/refused"), Header("X-Route", "of the route")] private static Quiet? Refused() => null;
    }

    internal sealed class Quiet : WebSocketHandler
    {
        protected override ValueTask Message(string text)
        {
            SpinWait.SpinUntil(static () => false, 120);
            Send(text);
            return default;
        }
    }

    public static TheoryData<Over> Each => new(Servers.Transports);

    [Theory, MemberData(nameof(Each))]
    public async Task The_101_has_the_headers_of_its_route_and_class_once_each(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach (string path in (string[])["/headers", "/headers/later"])
        {
            using SocketClient client = SocketClient.Open(server, path);
            foreach ((string name, string value) in ((string, string)[])[("X-Class", "of the class"), ("X-Route", "of the route"), ("X-Own", "of the handshake")])
                Assert.Single(client.Head.Split("\r\n"), line => line == $"{name}: {value}");
            Assert.Single(client.Head.Split("\r\n"), line => line.StartsWith("X-Both: ", StringComparison.Ordinal));

            // What follows the head is the socket's
            client.SendText("still");
            client.ExpectText("still");
        }

        using var refused = new SocketClient(server);
        refused.Send(System.Text.Encoding.ASCII.GetBytes(SocketClient.HandshakeFor("/headers/refused")));
        refused.ReadHead();
        Assert.Equal(403, refused.Status);
        Assert.Contains("X-Class: of the class\r\n", refused.Head);
    }

    [Theory, MemberData(nameof(Each))]
    public async Task In_development_a_callback_that_holds_its_loop_is_named(Over transport)
    {
        var loggers = new TelemetryTests.Loggers();
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, Development = true });
        using SocketClient client = SocketClient.Open(server, "/headers");
        client.SendText("slow");
        client.ExpectText("slow");
        await Eventually.Until(() => loggers.Entries.Any(entry =>
            entry.Text.StartsWith("A callback of the WebSocket Quiet held its event loop for ", StringComparison.Ordinal)
            && entry.Text.EndsWith("hand it to Task.Run", StringComparison.Ordinal)));
    }
}
