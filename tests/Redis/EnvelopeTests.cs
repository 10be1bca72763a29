using System.Text;
using StackExchange.Redis;

namespace Prebake.Redis.Tests;

/// <summary>
/// What goes over the channel, and what is made of it: everything once, in order, and gaps are counted.
/// </summary>
public sealed class EnvelopeTests
{
    private static readonly Guid s_self = Guid.NewGuid(), s_other = Guid.NewGuid();

    private readonly List<string> _delivered = [];
    private readonly List<Exception> _refused = [];
    private readonly Inbox _inbox;
    private long _missed;

    public EnvelopeTests() => _inbox = new Inbox(
        s_self,
        (topic, data, kind, compress) => _delivered.Add($"{topic}:{Encoding.UTF8.GetString(data)}:{kind}:{compress}"),
        count => _missed += count,
        _refused.Add);

    [Fact]
    public void Kinds_topics_and_the_wish_to_compress_are_kept()
    {
        Parcel[] parcels =
        [
            new("chat", "hello"u8.ToArray(), MessageKind.Text, true),
            new("täglich", new byte[0], MessageKind.Binary, false),
            new("x", new byte[300], MessageKind.Binary, true),
        ];
        Assert.True(_inbox.TryReceive(Envelope.Write(s_other, 0, parcels)));
        Assert.Equal(
            ["chat:hello:Text:True", "täglich::Binary:False", $"x:{new string('\0', 300)}:Binary:True"], _delivered);
    }

    [Fact]
    public void Messages_of_its_own_are_not_delivered()
    {
        Assert.True(_inbox.TryReceive(Envelope.Write(s_self, 0, [Text("a")])));
        Assert.Empty(_delivered);
    }

    [Fact]
    public void What_comes_twice_is_delivered_once()
    {
        Receive(0, "a", "b");
        Receive(0, "a", "b");
        Receive(1, "b", "c");
        Assert.Equal(["t:a:Text:False", "t:b:Text:False", "t:c:Text:False"], _delivered);
        Assert.Equal(0, _missed);
    }

    [Fact]
    public void Gaps_are_counted_also_when_only_a_sign_of_life_shows_them()
    {
        Receive(0);
        Receive(3, "d");
        Assert.Equal(3, _missed);
        Receive(4);
        Receive(9);
        Assert.Equal(8, _missed);
        Receive(9, "j");
        Assert.Equal(["t:d:Text:False", "t:j:Text:False"], _delivered);
        Assert.Equal(8, _missed);
    }

    [Fact]
    public void Instances_are_counted_apart_and_one_that_is_new_has_missed_nothing()
    {
        Receive(7, "a");
        _inbox.TryReceive(Envelope.Write(Guid.NewGuid(), 100, [Text("b")]));
        Receive(8, "c");
        Assert.Equal(3, _delivered.Count);
        Assert.Equal(0, _missed);
    }

    [Fact]
    public void Damaged_messages_are_refused_wherever_they_are_cut()
    {
        byte[] whole = Envelope.Write(s_other, 0, [Text("hello"), Text("world")]);
        for (int length = 0; length < whole.Length; length++)
        {
            // Cut between two messages it is a shorter one
            bool isWhole = length == Envelope.HeadSize || length == Envelope.HeadSize + Envelope.SizeOf(Text("hello"));
            var inbox = new Inbox(s_self, (_, _, _, _) => { }, _ => { }, _ => { });
            Assert.Equal(isWhole, inbox.TryReceive(whole.AsMemory(0, length)));
        }

        Assert.False(_inbox.TryReceive("something else that is long enough"u8.ToArray()));
    }

    [Fact]
    public void One_message_that_cannot_be_delivered_costs_no_other()
    {
        var inbox = new Inbox(
            s_self,
            (_, data, _, _) =>
            {
                if (data.SequenceEqual("bad"u8)) throw new ArgumentException("It is not UTF-8.");
                _delivered.Add(Encoding.UTF8.GetString(data));
            },
            count => _missed += count,
            _refused.Add);

        Assert.True(inbox.TryReceive(Envelope.Write(s_other, 0, [Text("a"), Text("bad"), Text("c")])));
        Assert.True(inbox.TryReceive(Envelope.Write(s_other, 3, [Text("d")])));
        Assert.Equal(["a", "c", "d"], _delivered);
        Assert.IsType<ArgumentException>(Assert.Single(_refused));
        Assert.Equal(0, _missed);
    }

