using Microsoft.Extensions.Logging;

namespace Prebake.Redis.Tests;

/// <summary>Two servers that a real Redis joins, as two processes would be: nothing else connects them.</summary>
public sealed partial class BackplaneTests
{
    internal sealed partial class App
    {
        [WebSocket("/")] private static Listener Connect() => new();
    }

    internal sealed class Listener : WebSocketHandler
    {
        protected override ValueTask Message(string topic)
        {
            Subscribe(topic);
            Send($"joined {topic}");
            return default;
        }
    }

    [RedisFact]
    public async Task A_message_reaches_the_subscribers_of_every_instance_once()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using Instance a = Instance.Start(redis), b = Instance.Start(redis);
        WebSocketClient atA = await a.Join("chat"), atB = await b.Join("chat");
        await Linked(a, b);

        Assert.Equal(new SendStatus(5, false, false), a.Server.Publish("chat", "hello"));
        b.Server.Publish("chat", new byte[] { 1, 2, 3 });
        b.Server.Publish("elsewhere", "not for anybody");
        a.Server.Publish("chat", "end"u8, MessageKind.Text);
        foreach (WebSocketClient client in (WebSocketClient[])[atA, atB])
        {
            // Between two publishers there is no order; each of them comes once
            List<WebSocketMessage> got = [await Next(client), await Next(client), await Next(client)];
            IEnumerable<WebSocketMessage> texts = got.Where(message => message.Kind is MessageKind.Text);
            Assert.Equal(["hello", "end"], texts.Select(message => message.Text));
            Assert.Equal([1, 2, 3], Assert.Single(got, message => message.Kind is MessageKind.Binary).Data.ToArray());
        }

