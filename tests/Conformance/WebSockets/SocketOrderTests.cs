namespace Prebake.Conformance.WebSockets;

/// <summary>What was sent or published before something else still arrives, whoever does both.</summary>
public sealed partial class SocketOrderTests
{
    private const int Noise = 128 << 10, Count = 24;

    public static TheoryData<Over> Each => new(Servers.Transports);

    internal sealed partial class App
    {
        public readonly List<Member> Members = [];

        [WebSocket("/busy", Compress = Deflate.Shared, PublishToSelf = true)] private static Busy Work() => new();

        [WebSocket("/room")] private Member Enter(Server server) => new(this, server);
    }

    /// <summary>Whose loop has much to compress while another thread says the last words.</summary>
    internal sealed class Busy : WebSocketHandler
    {
#pragma warning disable PB0090 // what is tested needs the loop to look elsewhere
        protected override ValueTask Message(string text)
        {
            Subscribe("own");
            var filler = new Thread(() =>
            {
                byte[] noise = new byte[Noise];
                new Random(4).NextBytes(noise);
                for (int i = 0; i < Count; i++) Send(noise, compress: true);
            });
            filler.Start();
            filler.Join();

            long waiting = BufferedAmount;
            new Thread(() =>
            {
                // All of it has been taken, and is being compressed
                SpinWait.SpinUntil(() => BufferedAmount < waiting);
                if (text == "publish") Publish("own", "last");
                else Send("last");
                CloseSocket(4000, "done");
            }).Start();
            return default;
        }
#pragma warning restore PB0090
    }

    internal sealed class Member(App app, Server server) : WebSocketHandler
    {
        protected override void Open()
        {
            Subscribe("lobby");
            Subscribe("rest");
            lock (app.Members) app.Members.Add(this);
        }

        protected override ValueTask Message(string text)
        {
            lock (app.Members)
            {
                if (text == "ready") Send("ready");
                else if (text == "leave")
                {
                    server.Publish("lobby", "the host leaves");
                    server.Publish("rest", "meanwhile");
                    foreach (Member member in app.Members) Assert.True(member.Unsubscribe("lobby"));
                    server.Publish("lobby", "nobody gets this");
                    foreach (Member member in app.Members) Assert.True(member.Subscribe("lobby"));
                    server.Publish("lobby", "who is back gets this");
                }
                else
                {
                    server.Publish("lobby", "the room closes");
                    foreach (Member member in app.Members) member.CloseSocket(4001, "closed");
                }
            }

            return default;
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task The_last_words_before_a_close_arrive_although_the_loop_is_busy_with_those_before(Over transport)
    {
        foreach (string how in (string[])["send", "publish"])
        {
            await using Server server = Servers.StartApp(transport, new App());
            using SocketClient client = SocketClient.Open(
                server, "/busy", "Sec-WebSocket-Extensions: permessage-deflate\r\n");
            client.SendText(how);
            for (int i = 0; i < Count; i++) Assert.True(client.Receive()!.IsCompressed);
            client.ExpectText("last");
            client.ExpectClose(4000);
        }
    }

    [Theory, MemberData(nameof(Each))]
    public async Task Who_is_made_to_leave_a_topic_still_gets_what_was_published_before(Over transport)
    {
        var app = new App();
        await using Server server = Servers.StartApp(transport, app);
        var clients = new List<SocketClient>();
        try
        {
            for (int i = 0; i < 8; i++)
            {
                clients.Add(SocketClient.Open(server, "/room"));
                clients[i].SendText("ready").ExpectText("ready");
            }

            clients[3].SendText("leave");
            foreach (SocketClient client in clients)
            {
                client.ExpectText("the host leaves");
                client.ExpectText("meanwhile");
                client.ExpectText("who is back gets this");
            }

            Assert.Equal(8, server.SubscriberCount("lobby"));
            clients[5].SendText("close");
            foreach (SocketClient client in clients)
            {
                client.ExpectText("the room closes");
                client.ExpectClose(4001, answer: false);
                client.Send(Frame.CloseOf(4001));
            }
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
