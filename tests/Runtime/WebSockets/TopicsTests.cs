using System.Buffers.Binary;
using System.Text;
using Prebake.Tests.Transports;
using Prebake.Transports;
using Prebake.WebSockets;

namespace Prebake.Tests.WebSockets;

/// <summary>Topics alone: members that write down what they are given, on the loops of a real transport.</summary>
public sealed class TopicsTests : IAsyncLifetime
{
    private readonly TransportUnderTest _transport =
        TransportUnderTest.Start(TransportUnderTest.Kinds[0], connection => new Silent(connection), loops: 2);

    private readonly Topics _topics = new(backplane: null);

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _transport.DisposeAsync();

    [Fact]
    public async Task A_message_reaches_the_subscribers_of_every_loop_once()
    {
        Member[] members = await Members(20);
        foreach (Member member in members[..15]) Assert.True(member.Subscribe("chat"));

        Assert.Equal(15, _topics.Count("chat"));
        Assert.Equal(new SendStatus(5, false, false), Publish("chat", "hello"));

        foreach (Member member in members[..15]) Assert.Equal(["hello"], await member.Received(1));
        await Settle();
        Assert.All(members[..15], member => Assert.Single(member.Messages));
        Assert.All(members[15..], member => Assert.Empty(member.Messages));
    }

    [Fact]
    public async Task Nobody_there_is_dropped_and_an_empty_message_is_not()
    {
        Member[] members = await Members(1);
        Assert.Equal(new SendStatus(0, true, false), Publish("chat", "hello"));
        Assert.Equal(new SendStatus(0, true, false), Publish("", "hello"));

        members[0].Subscribe("chat");
        Assert.Equal(new SendStatus(0, false, false), Publish("chat", ""));
        Assert.Equal([""], await members[0].Received(1));
        Assert.Equal(0, _topics.Count(""));
        Assert.Throws<ArgumentNullException>(() => _topics.Count(null!));
    }

    [Fact]
    public async Task Subscribing_twice_is_subscribing_once()
    {
        Member member = (await Members(1))[0];
        Assert.True(member.Subscribe("a"));
        Assert.True(member.Subscribe("a"));
        Assert.Equal(1, _topics.Count("a"));
        Assert.Equal(["a"], member.Home!.SubscriptionsOf(member));

        Assert.True(member.Home.Unsubscribe(member, "a"));
        Assert.False(member.Home.Unsubscribe(member, "a"));
        Assert.Equal(0, _topics.Count("a"));
    }

    [Fact]
    public async Task A_topic_without_subscribers_is_gone_and_one_who_has_left_joins_no_more()
    {
        Member[] members = await Members(4);
        foreach (Member member in members)
            for (int i = 0; i < 40; i++) Assert.True(member.Subscribe($"topic {i}"));

        Assert.Equal(4, _topics.Count("topic 39"));
        foreach (Member member in members[1..]) member.Home!.Leave(member);
        for (int i = 0; i < 40; i += 2) Assert.True(members[0].Home!.Unsubscribe(members[0], $"topic {i}"));
        Assert.Equal(20, members[0].Home!.TopicCount);
        Assert.Equal(1, _topics.Count("topic 39"));
        Assert.True(members[0].Home!.IsSubscribed(members[0], "topic 39"));
        Assert.False(members[0].Home!.IsSubscribed(members[0], "topic 38"));

        members[0].Home!.Leave(members[0]);
        Assert.All(members, member => Assert.Equal(0, member.Home!.TopicCount));
        Assert.All(members, member => Assert.False(member.Subscribe("topic 1")));
        Assert.All(members, member => Assert.Empty(member.Home!.SubscriptionsOf(member)));
    }

    [Fact]
    public async Task The_sender_is_left_out_where_it_is_named()
    {
        Member[] members = await Members(3);
        foreach (Member member in members) member.Subscribe("chat");

        Publish("chat", "one", except: members[0]);
        Publish("chat", "two");
        Assert.Equal(["two"], await members[0].Received(1));
        Assert.Equal(["one", "two"], await members[1].Received(2));
        Assert.Equal(["one", "two"], await members[2].Received(2));

        foreach (Member member in members[1..]) member.Home!.Leave(member);
        Assert.True(Publish("chat", "three", except: members[0]).Dropped);
    }

