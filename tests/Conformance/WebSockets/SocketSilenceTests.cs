namespace Prebake.Conformance.WebSockets;

/// <summary>Clients that have gone, or seem to have, while a handler takes its time for a message.</summary>
public sealed partial class SocketSilenceTests
{
    private const int Ping = 0x89, Pong = 0x8A;

    public static TheoryData<Over> Each => new(Servers.Transports);

    internal sealed partial class App
    {
        public readonly Ledger Ledger = new();
        public readonly TaskCompletionSource Done = new(TaskCreationOptions.RunContinuationsAsynchronously);

        [WebSocket("/work", IdleTimeout = 1)] private Working Work() => new(this);
    }

    internal sealed class Working(App app) : WebSocketHandler
    {
        protected override async ValueTask Message(string text)
        {
            app.Ledger.Add($"in {text}");
            if (text == "pause") Pause();
            else await app.Done.Task;
            Send(text);
        }

        protected override void Close(int code, string reason) => app.Ledger.Add($"close {code} {reason}");
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_client_that_answers_no_ping_while_its_message_is_at_work_has_gone(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using SocketClient client = SocketClient.Open(server, "/work");
        client.SendText("a");
        Assert.Equal("in a", app.Ledger.Next());
        Assert.Equal(Ping, client.Receive()!.First);
        Assert.Equal("close 1006 WebSocket timed out from inactivity", app.Ledger.Next());
        client.ExpectClose(1001);
        app.Done.SetResult();
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_client_that_answers_them_may_wait_as_long_as_it_takes(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using SocketClient client = SocketClient.Open(server, "/work");
        client.SendText("a");
        for (int i = 0; i < 4; i++)
        {
            Assert.Equal(Ping, client.Receive()!.First);
            client.Send(Frame.Masked(Pong, []));
        }

        app.Done.SetResult();
        ExpectTextBehindPings(client, "a");
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Pings_keep_the_connection_while_nothing_can_be_read_and_none_is_expected_to_be_answered(
        Over transport)
    {
        foreach (string first in (string[])["a", "pause"])
        {
            var app = new App();
            await using Server server = Servers.StartApp(transport, app);
            using SocketClient client = SocketClient.Open(server, "/work");
            client.SendText(first);
            Assert.Equal($"in {first}", app.Ledger.Next());
            if (first == "pause") client.ExpectText(first);
            client.SendText("b");
            for (int i = 0; i < 4; i++) Assert.Equal(Ping, client.Receive()!.First);
            if (first == "pause") continue;

            app.Done.SetResult();
            ExpectTextBehindPings(client, "a");
            ExpectTextBehindPings(client, "b");
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task A_client_that_leaves_behind_what_nobody_can_read_yet_is_noticed(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        using (SocketClient client = SocketClient.Open(server, "/work"))
        {
            client.SendText("a");
            Assert.Equal("in a", app.Ledger.Next());
            client.SendText("b");
            client.Send(Frame.CloseOf(1000));
        }

        Assert.Equal("close 1006 ", app.Ledger.Next());
        app.Done.SetResult();
    }

    private static void ExpectTextBehindPings(SocketClient client, string text)
    {
        Frame frame;
        do frame = client.Receive()!;
        while (frame.First == Ping);
        Assert.Equal(text, frame.Text);
    }
}
