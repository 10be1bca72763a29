using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;
using Prebake.WebSockets;

namespace Prebake;

/// <summary>A <see cref="WebSocketHandler"/> whose messages are JSON, read and written by the app's JSON
/// context.</summary>
/// <typeparam name="TMessage">What the client sends; it must be in a <c>JsonSerializerContext</c> of the
/// app.</typeparam>
public abstract class WebSocketHandler<TMessage> : WebSocketHandler
{
    private JsonTypeInfo<TMessage>? _type;

    /// <summary>A message.</summary>
    protected abstract ValueTask Message(TMessage message);

    /// <summary>A message that is not the JSON of a <typeparamref name="TMessage"/>. The default closes with
    /// 1007.</summary>
    /// <param name="error">Where the JSON is wrong.</param>
    protected virtual void InvalidMessage(JsonException error)
    {
        ArgumentNullException.ThrowIfNull(error);
        CloseSocket(CloseCode.NotUtf8,
            error.Path is null ? "Message is not the expected JSON"
            : $"Message is not the expected JSON: {error.Path}");
    }

    /// <inheritdoc/>
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind)
    {
        TMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(data, _type ??= JsonMetadata.Of<TMessage>());
            if (message is null && !typeof(TMessage).IsValueType) throw new JsonException("The message is null.");
        }
        catch (JsonException e)
        {
            InvalidMessage(e);
            return;
        }

        Pend(Message(message!));
    }

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
