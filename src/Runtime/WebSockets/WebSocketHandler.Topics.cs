namespace Prebake;

// Topics: what is published to many
public abstract partial class WebSocketHandler
{
    /// <summary>Sends a text message to all that have subscribed to a topic, on every event loop, but not to this socket (<see cref="WebSocketAttribute.PublishToSelf"/>).</summary>
    public SendStatus Publish(string topic, string text, bool compress = false) => throw new NotImplementedException();

    /// <summary>The same with a binary message.</summary>
    public SendStatus Publish(string topic, ReadOnlySpan<byte> data, bool compress = false) => throw new NotImplementedException();

    /// <summary>From now on gets what is published under this topic.</summary>
    /// <returns>True, also if it had subscribed already; false when the connection is gone.</returns>
    /// <exception cref="ArgumentException">The topic is empty.</exception>
    public bool Subscribe(string topic) => throw new NotImplementedException();

    /// <summary>Undoes <see cref="Subscribe"/>.</summary>
    /// <returns>False if it had not subscribed.</returns>
    public bool Unsubscribe(string topic) => throw new NotImplementedException();

    /// <summary>Whether it has subscribed to this topic.</summary>
    public bool IsSubscribed(string topic) => throw new NotImplementedException();

    /// <summary>The topics at this moment.</summary>
    public IReadOnlyCollection<string> Subscriptions => throw new NotImplementedException();
}