    [Fact]
    public async Task One_who_subscribes_gets_only_what_is_published_from_then_on()
    {
        Member[] members = await Members(2, loop: 0);
        using var held = new ManualResetEventSlim();
        members[0].Subscribe("chat");
        Assert.True(members[0].Home!.Loop.Post(_ => held.Wait(), null));

        // The loop is held: what is published now waits, and is older than the subscription
        Publish("chat", "before");
        members[1].Subscribe("chat");
        Publish("chat", "after");
        held.Set();

        Assert.Equal(["before", "after"], await members[0].Received(2));
        Assert.Equal(["after"], await members[1].Received(1));
    }

    [Fact]
    public async Task What_waits_for_a_loop_comes_to_each_socket_in_one_turn()
    {
        Member[] members = await Members(3, loop: 0);
        foreach (Member member in members) member.Subscribe("chat");
        members[2].Subscribe("news");

        using var held = new ManualResetEventSlim();
        Assert.True(members[0].Home!.Loop.Post(_ => held.Wait(), null));
        for (int i = 0; i < 30; i++) Publish(i % 3 == 0 ? "news" : "chat", $"{i}");
        held.Set();

        Assert.Equal(Enumerable.Range(0, 30).Select(i => $"{i}"), await members[2].Received(30));
        Assert.Equal(Enumerable.Range(0, 30).Where(i => i % 3 != 0).Select(i => $"{i}"), await members[0].Received(20));
        Assert.All(members, member => Assert.Equal(1, member.Turns));
    }

    [Fact]
    public async Task Order_holds_for_each_publisher_however_many_there_are()
    {
        const int publishers = 8, each = 2_000;
        Member[] members = await Members(30);
        foreach (Member member in members) member.Subscribe("chat");

        await Task.WhenAll(Enumerable.Range(0, publishers).Select(publisher => Task.Run(() =>
        {
            for (int i = 0; i < each; i++) Assert.False(Publish("chat", $"{publisher} {i}").Dropped);
        }))).WaitAsync(TimeSpan.FromMinutes(1));

        foreach (Member member in members)
        {
            string[] all = await member.Received(publishers * each);
            foreach (IGrouping<string, string> one in all.GroupBy(text => text.Split(' ')[0]))
                Assert.Equal(Enumerable.Range(0, each), one.Select(text => int.Parse(text.Split(' ')[1])));
        }
    }

    [Fact]
    public async Task Sockets_come_and_go_while_it_is_published()
    {
        Member[] members = await Members(9);
        members[0].Subscribe("chat");
        using var stop = new CancellationTokenSource();
        Task[] movers = [.. members[1..9].Select((member, i) => Task.Run(async () =>
        {
            for (int round = 0; !stop.IsCancellationRequested; round++)
            {
                Assert.True(member.Subscribe("chat"));
                if (i % 3 == 0) await Task.Yield();
                Assert.True(member.Home!.Unsubscribe(member, "chat"));
            }
        }))];

        for (int i = 0; i < 3_000; i++) Assert.False(Publish("chat", $"{i}").Dropped);
        Assert.Equal(Enumerable.Range(0, 3_000).Select(i => $"{i}"), await members[0].Received(3_000));
        await stop.CancelAsync();
        await Task.WhenAll(movers).WaitAsync(TimeSpan.FromMinutes(1));

        Assert.Equal(1, _topics.Count("chat"));
        foreach (Member member in members)
        {
            int[] numbers = [.. member.Messages.Select(int.Parse)];
            Assert.Equal(numbers.Order(), numbers);
            Assert.Equal(numbers.Distinct(), numbers);
        }
    }

    [Fact]
    public async Task A_socket_that_closes_in_the_middle_costs_nobody_anything()
    {
        Member[] members = await Members(600);
        foreach (Member member in members)
        {
            member.Subscribe("chat");
            // Half of those on each loop
            member.ClosesAfter = Array.IndexOf(members, member) % 4 < 2 ? 2 : int.MaxValue;
        }

        for (int i = 0; i < 10; i++) Publish("chat", $"{i}");
        foreach (Member member in members.Where(member => member.ClosesAfter > 2))
            Assert.Equal(Enumerable.Range(0, 10).Select(i => $"{i}"), await member.Received(10));

        await Eventually.Until(() => _topics.Count("chat") == 300);
        await Settle();
        Assert.All(
            members.Where(member => member.ClosesAfter == 2), member => Assert.Equal(["0", "1"], member.Messages));
    }

