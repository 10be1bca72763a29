namespace Prebake.WebSockets;

/// <summary>
/// One topic on one loop: who has subscribed there. It exists as long as somebody has, and changes under the lock of
/// its
/// <see cref="TopicLoop"/> only.
/// </summary>
internal sealed class Topic(string name)
{
    private TopicMember[] _members = new TopicMember[1];

    public string Name => name;

    public int Count { get; private set; }

    /// <summary>The round that its members have been counted in already.</summary>
    public long Round { get; set; }

    /// <summary>A client was slow when the last round reached it.</summary>
    public bool WasSlow { get; set; }

    public ReadOnlySpan<TopicMember> Members => _members.AsSpan(0, Count);

    public void Add(TopicMember member, long joinedAt)
    {
        if (Count == _members.Length) Array.Resize(ref _members, Count * 2);
        _members[Count] = member;
        member.Add(this, Count, joinedAt);
        Count++;
    }

    /// <summary>The last one takes the place that has become free.</summary>
    public void RemoveAt(int index)
    {
        Count--;
        if (index < Count)
        {
            _members[index] = _members[Count];
            _members[index].Move(this, index);
        }

        _members[Count] = null!;
        if (_members.Length >= 32 && Count <= _members.Length / 4) Array.Resize(ref _members, _members.Length / 2);
    }
}