        a.Server.Publish("chat", "last");
        Assert.Equal("last", (await Next(atA)).Text);
        Assert.Equal("last", (await Next(atB)).Text);
    }

    [RedisFact]
    public async Task Order_holds_for_each_publisher()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using Instance a = Instance.Start(redis), b = Instance.Start(redis);
        WebSocketClient client = await b.Join("chat");
        await Linked(a, b);

        const int publishers = 4, each = 500;
        await Task.WhenAll(Enumerable.Range(0, publishers).Select(publisher => Task.Run(() =>
        {
            for (int i = 0; i < each; i++) a.Server.Publish("chat", $"{publisher} {i}");
        })));

        int[] next = new int[publishers];
        for (int i = 0; i < publishers * each; i++)
        {
            string[] words = (await Next(client)).Text.Split(' ');
            Assert.Equal(next[int.Parse(words[0])]++, int.Parse(words[1]));
        }
    }

    [RedisFact]
    public async Task What_is_published_while_Redis_is_down_arrives_when_it_is_back()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using Instance a = Instance.Start(redis), b = Instance.Start(redis);
        WebSocketClient atA = await a.Join("chat"), atB = await b.Join("chat");
        await Linked(a, b);

        a.Server.Publish("chat", "0");
        Assert.Equal("0", (await Next(atB)).Text);

        await redis.KillAsync();
        await Eventually.Until(() => !a.Backplane.IsConnected && !b.Backplane.IsConnected);
        for (int i = 1; i <= 20; i++) Assert.False(a.Server.Publish("chat", $"{i}").Dropped);
        for (int i = 0; i <= 20; i++) Assert.Equal($"{i}", (await Next(atA)).Text);          // here at once

        await redis.BeginAsync();
        for (int i = 1; i <= 20; i++) Assert.Equal($"{i}", (await Next(atB)).Text);
        Assert.Equal(0, a.Backplane.LostMessages);
        Assert.Equal(0, b.Backplane.MissedMessages);
        await Eventually.Until(() => a.Log.Contains("is back after"));
        Assert.Contains("0 messages for other instances were lost", a.Log.ToString());
        Assert.Contains("The link to Redis is down", a.Log.ToString());
    }

    [RedisFact]
    public async Task What_does_not_fit_meanwhile_is_counted_on_both_sides()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using Instance a = Instance.Start(redis, maxQueuedBytes: 4_000), b = Instance.Start(redis);
        WebSocketClient client = await b.Join("chat");
        await Linked(a, b);

        await redis.KillAsync();
        await Eventually.Until(() => !a.Backplane.IsConnected);
        int taken = 0;
        for (int i = 0; i < 100; i++)
        {
            SendStatus status = a.Server.Publish("chat", $"{i}");
            Assert.Equal(status.Dropped, status.Backpressure);
            if (!status.Dropped) taken++;
        }

        Assert.InRange(taken, 5, 50);
        Assert.Equal(100 - taken, a.Backplane.LostMessages);

        await redis.BeginAsync();
        for (int i = 0; i < taken; i++) Assert.Equal($"{i}", (await Next(client)).Text);
        await Eventually.Until(() => a.Log.Contains($"{100 - taken} messages for other instances were lost"));
        await Eventually.Until(() => !a.Server.Publish("chat", "last").Dropped);
        Assert.Equal("last", (await Next(client)).Text);
        Assert.True(b.Backplane.MissedMessages >= 100 - taken);
        Assert.Contains("did not arrive here", b.Log.ToString());
    }

    [RedisFact]
    public async Task A_server_starts_and_serves_without_Redis_and_joins_when_it_comes()
    {
        await using RedisServer redis = RedisServer.NotYet();
        await using Instance a = Instance.Start(redis), b = Instance.Start(redis);
        WebSocketClient atA = await a.Join("chat"), atB = await b.Join("chat");
        a.Server.Publish("chat", "early");
        Assert.Equal("early", (await Next(atA)).Text);

        await redis.BeginAsync();
        await Linked(a, b);
        a.Server.Publish("chat", "late");
        WebSocketMessage first = await Next(atB);
        if (first.Text == "early") first = await Next(atB);
        Assert.Equal("late", first.Text);
    }

    [RedisFact]
    public async Task Apps_with_different_channels_do_not_hear_each_other()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await using Instance a = Instance.Start(redis), b = Instance.Start(redis);
        await using Instance other = Instance.Start(redis, channel: "other");
        WebSocketClient atB = await b.Join("chat"), atOther = await other.Join("chat");
        await Linked(a, b);
        await Eventually.Until(() => other.Backplane.IsConnected);

        a.Server.Publish("chat", "for b");
        Assert.Equal("for b", (await Next(atB)).Text);
        other.Server.Publish("chat", "for other");
        Assert.Equal("for other", (await Next(atOther)).Text);
    }

    [RedisFact]
    public async Task A_stop_hands_over_what_waits()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        Instance a = Instance.Start(redis);
        await using Instance b = Instance.Start(redis);
        WebSocketClient client = await b.Join("chat");
        await Linked(a, b);

        for (int i = 0; i < 200; i++) a.Server.Publish("chat", $"{i}");
        await a.DisposeAsync();
        for (int i = 0; i < 200; i++) Assert.Equal($"{i}", (await Next(client)).Text);
    }

    [RedisFact]
    public async Task A_user_without_the_right_to_the_channel_is_told_and_what_waits_arrives_when_it_has_it()
    {
        await using RedisServer redis = await RedisServer.StartAsync();
        await redis.AskAsync("ACL", "SETUSER", "app", "on", ">secret", "~*", "+@all", "resetchannels");
        await using Instance a = Instance.Start(redis, user: ",user=app,password=secret");
        await using Instance b = Instance.Start(redis), c = Instance.Start(redis);
        WebSocketClient client = await b.Join("chat");
        await Linked(b, c);
        await Eventually.Until(() => a.Log.Contains("Redis refuses the channel 'prebake'"));
        a.Server.Publish("chat", "early");

        await redis.AskAsync("ACL", "SETUSER", "app", "allchannels");
        Assert.Equal("early", (await Next(client)).Text);
        await Linked(a, b);
    }

    [Fact]
    public void A_backplane_is_for_one_server_and_names_where_Redis_is()
    {
        Assert.Throws<ArgumentException>(() => new RedisBackplane(""));
        Assert.ThrowsAny<ArgumentException>(() => new RedisBackplane("connectTimeout=soon"));
    }

    private static async Task<WebSocketMessage> Next(WebSocketClient client)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        return (await client.ReceiveAsync(patience.Token))!.Value;
    }

    // Each has heard the other: then nothing that follows is too early
    private static async Task Linked(Instance a, Instance b)
    {
        foreach ((Instance from, Instance to) in ((Instance, Instance)[])[(a, b), (b, a)])
        {
            string topic = $"link {Guid.NewGuid()}";
            await using WebSocketClient client = await to.Join(topic);
            Task<WebSocketMessage> heard = Next(client);
            while (!heard.IsCompleted)
            {
                from.Server.Publish(topic, "here");
                await Task.WhenAny(heard, Task.Delay(50));
            }

            await heard;
        }
    }

    private sealed class Instance : IAsyncDisposable
    {
        private readonly List<WebSocketClient> _clients = [];

        public required Server Server { get; init; }
        public required RedisBackplane Backplane { get; init; }
        public required LogText Log { get; init; }

        public static Instance Start(RedisServer redis, int maxQueuedBytes = 1 << 20, string channel = "prebake",
            string user = "")
        {
            var backplane = new RedisBackplane(redis.Configuration + user)
            {
                MaxQueuedBytes = maxQueuedBytes,
                Channel = channel,
                Patience = TimeSpan.FromSeconds(30),        // a busy machine may take its time to come back
            };
            var log = new LogText();
            var options = new ServeOptions
            {
                Port = 0,
                Hostname = "127.0.0.1",
                Backplane = backplane,
                LoggerFactory = log,
            };
            return new Instance { Server = Serve.Start<App>(options), Backplane = backplane, Log = log };
        }

        public async Task<WebSocketClient> Join(string topic)
        {
            WebSocketClient client = await Server.ConnectAsync("/");
            _clients.Add(client);
            await client.SendAsync(topic);
            Assert.Equal($"joined {topic}", (await Next(client)).Text);
            return client;
        }

        public async ValueTask DisposeAsync()
        {
            foreach (WebSocketClient client in _clients) await client.DisposeAsync();
            await Server.DisposeAsync();
        }
    }

    private sealed class LogText : ILoggerFactory, ILogger
    {
        private readonly List<string> _lines = [];

        public bool Contains(string text) => ToString().Contains(text, StringComparison.Ordinal);

        public override string ToString()
        {
            lock (_lines) return string.Join("\n", _lines);
        }

        public ILogger CreateLogger(string categoryName) => this;
        public void AddProvider(ILoggerProvider provider) { }
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
        public bool IsEnabled(LogLevel logLevel) => true;
        public void Dispose() { }

        public void Log<TState>(
            LogLevel level, EventId id, TState state, Exception? exception, Func<TState, Exception?, string> format)
        {
            lock (_lines) _lines.Add(format(state, exception));
        }
    }
}
