using System.Diagnostics.CodeAnalysis;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>What became of a message on one loop.</summary>
internal enum Queued : byte
{
    /// <summary>Nobody has subscribed there.</summary>
    Nobody,

    /// <summary>It waits for the loop.</summary>
    Taken,

    /// <summary>The same, but a subscriber is slow, or the loop itself is.</summary>
    TakenBehind,

    /// <summary>Too much waits for the loop already.</summary>
    Full,
}

/// <summary>
/// The topics of one loop's sockets, and what has been published and waits for them. Everything is under one lock,
/// which is held for moments only: never while something is written or user code runs.
/// </summary>
/// <remarks>
/// A message waits here once, however many sockets will get it. The loop delivers in rounds: it takes what waits, finds
/// the sockets that it concerns, and gives each of them all of it in one turn, and so in one write.
/// </remarks>
internal sealed class TopicLoop(Loop loop)
{
    private readonly record struct Delivery(Topic Topic, PublishedMessage Message, TopicMember? Except);

    // 64: what one socket gets in one write; more only makes others wait
    private const int DeliveriesPerRound = 64;

    // 512 sends take about a millisecond: so long may the loop's other sockets wait
    private const int MembersPerSlice = 512;

    // From here on publishers are told to hold back, and from there on nothing more is taken: the loop is stuck
    private const long HighWater = 1 << 20, MaxWaiting = 64 << 20;

    private readonly Lock _gate = new();
    private readonly Dictionary<string, Topic> _topics = [];
    private readonly List<Delivery> _waiting = [];
    private readonly List<TopicMember> _leavers = [];   // have left topics of which messages wait for them
    private long _first;                        // the number of the first one in _waiting
    private long _waitingBytes;
    private bool _isScheduled;

    // The loop's own: the round that it is in
    private readonly List<TopicMember> _due = [];
    private PublishedMessage[]? _scratch;
    private long _round;
    private long _end;                          // the number behind the round's last delivery
    private int _done;                          // how many of _due have had their turn

    public Loop Loop => loop;

    /// <summary>Something may wait to be delivered. A moment's answer, without the lock.</summary>
    public bool HasWaiting => Volatile.Read(ref _waitingBytes) > 0;

    /// <summary>Bytes that wait for the loop.</summary>
    public long WaitingBytes
    {
        get
        {
            lock (_gate) return _waitingBytes;
        }
    }

    // ---- from any thread --------------------------------------------------------------------------------------------

    public bool Subscribe(TopicMember member, string name)
    {
        lock (_gate)
        {
            if (member.HasLeft) return false;
            if (!_topics.TryGetValue(name, out Topic? topic)) _topics.Add(name, topic = new Topic(name));
            else if (member.Has(topic)) return true;

            topic.Add(member, _first + _waiting.Count);
            return true;
        }
    }

    public bool Unsubscribe(TopicMember member, string name)
    {
        lock (_gate)
        {
            if (!_topics.TryGetValue(name, out Topic? topic) || !member.Has(topic)) return false;

            // What was published before still is for it, whoever it is that makes it leave
            long now = _first + _waiting.Count;
            if (_waiting.Count > 0 && member.Next < now)
            {
                bool isLeaver = member.HasPast;
                member.Remember(topic, now);
                if (member.HasPast && !isLeaver) _leavers.Add(member);
            }

            member.TryRemove(topic, out int index);
            Remove(topic, index);
            return true;
        }
    }

    public bool IsSubscribed(TopicMember member, string name)
    {
        lock (_gate) return _topics.TryGetValue(name, out Topic? topic) && member.Has(topic);
    }

    public string[] SubscriptionsOf(TopicMember member)
    {
        lock (_gate)
        {
            var names = new string[member.Count];
            for (int i = 0; i < names.Length; i++) names[i] = member.Subscriptions[i].Topic.Name;
            return names;
        }
    }

    /// <summary>The socket has closed: it leaves all topics, and joins none any more.</summary>
    public void Leave(TopicMember member)
    {
        lock (_gate)
        {
            member.HasLeft = true;
            while (member.Count > 0)
            {
                Topic topic = member.Subscriptions[^1].Topic;
                member.TryRemove(topic, out int index);
                Remove(topic, index);
            }
        }
    }

    public int Count(string name)
    {
        lock (_gate) return _topics.TryGetValue(name, out Topic? topic) ? topic.Count : 0;
    }

    /// <summary>For tests: how many topics exist.</summary>
    public int TopicCount
    {
        get
        {
            lock (_gate) return _topics.Count;
        }
    }

    /// <summary>Whether a message would reach anybody here beside <paramref name="except"/>.</summary>
    public bool HasSubscribers(string name, TopicMember? except)
    {
        lock (_gate) return TryFind(name, except, out _);
    }