    [Fact]
    public void The_number_of_subscribers_is_read_from_any_answer_or_is_not_known()
    {
        RedisResult name = RedisResult.Create((RedisValue)"prebake");
        RedisResult number = RedisResult.Create((RedisValue)3);
        Assert.True(RedisLink.TryReadCount(RedisResult.Create([name, number]), out long count));
        Assert.Equal(3, count);
        Assert.True(RedisLink.TryReadCount(RedisResult.Create([name, RedisResult.Create((RedisValue)"4")]), out count));
        Assert.Equal(4, count);

        // As proxies answer
        foreach (RedisResult other in (RedisResult[])
            [
                RedisResult.Create((RedisValue)"OK"), RedisResult.Create(RedisValue.Null), RedisResult.Create([name]),
                RedisResult.Create(Array.Empty<RedisResult>()), RedisResult.Create([name, name]),
                RedisResult.Create([name, RedisResult.Create([name])]),
            ])
            Assert.False(RedisLink.TryReadCount(other, out _));
    }

    [Fact]
    public async Task The_outbox_sends_again_until_it_is_taken_and_keeps_the_order()
    {
        var outbox = new Outbox(s_other, 1 << 20);
        int calls = 0;
        Task sending = outbox.SendAllAsync(envelope =>
        {
            // Every third time nobody knows whether it has arrived
            bool arrives = ++calls % 3 != 1;
            if (arrives || calls % 2 == 0) _inbox.TryReceive(envelope);
            return Task.FromResult(arrives);
        }, default);

        for (int i = 0; i < 500; i++)
        {
            Assert.True(outbox.TryAdd(Text($"{i}")));
            if (i % 50 == 0) await Task.Yield();
        }

        outbox.Close();
        await sending.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"t:{i}:Text:False"), _delivered);
        Assert.Equal(0, _missed);
    }

    [Fact]
    public async Task What_does_not_fit_is_counted_here_and_there()
    {
        var outbox = new Outbox(s_other, 10_000);
        int taken = 0;
        for (int i = 0; i < 200; i++)
            if (outbox.TryAdd(Text($"{i}"))) taken++;

        Assert.InRange(taken, 50, 100);
        Assert.Equal(200 - taken, outbox.Lost);

        var link = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task sending = outbox.SendAllAsync(envelope =>
        {
            _inbox.TryReceive(envelope);
            if (_delivered.Count == taken) link.TrySetResult();
            return Task.FromResult(true);
        }, default);

        await link.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.Until(() => outbox.Waiting == 0);
        Assert.True(outbox.TryAdd(Text("last")));
        outbox.Close();
        await sending.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.Equal(200 - taken, _missed);
        Assert.Equal("t:last:Text:False", _delivered[^1]);
        Assert.False(outbox.TryAdd(Text("too late")));
    }

    [Fact]
    public void The_longest_topic_is_as_long_as_its_length_can_say()
    {
        var outbox = new Outbox(s_other, 1 << 24);
        string most = new('t', Envelope.MaxTopic);
        Parcel parcel = Text("a") with { Topic = most };
        Assert.True(outbox.TryAdd(parcel));
        Assert.True(_inbox.TryReceive(Envelope.Write(s_other, 0, [parcel, Text("b")])));
        Assert.Equal([$"{most}:a:Text:False", "t:b:Text:False"], _delivered);

        foreach (string topic in (string[])[most + "t", new string('ü', (Envelope.MaxTopic / 2) + 1)])
            Assert.False(outbox.TryAdd(Text("a") with { Topic = topic }));
        Assert.True(outbox.TryAdd(Text("a") with { Topic = new string('ü', Envelope.MaxTopic / 2) }));
        Assert.Equal(2, outbox.Lost);
    }

    private void Receive(long first, params string[] texts) =>
        Assert.True(_inbox.TryReceive(Envelope.Write(s_other, first, Array.ConvertAll(texts, Text))));

    private static Parcel Text(string text) => new("t", Encoding.UTF8.GetBytes(text), MessageKind.Text, false);
}
