#pragma warning disable PB0122 // an empty topic is what is tested
using System.Collections.Concurrent;

namespace Prebake.Conformance.WebSockets;

/// <summary>
/// Topics as handlers use them, through whole servers; the clients are in memory, and spread over all event loops.
/// </summary>
public sealed partial class SocketTopicTests
{
    internal sealed partial class App
    {
        public readonly ConcurrentDictionary<string, string> Ends = new();
        public readonly ConcurrentQueue<Member> Members = new();

        [WebSocket("/")]
        private Member Connect(Server server, string name = "") => Keep(new Member(this, server, name));

        [WebSocket("/self", PublishToSelf = true)]
        private Member Self(Server server) => Keep(new Member(this, server, ""));

        [WebSocket("/small", BackpressureLimit = 200_000)]
        private Member Small(Server server) => Keep(new Member(this, server, "small"));

        [WebSocket("/strict", BackpressureLimit = 200_000, CloseOnBackpressureLimit = true)]
        private Member Strict(Server server) => Keep(new Member(this, server, "strict"));

        [Fetch]
        private Response Count(Server server) =>
            new($"{server.SubscriberCount("chat")} of {server.PendingWebSockets}");

        private Member Keep(Member member)
        {
            Members.Enqueue(member);
            return member;
        }
    }

    internal sealed class Member(App app, Server server, string name) : WebSocketHandler
    {
        public string Name => name;

        // A word and its object
        protected override ValueTask Message(string text)
        {
            string[] words = text.Split(' ', 3);
            switch (words[0])
            {
                case "join": Send($"{Subscribe(words[1])} {server.SubscriberCount(words[1])}"); break;
                case "leave": Send($"{Unsubscribe(words[1])} {server.SubscriberCount(words[1])}"); break;
                case "list": Send(string.Join(",", Subscriptions.Order())); break;
                case "has": Send($"{IsSubscribed(words[1])}"); break;
                case "say": Say(Publish(words[1], words[2])); break;
                case "all": Say(server.Publish(words[1], words[2])); break;
                case "order":
                    Send("1");
                    server.Publish(words[1], "2");
                    Send("3");
                    server.Publish(words[1], "4");
                    Unsubscribe(words[1]);
                    Send("5");
                    server.Publish(words[1], "nobody");
                    break;
                case "last":
                    server.Publish(words[1], "last words");
                    CloseSocket(4000, "gone");
                    break;
                case "later": return SayLater(words[1]);
                case "empty":
                    try { Subscribe(text[..0]); }
                    catch (ArgumentException e) { Send(e.Message); }
                    break;
            }

            return default;

            void Say(SendStatus status) => Send($"{status.Bytes} {status.Dropped} {status.Backpressure}");
        }

        private async ValueTask SayLater(string topic)
        {
            await Task.Yield();
            Send("sent");
            server.Publish(topic, "published");
        }

