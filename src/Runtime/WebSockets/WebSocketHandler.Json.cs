using Prebake.WebSockets;

namespace Prebake;

// Values, written by the app's JSON context
public abstract partial class WebSocketHandler
{
    /// <summary>Sends a value as JSON text.</summary>
    /// <typeparam name="T">Its type; it must be in a <c>JsonSerializerContext</c> of the app.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="compress">Whether it is compressed, if that was agreed upon.</param>
    /// <exception cref="InvalidOperationException">No context of the app knows the type.</exception>
    public SendStatus SendJson<T>(T value, bool compress = false)
    {
        using JsonMessage json = JsonMessage.Of(value);
        return Send(json.Text, MessageKind.Text, compress);
    }

    /// <summary>Publishes a value as JSON text to all that have subscribed to a topic but this one, unless the route
    /// says <c>PublishToSelf</c>.</summary>
    /// <inheritdoc cref="WebSocketHandler.Publish(string, string, bool)"/>
    /// <typeparam name="T">Its type; it must be in a <c>JsonSerializerContext</c> of the app.</typeparam>
    /// <param name="topic">The topic.</param>
    /// <param name="value">The value. It is written once for all subscribers.</param>
    /// <param name="compress">Whether it is compressed for the sockets that have agreed upon it.</param>
    /// <exception cref="InvalidOperationException">No context of the app knows the type.</exception>
    public SendStatus PublishJson<T>(string topic, T value, bool compress = false)
    {
        using JsonMessage json = JsonMessage.Of(value);
        return Publish(topic, json.Text, MessageKind.Text, compress);
    }
}
