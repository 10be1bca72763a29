using System.Net;

namespace Prebake.Testing;

/// <summary>Where the requests of a test go: a server in memory, or one that runs elsewhere.</summary>
internal abstract class TestTarget : IAsyncDisposable
{
    public abstract Uri BaseAddress { get; }

    /// <summary>How long a connection may be kept for another request; the server must not close it first.</summary>
    public abstract TimeSpan KeepAlive { get; }

    /// <summary>The server in memory.</summary>
    /// <exception cref="InvalidOperationException">It runs elsewhere.</exception>
    public abstract MemoryTarget InMemory { get; }

    /// <summary>Opens a connection.</summary>
    /// <param name="client">Where the client seems to be; null where nobody has said.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public abstract ValueTask<Stream> OpenAsync(IPAddress? client, CancellationToken cancellationToken);

    /// <summary>Opens a WebSocket.</summary>
    public abstract ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols, CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();
}