    [Fact]
    public async Task What_a_socket_sends_comes_behind_what_was_published_to_it()
    {
        Member member = (await Members(1, loop: 0))[0];
        member.Subscribe("chat");

        await InTurn(member, () =>
        {
            Publish("chat", "published");
            member.CatchUp();
            member.Note("sent");
            Publish("chat", "published too");
        });

        Assert.Equal(["published", "sent", "published too"], await member.Received(3));
    }

    [Fact]
    public async Task A_loop_that_is_held_bounds_what_waits_for_it_and_the_other_goes_on()
    {
        Member stuck = (await Members(1, loop: 0))[0], free = (await Members(1, loop: 1))[0];
        stuck.Subscribe("chat");
        free.Subscribe("chat");
        stuck.OnlyCounts = free.OnlyCounts = true;
        using var held = new ManualResetEventSlim();
        Assert.True(stuck.Home!.Loop.Post(_ => held.Wait(), null));

        string text = new('x', 1 << 20);
        SendStatus last = default;
        for (int i = 0; i < 80; i++)
        {
            last = Publish("chat", text);
            await free.Received(i + 1);
        }

        Assert.Equal(new SendStatus(text.Length, false, true), last);
        Assert.InRange(stuck.Home.WaitingBytes, 60 << 20, 70 << 20);
        held.Set();
        await stuck.Received(64);
        await Settle();
        Assert.Equal(0, stuck.Home.WaitingBytes);
        Assert.InRange(stuck.Written, 64, 70);
    }

    [Fact]
    public async Task A_slow_client_is_told_of_with_the_next_message()
    {
        Member[] members = await Members(2);
        foreach (Member member in members) member.Subscribe("chat");
        members[1].IsSlow = true;

        Assert.False(Publish("chat", "one").Backpressure);
        foreach (Member member in members) await member.Received(1);
        await Settle();
        Assert.True(Publish("chat", "two").Backpressure);

        members[1].IsSlow = false;
        foreach (Member member in members) await member.Received(2);
        await Settle();
        Publish("chat", "three");
        foreach (Member member in members) await member.Received(3);
        await Settle();
        Assert.False(Publish("chat", "four").Backpressure);
    }

    [Fact]
    public async Task A_message_is_one_copy_for_ten_thousand_sockets()
    {
        const int sockets = 10_000;
        Member[] members = await Members(sockets, onConnections: 4);
        foreach (Member member in members) member.Subscribe("chat");

        // Once, for what is kept for the next time
        Publish("chat", "first");
        foreach (Member member in members) await member.Received(1);
        await Settle();

        foreach (Member member in members) member.OnlyCounts = true;
        string text = new('x', 64 << 10);
        long before = await AllocatedByLoops();
        long publishing = GC.GetAllocatedBytesForCurrentThread();
        Publish("chat", text);
        publishing = GC.GetAllocatedBytesForCurrentThread() - publishing;
        await Eventually.Until(() => members.All(member => member.Written == 2));

        Assert.InRange(publishing, 64 << 10, 80 << 10);
        Assert.InRange(await AllocatedByLoops() - before, 0, 1 << 20);
    }

    [Theory]
    [InlineData(0), InlineData(125), InlineData(126), InlineData(65_535), InlineData(65_536), InlineData(1 << 20)]
    public void A_frame_has_the_shortest_length_that_fits(int length)
    {
        byte[] data = new byte[length];
        Random.Shared.NextBytes(data);
        PublishedMessage message = PublishedMessage.Of(data, MessageKind.Binary, compress: false);
        ReadOnlySpan<byte> frame = message.Frame.Memory.Span;

        Assert.Equal(0x82, frame[0]);
        (int head, long said) = frame[1] switch
        {
            126 => (4, BinaryPrimitives.ReadUInt16BigEndian(frame[2..])),
            127 => (10, BinaryPrimitives.ReadInt64BigEndian(frame[2..])),
            _ => (2, frame[1]),
        };
        Assert.Equal(length < 126 ? 2 : length < 65_536 ? 4 : 10, head);
        Assert.Equal(length, said);
        Assert.Equal(data, frame[head..].ToArray());
        Assert.Equal(length, message.PayloadLength);
    }

