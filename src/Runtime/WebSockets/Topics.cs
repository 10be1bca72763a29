using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>All topics of a server: those of each loop, and the way to other instances. From any thread.</summary>
internal sealed class Topics(Backplane? backplane)
{
    private readonly Lock _making = new();
    private TopicLoop?[] _loops = [];

    /// <summary>Made when a socket of that loop subscribes for the first time.</summary>
    public TopicLoop Of(Loop loop)
    {
        TopicLoop?[] loops = Volatile.Read(ref _loops);
        if (loop.Index < loops.Length && loops[loop.Index] is { } found) return found;

        lock (_making)
        {
            // A new array, as others read the old one at this moment
            loops = _loops;
            if (loop.Index >= loops.Length) Array.Resize(ref loops, loop.Index + 1);
            else loops = (TopicLoop?[])loops.Clone();
            TopicLoop made = loops[loop.Index] ??= new TopicLoop(loop);
            Volatile.Write(ref _loops, loops);
            return made;
        }
    }

    public int Count(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);

        int sum = 0;
        foreach (TopicLoop? loop in Volatile.Read(ref _loops)) sum += loop?.Count(topic) ?? 0;
        return sum;
    }

    /// <summary>To the subscribers of this instance, and of all others.</summary>
    public SendStatus Publish(string topic, scoped in MessageSource source, TopicMember? except)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (topic.Length == 0) return SendStatus.Gone;

        PublishedMessage? message = null;
        if (backplane is not null) message = source.Make();
        SendStatus status = PublishHere(topic, source, ref message, except);

        if (backplane is null) return status;
        bool taken = backplane.TryPublish(topic, message!);
        return new SendStatus(
            taken || !status.Dropped ? message!.PayloadLength : 0,
            Dropped: status.Dropped && !taken,
            Backpressure: status.Backpressure || !taken);
    }

    /// <summary>To the subscribers of this instance only: what has come from another one.</summary>
    public void Deliver(string topic, scoped in MessageSource source)
    {
        PublishedMessage? message = null;
        if (topic.Length > 0) PublishHere(topic, source, ref message, except: null);
    }

    private SendStatus PublishHere(
        string topic, scoped in MessageSource source, ref PublishedMessage? message, TopicMember? except)
    {
        bool isTaken = false, isBehind = false;
        foreach (TopicLoop? loop in Volatile.Read(ref _loops))
        {
            if (loop is null || !loop.HasSubscribers(topic, except)) continue;

            message ??= source.Make();
            Queued queued = loop.Publish(topic, message, except);
            isTaken |= queued is Queued.Taken or Queued.TakenBehind;
            isBehind |= queued is Queued.TakenBehind or Queued.Full;
        }

        return new SendStatus(isTaken ? message!.PayloadLength : 0, Dropped: !isTaken, isBehind);
    }
}
