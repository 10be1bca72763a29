namespace Prebake;

/// <summary>A <see cref="WebSocketHandler"/> whose messages are JSON, read and written by the app's JSON context.</summary>
/// <typeparam name="TMessage">What the client sends; it must be in a <c>JsonSerializerContext</c> of the app.</typeparam>
public abstract class WebSocketHandler<TMessage> : WebSocketHandler
{
    /// <summary>A message. One that is not the JSON of a <typeparamref name="TMessage"/> closes with 1007.</summary>
    protected abstract ValueTask Message(TMessage message);

    /// <summary>Sends a value as JSON text.</summary>
    /// <typeparam name="T">Its type; it must be in a <c>JsonSerializerContext</c> of the app.</typeparam>
    public SendStatus SendJson<T>(T value, bool compress = false) => throw new NotImplementedException();
}