    [Fact]
    public void A_lone_surrogate_becomes_the_replacement_character()
    {
        PublishedMessage message = PublishedMessage.Of("a\uD800b", compress: true);
        Assert.Equal("a\uFFFDb", Encoding.UTF8.GetString(message.Payload.Span));
        Assert.True(message.WantsCompression);
        Assert.Equal(0x81, message.Frame.Memory.Span[0]);
    }

    private SendStatus Publish(string topic, string text, TopicMember? except = null) =>
        _topics.Publish(topic, new MessageSource(text, compress: false), except);

    // Each loop has done what it was told so far, and what that has led to
    private async Task Settle()
    {
        for (int i = 0; i < 3; i++)
            foreach (Loop loop in _transport.Transport.Loops) await OnLoop(loop, static () => { });
    }

    private async Task<long> AllocatedByLoops()
    {
        long sum = 0;
        foreach (Loop loop in _transport.Transport.Loops)
            await OnLoop(loop, () => sum += GC.GetAllocatedBytesForCurrentThread());
        return sum;
    }

    private static Task InTurn(Member member, Action action) =>
        OnLoop(
            member.Home!.Loop,
            () => member.Home.Loop.RunInTurn(member.Connection, static action => action(), action));

    private static Task OnLoop(Loop loop, Action action)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(loop.Post(_ =>
        {
            try { action(); done.SetResult(); }
            catch (Exception e) { done.SetException(e); }
        }, null));
        return done.Task.WaitAsync(TimeSpan.FromMinutes(1));
    }

    // On both loops in turn, or on one; by default each has a connection of its own
    private async Task<Member[]> Members(int count, int? loop = null, int? onConnections = null)
    {
        var connections = new List<Connection>();
        for (int i = 0; i < (onConnections ?? count); i++)
        {
            Loop home = _transport.Transport.Loops[loop ?? i % 2];
            await OnLoop(home, () =>
            {
                var connection = new Bare(home);
                home.Adopt(connection);
                connections.Add(connection);
            });
        }

        return [.. Enumerable.Range(0, count).Select(i =>
        {
            Connection connection = connections[i % connections.Count];
            return new Member(_topics.Of(connection.Loop), connection);
        })];
    }

    private sealed class Member(TopicLoop home, Connection connection) : TopicMember(home, connection)
    {
        private readonly List<string> _messages = [];
        private Connection? _turn;
        private int _count;

        public int Turns { get; private set; }
        public int ClosesAfter { get; set; } = int.MaxValue;
        public volatile bool IsSlow;
        public volatile bool OnlyCounts;

        public int Written => Volatile.Read(ref _count);

        public IReadOnlyList<string> Messages
        {
            get
            {
                lock (_messages) return [.. _messages];
            }
        }

        public bool Subscribe(string topic) => Home!.Subscribe(this, topic);

        public override bool Write(PublishedMessage message)
        {
            Assert.Same(Connection, Connection.Loop.Output.Owner);
            if (!OnlyCounts) Note(Encoding.UTF8.GetString(message.Payload.Span));
            else _count++;

            if (_count != ClosesAfter) return !IsSlow;
            Connection.Abort();
            Home!.Leave(this);
            return true;
        }

        public void Note(string text)
        {
            lock (_messages) _messages.Add(text);
            _count++;
            if (_turn is null) Turns++;
            _turn = Connection;
            Connection.Loop.Post(static state => ((Member)state!)._turn = null, this);
        }

        public async Task<string[]> Received(int count)
        {
            await Eventually.Until(() => Written >= count, $"{count} messages did not come");
            return [.. Messages];
        }
    }

    private sealed class Silent(Connection connection) : TestProtocol(connection);

    /// <summary>A connection to nowhere: it takes everything.</summary>
    private sealed class Bare(Loop loop) : Connection(loop)
    {
        public override System.Net.IPEndPoint? RemoteEndPoint => null;
        protected override long TrySend(ReadOnlySpan<byte> bytes) => bytes.Length;
        protected override void AwaitWritable() { }
        protected override void StartReading() { }
        protected override void ShutdownSend() { }
        protected override void Release(bool reset) { }
    }
}
