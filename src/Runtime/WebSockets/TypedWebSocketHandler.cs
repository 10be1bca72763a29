using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Prebake.Http;
using Prebake.WebSockets;

namespace Prebake;

/// <summary>A <see cref="WebSocketHandler"/> whose client sends JSON, read by the app's JSON context.</summary>
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
}