    /// <summary>
    /// Has the loop deliver a message to those who have subscribed at this moment, but not to <paramref
    /// name="except"/>.
    /// </summary>
    public Queued Publish(string name, PublishedMessage message, TopicMember? except)
    {
        bool isFirst;
        Queued queued;
        lock (_gate)
        {
            if (!TryFind(name, except, out Topic? topic)) return Queued.Nobody;
            if (_waitingBytes > MaxWaiting) return Queued.Full;

            _waiting.Add(new Delivery(topic, message, except));
            _waitingBytes += message.Cost;
            queued = topic.WasSlow || _waitingBytes > HighWater ? Queued.TakenBehind : Queued.Taken;
            isFirst = !_isScheduled;
            _isScheduled = true;
        }

        if (!isFirst) return queued;

        if (loop.IsCurrent) loop.RunBeforeWait(static state => ((TopicLoop)state!).Deliver(), this);
        else Schedule();
        return queued;
    }

    // ---- on the loop ------------------------------------------------------------------------------------------------

    /// <summary>
    /// Writes what waits for a socket now, so that what it sends next comes behind. In a turn of its connection's.
    /// </summary>
    public void WriteWaiting(TopicMember member)
    {
        long end;
        lock (_gate) end = _first + _waiting.Count;
        Write(member, end);
    }

    private void Schedule()
    {
        // A loop that has ended delivers no more; its sockets are gone
        if (!loop.Post(static state => ((TopicLoop)state!).Deliver(), this)) Drop();
    }

    private void Deliver()
    {
        try
        {
            DeliverSlice();
        }
        finally
        {
            // Also after an exception, or nobody would schedule this again
            bool goesOn;
            lock (_gate) goesOn = _isScheduled = _waiting.Count > 0;
            if (goesOn) Schedule();
        }
    }

    private void DeliverSlice()
    {
        if (_done == _due.Count) BeginRound();

        for (int end = Math.Min(_due.Count, _done + MembersPerSlice); _done < end; _done++)
        {
            TopicMember member = _due[_done];
            loop.RunInTurn(
                member.Connection,
                static to => to.Topics.Write(to.Member, to.Topics._end),
                (Topics: this, Member: member));
        }

        if (_done == _due.Count) EndRound();
    }

    private void BeginRound()
    {
        lock (_gate)
        {
            _round++;
            int count = Math.Min(_waiting.Count, DeliveriesPerRound);
            _end = _first + count;
            for (int i = 0; i < count; i++) AddDue(_waiting[i].Topic);
            foreach (TopicMember leaver in _leavers) AddDue(leaver);
        }
    }

    private void AddDue(Topic topic)
    {
        if (topic.Round == _round) return;
        topic.Round = _round;
        topic.WasSlow = false;

        foreach (TopicMember member in topic.Members) AddDue(member);
    }

    private void AddDue(TopicMember member)
    {
        if (member.Round == _round) return;
        member.Round = _round;
        _due.Add(member);
    }

    private void EndRound()
    {
        lock (_gate)
        {
            int count = (int)Math.Max(0, _end - _first);           // 0 if all was dropped meanwhile
            for (int i = 0; i < count; i++) _waitingBytes -= _waiting[i].Message.Cost;
            _waiting.RemoveRange(0, count);
            _first = Math.Max(_first, _end);
            if (_leavers.Count > 0) ForgetLeavers();
        }

        _due.Clear();
        _done = 0;
    }

    private void Write(TopicMember member, long end)
    {
        // Taken, since what is written may close the socket, and its handler may publish or send then
        PublishedMessage[] messages = _scratch ?? new PublishedMessage[DeliveriesPerRound];
        _scratch = null;

        int count;
        do
        {
            count = Take(member, end, messages);
            for (int i = 0; i < count && !member.Connection.IsClosed; i++)
                if (!member.Write(messages[i])) MarkSlow(member);

            Array.Clear(messages, 0, count);
        }
        while (count == messages.Length);

        _scratch = messages;
    }

    // What waits for this socket, as far as there is room
    private int Take(TopicMember member, long end, PublishedMessage[] messages)
    {
        int count = 0;
        lock (_gate)
        {
            if (member.HasLeft) return 0;

            long number = Math.Max(member.Next, _first);
            for (; number < end && count < messages.Length; number++)
            {
                Delivery delivery = _waiting[(int)(number - _first)];
                if (delivery.Except != member && member.Gets(delivery.Topic, number))
                    messages[count++] = delivery.Message;
            }

            member.Next = number;
        }

        return count;
    }

    private void MarkSlow(TopicMember member)
    {
        lock (_gate)
        {
            foreach (ref readonly TopicMember.Subscription subscription in member.Subscriptions)
                if (subscription.Topic.Round == _round) subscription.Topic.WasSlow = true;
        }
    }

    // ---- under the lock ---------------------------------------------------------------------------------------------

    private bool TryFind(string name, TopicMember? except, [NotNullWhen(true)] out Topic? topic) =>
        _topics.TryGetValue(name, out topic) && !(topic.Count == 1 && topic.Members[0] == except);

    private void Remove(Topic topic, int index)
    {
        topic.RemoveAt(index);
        if (topic.Count == 0) _topics.Remove(topic.Name);
    }

    private void ForgetLeavers()
    {
        foreach (TopicMember leaver in _leavers) leaver.ForgetPast(_first);
        _leavers.RemoveAll(leaver => !leaver.HasPast);
    }

    private void Drop()
    {
        lock (_gate)
        {
            _first += _waiting.Count;
            _waiting.Clear();
            ForgetLeavers();
            _waitingBytes = 0;
            _isScheduled = false;
        }
    }
}
