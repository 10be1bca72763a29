using Microsoft.Extensions.Logging;
using Prebake.Logging;
using Prebake.WebSockets;

namespace Prebake;

/// <summary>
/// Connects the instances of an app, so that what one of them publishes reaches the subscribers of all. The package
/// <c>Prebake.Redis</c> has one; derive from this class to use something else. One object serves one server.
/// </summary>
/// <example><code>
/// Serve.Run&lt;App&gt;(new ServeOptions { Backplane = new RedisBackplane("localhost:6379") });
/// </code></example>
public abstract class Backplane
{
    private Server? _server;

    /// <summary>The log of the server. Only after it has started.</summary>
    protected ILogger Logger => Serving.Logger;

    /// <summary>
    /// The server starts. Begin to connect and return at once: the server answers meanwhile, and goes on when the
    /// link fails.
    /// </summary>
    protected abstract void Start();

    /// <summary>
    /// The server has stopped: nothing more is published. Hand over what still waits, within a moment.
    /// </summary>
    protected abstract ValueTask StopAsync();

    /// <summary>
    /// Passes a message on to the other instances, in the order of the calls of each thread. Called from any thread,
    /// perhaps from an event loop, so it must not wait.
    /// </summary>
    /// <param name="topic">Not empty.</param>
    /// <param name="data">The payload, UTF-8 if it is text. It never changes and may be kept.</param>
    /// <param name="kind">Text or binary.</param>
    /// <param name="compress">Whether the publisher has asked for compression.</param>
    /// <returns>False: too much waits already, and this message is lost for other instances.</returns>
    protected abstract bool TryPublish(string topic, ReadOnlyMemory<byte> data, MessageKind kind, bool compress);

    /// <summary>
    /// Hands a message that another instance has published to the subscribers of this one. Call it in the order in
    /// which messages arrive; from any thread. The bytes are copied.
    /// </summary>
    /// <exception cref="ArgumentException">Text that is not UTF-8.</exception>
    protected void Deliver(string topic, ReadOnlySpan<byte> data, MessageKind kind, bool compress)
    {
        ArgumentNullException.ThrowIfNull(topic);
        Serving.Topics.Deliver(topic, new MessageSource(data, kind, compress));
    }

    // Virtual, so that an app without a backplane carries nothing of this
    internal virtual void Begin(Server server)
    {
        if (Interlocked.CompareExchange(ref _server, server, null) is not null)
            throw new InvalidOperationException("A backplane serves one server: make one for each.");
        Start();
    }

    internal virtual async ValueTask EndAsync()
    {
        try
        {
            await StopAsync().ConfigureAwait(false);
        }
        catch (Exception e)
        {
            Log.BackplaneFailed(Logger, e);         // the server stops all the same
        }
    }

    internal virtual bool TryPublish(string topic, PublishedMessage message) =>
        TryPublish(topic, message.Payload, message.Kind, message.WantsCompression);

    private Server Serving =>
        _server ?? throw new InvalidOperationException("The server has not started yet: wait for Start.");
}
