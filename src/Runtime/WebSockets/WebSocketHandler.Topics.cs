using System.ComponentModel;
using Prebake.Routing;
using Prebake.WebSockets;

namespace Prebake;

// Topics: what is published to many
public abstract partial class WebSocketHandler
{
    private TopicMember? _member;       // null until the first subscription; TopicMember.Gone once closed without one

    /// <summary>
    /// Sends a text message to all that have subscribed to a topic, on every event loop and instance, but not to this
    /// socket (<see cref="WebSocketAttribute.PublishToSelf"/>).
    /// </summary>
    /// <inheritdoc cref="Server.Publish(string, string, bool)"/>
    /// <param name="topic">The topic.</param>
    /// <param name="text">The message; a lone surrogate becomes U+FFFD.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default:
    /// false.</param>
    public SendStatus Publish(string topic, string text, bool compress = false) =>
        Publish(topic, new MessageSource(text, compress));

    /// <summary>The same with a binary message.</summary>
    /// <inheritdoc cref="Publish(string, string, bool)"/>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The message. The bytes are copied, once for all subscribers.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default:
    /// false.</param>
    public SendStatus Publish(string topic, ReadOnlySpan<byte> data, bool compress = false) =>
        Publish(topic, new MessageSource(data, MessageKind.Binary, compress));

    /// <summary>The same with a message of either kind.</summary>
    /// <inheritdoc cref="Publish(string, string, bool)"/>
    /// <param name="topic">The topic.</param>
    /// <param name="data">The message; UTF-8 if it is text.</param>
    /// <param name="kind">What the bytes are.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it. Default:
    /// false.</param>
    /// <exception cref="ArgumentException">Text that is not UTF-8: every subscriber would have to fail the
    /// connection (RFC 6455 section 8.1).</exception>
    public SendStatus Publish(string topic, ReadOnlySpan<byte> data, MessageKind kind, bool compress = false) =>
        Publish(topic, new MessageSource(data, kind, compress));

    /// <summary>Publishes a finished message: for emitted code, which makes one of each constant.</summary>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public SendStatus PublishConstant(string topic, ConstantMessage message) =>
        Publish(topic, new MessageSource(message.Message));

    /// <summary>From now on gets what is published under this topic.</summary>
    /// <returns>
    /// True, also if it had subscribed already; false when the connection is gone, or <see cref="Open"/> has not been
    /// called.
    /// </returns>
    /// <exception cref="ArgumentException">The topic is empty.</exception>
    public bool Subscribe(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (topic.Length == 0) throw new ArgumentException("The topic is empty; give it a name.", nameof(topic));

        return MemberOrNew() is { Home: { } home } member && home.Subscribe(member, topic);
    }

    /// <summary>Undoes <see cref="Subscribe"/>.</summary>
    /// <returns>False if it had not subscribed.</returns>
    public bool Unsubscribe(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        if (Volatile.Read(ref _member) is not { Home: { } home } member) return false;

        member.CatchUp();
        return home.Unsubscribe(member, topic);
    }

    /// <summary>Whether it has subscribed to this topic.</summary>
    public bool IsSubscribed(string topic)
    {
        ArgumentNullException.ThrowIfNull(topic);
        return Volatile.Read(ref _member) is { Home: { } home } member && home.IsSubscribed(member, topic);
    }

    /// <summary>The topics at this moment; none once the connection is gone.</summary>
    public IReadOnlyCollection<string> Subscriptions =>
        Volatile.Read(ref _member) is { Home: { } home } member ? home.SubscriptionsOf(member) : [];

    /// <summary>
    /// What has been published to this socket is written now, in front of what it is about to send. In a turn of its
    /// own.
    /// </summary>
    internal void WritePublished() => _member?.CatchUp();

    /// <summary>Leaves all topics for good. On its loop, once, before <see cref="Close"/>.</summary>
    internal void LeaveTopics()
    {
        if (Interlocked.Exchange(ref _member, TopicMember.Gone) is { Home: { } home } member) home.Leave(member);
    }

    private SendStatus Publish(string topic, scoped MessageSource source)
    {
        if (Socket is not { } socket) return SendStatus.Gone;
        return socket.Topics.Publish(
            topic, source, except: socket.Options.PublishToSelf ? null : Volatile.Read(ref _member));
    }

    private TopicMember? MemberOrNew()
    {
        if (Volatile.Read(ref _member) is { } member) return member;

        if (Socket is not { } socket) return null;

        TopicMember made = socket.NewMember();
        return Interlocked.CompareExchange(ref _member, made, null) ?? made;
    }
}