        protected override void Close(int code, string reason) =>
            app.Ends[name] = $"{code} {IsSubscribed("chat")} {Subscriptions.Count} {Subscribe("chat")} "
                + $"{Publish("chat", "x").Dropped} {server.SubscriberCount("chat")}";
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task Subscriptions_are_counted_listed_and_undone(Over over)
    {
        await using Server server = Servers.StartApp(over, new App());
        await using WebSocketClient a = await server.ConnectAsync("/"), b = await server.ConnectAsync("/");

        Assert.Equal("True 1", await Ask(a, "join chat"));
        Assert.Equal("True 2", await Ask(b, "join chat"));
        Assert.Equal("True 2", await Ask(b, "join chat"));
        Assert.Equal("True 1", await Ask(b, "join news"));
        Assert.Equal("chat,news", await Ask(b, "list"));
        Assert.Equal("False", await Ask(a, "has news"));
        Assert.Equal("2 of 2", (await server.FetchAsync("/count")).BodyText);
        Assert.Equal("True 1", await Ask(b, "leave chat"));
        Assert.Equal("False 1", await Ask(b, "leave chat"));
        Assert.Equal("False 0", await Ask(b, "leave unknown"));
        Assert.Equal(0, server.SubscriberCount(string.Empty));
        Assert.StartsWith("The topic is empty; give it a name.", await Ask(a, "empty"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_socket_publishes_to_all_but_itself_and_a_server_to_all(Over over)
    {
        await using Server server = Servers.StartApp(over, new App());
        await using WebSocketClient a = await server.ConnectAsync("/"), b = await server.ConnectAsync("/");
        Assert.Equal("0 True False", await Ask(a, "say chat hello"));
        await Ask(a, "join chat");
        Assert.Equal("0 True False", await Ask(a, "say chat hello"));
        await Ask(b, "join chat");

        Assert.Equal("5 False False", await Ask(a, "say chat hello"));
        Assert.Equal("hello", await Next(b));

        // To itself behind what it has sent before, in front of what it sends next
        await a.SendAsync("all chat everyone");
        Assert.Equal(["everyone", "8 False False"], [await Next(a), await Next(a)]);
        Assert.Equal("everyone", await Next(b));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Publish_to_self_is_an_option_of_the_route(Over over)
    {
        await using Server server = Servers.StartApp(over, new App());
        await using WebSocketClient a = await server.ConnectAsync("/self");
        await Ask(a, "join chat");
        await a.SendAsync("say chat me");
        Assert.Equal(["me", "2 False False"], [await Next(a), await Next(a)]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task What_a_callback_sends_and_publishes_reaches_itself_in_that_order(Over over)
    {
        await using Server server = Servers.StartApp(over, new App());
        await using WebSocketClient a = await server.ConnectAsync("/");
        await Ask(a, "join chat");
        await a.SendAsync("order chat");
        foreach (string expected in (string[])["1", "2", "3", "4", "5"]) Assert.Equal(expected, await Next(a));

        await Ask(a, "join chat");
        await a.SendAsync("later chat");
        Assert.Equal(["sent", "published"], [await Next(a), await Next(a)]);

        await a.SendAsync("last chat");
        Assert.Equal("last words", await Next(a));
        Assert.Null(await a.ReceiveAsync());
        Assert.Equal((4000, "gone"), (a.CloseCode, a.CloseReason));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Topics_are_left_before_the_handler_hears_of_the_close(Over over)
    {
        var app = new App();
        await using Server server = Servers.StartApp(over, app);
        await using WebSocketClient closes = await server.ConnectAsync("/?name=closes");
        await using WebSocketClient vanishes = await server.ConnectAsync("/?name=vanishes");
        await Ask(closes, "join chat");
        await closes.CloseAsync(3000);
        await Ask(vanishes, "join chat");
        vanishes.Abort();

        await Eventually.Until(() => app.Ends.Count == 2);
        Assert.Equal("3000 False 0 False True 0", app.Ends["closes"]);
        Assert.Equal("1006 False 0 False True 0", app.Ends["vanishes"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Sockets_that_are_killed_leave_nothing(Over over)
    {
        await using Server server = Servers.StartApp(over, new App());
        for (int round = 0; round < 5; round++)
        {
            WebSocketClient[] clients = [.. await Task.WhenAll(Enumerable.Range(0, 100).Select(async i =>
            {
                WebSocketClient client = await server.ConnectAsync("/");
                await Ask(client, "join chat");
                await Ask(client, $"join room {i % 7}");
                return client;
            }))];
            Assert.Equal(100, server.SubscriberCount("chat"));
            Assert.Equal(100, server.PendingWebSockets);

            // In the middle of messages that go to all of them
            for (int i = 0; i < clients.Length; i++)
            {
                server.Publish("chat", "anybody there?");
                clients[i].Abort();
            }

            await Eventually.Until(() => server.PendingWebSockets == 0 && server.SubscriberCount("chat") == 0);
            Assert.True(server.Publish("chat", "nobody").Dropped);
            Assert.Equal(0, server.SubscriberCount("room"));
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_slow_subscriber_holds_no_more_than_its_limit_and_slows_nobody(Over over)
    {
        const int count = 400;
        var app = new App();
        await using Server server = Servers.StartApp(over, app);
        await using WebSocketClient slow = await server.ConnectAsync("/small"), quick = await server.ConnectAsync("/");
        await Ask(slow, "join chat");
        await Ask(quick, "join chat");
        Member held = app.Members.First(member => member.Name == "small");

        long most = 0;
        for (int i = 0; i < count; i++)
        {
            server.Publish("chat", Text(i));
            Assert.Equal(Text(i), await Next(quick));           // while the other reads nothing
            most = Math.Max(most, held.BufferedAmount);
        }

        Assert.InRange(most, 100_000, 200_000);
        await Eventually.Until(() => server.Publish("other", "x").Dropped);

        // What it gets in the end is in order and whole; what did not fit is missing
        var got = new List<string>();
        await slow.SendAsync("join end");
        while (await Next(slow) is var text && text != "True 1") got.Add(text);
        Assert.Equal(Enumerable.Range(0, got.Count).Select(Text), got);
        Assert.InRange(got.Count, 50, count - 50);

        static string Text(int i) => $"{i} {new string('x', 2_000)}";
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_slow_subscriber_is_cut_where_the_route_says_so(Over over)
    {
        var app = new App();
        await using Server server = Servers.StartApp(over, app);
        await using WebSocketClient slow = await server.ConnectAsync("/strict"), quick = await server.ConnectAsync("/");
        await Ask(slow, "join chat");
        await Ask(quick, "join chat");
        for (int i = 0; i < 200; i++)
        {
            server.Publish("chat", new string('x', 2_000));
            await Next(quick);
        }

        await Eventually.Until(() => app.Ends.ContainsKey("strict"));
        Assert.StartsWith("1006 False 0", app.Ends["strict"]);
        Assert.Equal(1, server.SubscriberCount("chat"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Every_socket_gets_the_messages_of_each_publisher_in_order(Over over)
    {
        const int sockets = 40, publishers = 4, each = 250;
        await using Server server = Servers.StartApp(over, new App());
        WebSocketClient[] clients = [.. await Task.WhenAll(Enumerable.Range(0, sockets).Select(async _ =>
        {
            WebSocketClient client = await server.ConnectAsync("/");
            await Ask(client, "join chat");
            return client;
        }))];

        Task[] publishing = [.. Enumerable.Range(0, publishers).Select(publisher => Task.Run(() =>
        {
            for (int i = 0; i < each; i++) server.Publish("chat", $"{publisher} {i}");
        }))];
        await Task.WhenAll(clients.Select(async client =>
        {
            int[] next = new int[publishers];
            for (int i = 0; i < publishers * each; i++)
            {
                string[] words = (await Next(client)).Split(' ');
                Assert.Equal(next[int.Parse(words[0])]++, int.Parse(words[1]));
            }
        }));
        await Task.WhenAll(publishing);
        foreach (WebSocketClient client in clients) await client.DisposeAsync();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task One_message_reaches_ten_thousand_sockets(Over over)
    {
        const int sockets = 10_000;
        await using Server server = Servers.StartApp(over, new App(), new ServeOptions
        {
            IdleTimeout = TimeSpan.FromMinutes(5),
            HeadTimeout = TimeSpan.FromMinutes(5),
            MaxConnections = 20_000,
        });
        var clients = new WebSocketClient[sockets];
        await Parallel.ForAsync(0, sockets, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            clients[i] = await server.ConnectAsync("/");
            await clients[i].SendAsync("join chat");
            Assert.StartsWith("True", await Next(clients[i]));
        });

        Assert.Equal(sockets, server.SubscriberCount("chat"));
        Assert.Equal(new SendStatus(1_000, false, false), server.Publish("chat", new string('x', 1_000)));
        await Parallel.ForAsync(0, sockets, async (i, _) => Assert.Equal(1_000, (await Next(clients[i])).Length));

        foreach (WebSocketClient client in clients) client.Abort();
        await Eventually.Until(() => server.SubscriberCount("chat") == 0 && server.PendingWebSockets == 0);
    }

    private static async Task<string> Ask(WebSocketClient client, string text)
    {
        await client.SendAsync(text);
        return await Next(client);
    }

    private static async Task<string> Next(WebSocketClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        return (await client.ReceiveAsync(patience.Token)
            ?? throw new IOException($"closed with {client.CloseCode}")).Text;
    }
}
