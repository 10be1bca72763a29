using System.Diagnostics.CodeAnalysis;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>
/// A socket that has subscribed at least once, as <see cref="TopicLoop"/> knows it. What is here is the topics' own and
/// changes under their lock only.
/// </summary>
/// <param name="home">The topics of its loop; null for <see cref="Gone"/>.</param>
/// <param name="connection">Whose turn it must be when something is written.</param>
internal abstract class TopicMember(TopicLoop? home, Connection connection)
{
    /// <summary>Stands for a socket that has closed and can subscribe to nothing any more.</summary>
    public static readonly TopicMember Gone = new GoneMember();

    /// <summary>One topic of this socket's.</summary>
    /// <param name="Topic">Which.</param>
    /// <param name="Index">Where the socket stands among the members of the topic.</param>
    /// <param name="JoinedAt">The number of the first delivery that is for it.</param>
    internal record struct Subscription(Topic Topic, int Index, long JoinedAt);

    // A topic that it has left while messages of it waited: it still gets those of before
    private readonly record struct Past(Topic Topic, long JoinedAt, long LeftAt);

    // 16: up to here a search is as fast as a dictionary, which most sockets never need
    private const int SearchedCount = 16;

    private Subscription[] _subscriptions = [];
    private Dictionary<Topic, int>? _places;
    private List<Past>? _past;

    public TopicLoop? Home => home;

    public Connection Connection => connection;

    /// <summary>How many topics.</summary>
    public int Count { get; private set; }

    /// <summary>The socket has closed: it gets nothing more.</summary>
    public bool HasLeft { get; set; }

    /// <summary>The number of the first delivery that it has not been given.</summary>
    public long Next { get; set; }

    /// <summary>The round that it has been counted in already.</summary>
    public long Round { get; set; }

    /// <summary>Writes the message. In a turn of the connection's; never for one that has closed.</summary>
    /// <returns>False: the client is slow, and what is written waits.</returns>
    public abstract bool Write(PublishedMessage message);

    /// <summary>
    /// If it is its turn: writes what has been published and waits for it, so that what it sends next comes behind.
    /// </summary>
    public void CatchUp()
    {
        if (home is { HasWaiting: true } && home.Loop.IsCurrent && home.Loop.Output.Owner == connection)
            home.WriteWaiting(this);
    }

    public ReadOnlySpan<Subscription> Subscriptions => _subscriptions.AsSpan(0, Count);

    public bool Has(Topic topic) => PlaceOf(topic) >= 0;

    /// <summary>The delivery with this number is for it: it had subscribed when that was published.</summary>
    public bool Gets(Topic topic, long number)
    {
        int place = PlaceOf(topic);
        return (place >= 0 && _subscriptions[place].JoinedAt <= number) || (_past is not null && Got(topic, number));
    }

    /// <summary>It has left topics and still gets what was published before.</summary>
    public bool HasPast => _past is not null;

    /// <summary>It leaves the topic before the delivery with this number. Nothing is remembered if it has only just
    /// joined.</summary>
    public void Remember(Topic topic, long leftAt)
    {
        long joinedAt = _subscriptions[PlaceOf(topic)].JoinedAt;
        if (joinedAt < leftAt) (_past ??= []).Add(new Past(topic, joinedAt, leftAt));
    }

    /// <summary>All deliveries before this one have been made.</summary>
    public void ForgetPast(long end)
    {
        _past?.RemoveAll(past => past.LeftAt <= end);
        if (_past is { Count: 0 }) _past = null;
    }

    public void Add(Topic topic, int index, long joinedAt)
    {
        if (Count == _subscriptions.Length) Array.Resize(ref _subscriptions, Math.Max(1, Count * 2));
        _subscriptions[Count] = new Subscription(topic, index, joinedAt);
        Count++;

        if (_places is not null) _places.Add(topic, Count - 1);
        else if (Count > SearchedCount) _places = PlacesOfAll();
    }

    /// <summary>Forgets the topic; says where the socket stood in it.</summary>
    public bool TryRemove(Topic topic, out int index)
    {
        int place = PlaceOf(topic);
        index = place < 0 ? -1 : _subscriptions[place].Index;
        if (place < 0) return false;

        Count--;
        _places?.Remove(topic);
        if (place < Count)
        {
            _subscriptions[place] = _subscriptions[Count];
            if (_places is not null) _places[_subscriptions[place].Topic] = place;
        }

        _subscriptions[Count] = default;
        if (Count == 0) Forget();
        return true;
    }

    /// <summary>The socket stands elsewhere in the topic now.</summary>
    public void Move(Topic topic, int index) => _subscriptions[PlaceOf(topic)].Index = index;

    /// <summary>Gives back what it holds.</summary>
    [MemberNotNull(nameof(_subscriptions))]
    public void Forget()
    {
        _subscriptions = [];
        _places = null;
        Count = 0;
    }

    private bool Got(Topic topic, long number)
    {
        foreach (Past past in _past!)
            if (past.Topic == topic && past.JoinedAt <= number && number < past.LeftAt) return true;

        return false;
    }

    private int PlaceOf(Topic topic)
    {
        if (_places is not null) return _places.TryGetValue(topic, out int found) ? found : -1;

        for (int i = 0; i < Count; i++)
            if (ReferenceEquals(_subscriptions[i].Topic, topic)) return i;

        return -1;
    }

    private Dictionary<Topic, int> PlacesOfAll()
    {
        var places = new Dictionary<Topic, int>(Count * 2);
        for (int i = 0; i < Count; i++) places.Add(_subscriptions[i].Topic, i);
        return places;
    }

    private sealed class GoneMember() : TopicMember(home: null, connection: null!)
    {
        public override bool Write(PublishedMessage message) => true;
    }
}
