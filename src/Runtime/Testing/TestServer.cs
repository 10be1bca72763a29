using System.Net;
using System.Net.Http;
using Prebake.Testing;

namespace Prebake;

/// <summary>
/// An app that answers a test, made by <c>Serve.Test</c>: in memory, without a port, through the whole pipeline; or a
/// program that runs already. Each has loops, connections and cookies of its own, so that tests may run at the same
/// time. All members may be used from any thread.
/// </summary>
/// <example><code>
/// public sealed class AppTests
/// {
///     [Fact]
///     public async Task The_front_page_greets()
///     {
///         await using TestServer test = Serve.Test(new App());
///         Assert.Equal("Hello", await test.GetStringAsync("/"));
///     }
/// }
/// </code></example>
public sealed class TestServer : IAsyncDisposable
{
    private readonly TestTarget _target;
    private readonly List<HttpClient> _clients = [];
    private HttpClient? _client;
    private bool _isDisposed;

    internal TestServer(TestTarget target) => _target = target;

    /// <summary>Where <see cref="Client"/> sends its requests: <c>http://localhost/</c>, or https with
    /// certificates.</summary>
    public Uri BaseAddress => _target.BaseAddress;

    /// <summary>The app is served in memory, and not by a program that runs already.</summary>
    public bool IsInMemory => _target is MemoryTarget;

    /// <summary>The server, to stop it, to publish, or to look at its counters.</summary>
    /// <exception cref="InvalidOperationException">It runs in another process.</exception>
    public Server Server => _target.InMemory.Server;

    /// <summary>
    /// The client of the methods here. It keeps cookies and follows no redirects; relative addresses are the server's.
    /// </summary>
    public HttpClient Client
    {
        get
        {
            lock (_clients) return _client ??= CreateClient();
        }
    }

    /// <summary>
    /// The exceptions of handlers that nobody expected, the oldest first, whether an <c>[Error]</c> method has answered
    /// them or not. An <see cref="HttpException"/> is not one of them. They are in the log, too.
    /// </summary>
    /// <exception cref="InvalidOperationException">The server runs in another process.</exception>
    public IReadOnlyList<Exception> Exceptions => _target.InMemory.Exceptions;

    /// <summary>
    /// An exception that no <c>[Error]</c> method answers is thrown where the request was sent, instead of a response
    /// with 500. Default true; false shows the response, as a client would see it. Always the latter for a program that
    /// runs elsewhere.
    /// </summary>
    public bool ThrowsExceptions
    {
        get => _target is MemoryTarget { ThrowsExceptions: true };
        set
        {
            if (_target is MemoryTarget memory) memory.ThrowsExceptions = value;
        }
    }

    /// <summary>Another client, with connections and cookies of its own. It is disposed of together with this
    /// object.</summary>
    /// <param name="options">What it is like; null for the defaults.</param>
    /// <exception cref="InvalidOperationException">An address is given, and the server runs in another
    /// process.</exception>
    public HttpClient CreateClient(TestClientOptions? options = null)
    {
        var client = new HttpClient(CreateHandler(options)) { BaseAddress = BaseAddress };
        lock (_clients)
        {
            if (!_isDisposed)
            {
                _clients.Add(client);
                return client;
            }
        }

        client.Dispose();
        throw new ObjectDisposedException(nameof(TestServer));
    }

    /// <summary>
    /// What sends requests to the server, for clients that are made with a handler (generated ones, gRPC-like ones,
    /// <c>ClientWebSocket</c>). Yours to dispose of.
    /// </summary>
    /// <inheritdoc cref="CreateClient"/>
    public HttpMessageHandler CreateHandler(TestClientOptions? options = null) =>
        new TestHandler(_target, options ?? new TestClientOptions());

    /// <summary>Sends a GET request.</summary>
    /// <param name="path">Path and query, such as <c>/users/5?x=1</c>.</param>
    /// <param name="cancellationToken">Cancels as a client that leaves.</param>
    /// <returns>The response, whatever its status.</returns>
    /// <exception cref="HttpRequestException">There is no response: the connection was cut.</exception>
    public Task<HttpResponseMessage> GetAsync(string path, CancellationToken cancellationToken = default) =>
        Client.GetAsync(path, cancellationToken);

    /// <summary>Sends a GET request and returns the body as text.</summary>
    /// <inheritdoc cref="GetAsync"/>
    /// <returns>The body.</returns>
    /// <exception cref="HttpRequestException">The status is not 2xx, or there is no response.</exception>
    public Task<string> GetStringAsync(string path, CancellationToken cancellationToken = default) =>
        Client.GetStringAsync(path, cancellationToken);

    /// <summary>Sends a POST request.</summary>
    /// <param name="path">Path and query.</param>
    /// <param name="content">The body, such as <c>JsonContent.Create(…)</c>; null for none.</param>
    /// <param name="cancellationToken">Cancels as a client that leaves.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<HttpResponseMessage> PostAsync(
        string path, HttpContent? content = null, CancellationToken cancellationToken = default) =>
        Client.PostAsync(path, content, cancellationToken);

    /// <summary>Sends a PUT request.</summary>
    /// <inheritdoc cref="PostAsync"/>
    public Task<HttpResponseMessage> PutAsync(
        string path, HttpContent? content = null, CancellationToken cancellationToken = default) =>
        Client.PutAsync(path, content, cancellationToken);

    /// <summary>Sends a PATCH request.</summary>
    /// <inheritdoc cref="PostAsync"/>
    public Task<HttpResponseMessage> PatchAsync(
        string path, HttpContent? content = null, CancellationToken cancellationToken = default) =>
        Client.PatchAsync(path, content, cancellationToken);

    /// <summary>Sends a DELETE request.</summary>
    /// <inheritdoc cref="GetAsync"/>
    public Task<HttpResponseMessage> DeleteAsync(string path, CancellationToken cancellationToken = default) =>
        Client.DeleteAsync(path, cancellationToken);

    /// <summary>Sends a request of your own.</summary>
    /// <param name="request">Its address may be relative.</param>
    /// <param name="completion">
    /// Whether to wait for the whole body, the default, or to read it as it comes: a stream of events has no end.
    /// </param>
    /// <param name="cancellationToken">Cancels as a client that leaves.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead,
        CancellationToken cancellationToken = default) => Client.SendAsync(request, completion, cancellationToken);

    /// <summary>Opens a WebSocket.</summary>
    /// <param name="path">Path and query, such as <c>/chat?room=5</c>.</param>
    /// <param name="protocols">The subprotocols that the client speaks, best first; null for none.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <exception cref="WebSocketRefusedException">The server answered with something else than 101.</exception>
    /// <exception cref="IOException">The connection was cut before an answer came.</exception>
    public ValueTask<WebSocketClient> ConnectAsync(
        string path, string[]? protocols = null, CancellationToken cancellationToken = default) =>
        ConnectAsync(new Request(path), protocols, cancellationToken);

    /// <summary>The same with headers of your own, such as <c>Origin</c>, <c>Cookie</c> or
    /// <c>Authorization</c>.</summary>
    /// <inheritdoc cref="ConnectAsync(string, string[], CancellationToken)"/>
    /// <param name="request">A GET request, made with one of its constructors.</param>
    /// <param name="protocols">The subprotocols that the client speaks, best first; null for none.</param>
    /// <param name="cancellationToken">Gives up the handshake.</param>
    /// <exception cref="ArgumentException">The request was received from a client, or is not a GET without a
    /// body.</exception>
    public ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(request);
        return _target.ConnectAsync(request, protocols, cancellationToken);
    }

    /// <summary>
    /// Opens a connection for bytes of your own, such as a request that no client would send. A server with
    /// certificates expects a TLS handshake on it. To dispose of it cuts the connection.
    /// </summary>
    /// <param name="from">Where the client seems to be, in memory; null for 127.0.0.1.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">An address is given, and the server runs in another
    /// process.</exception>
    public ValueTask<Stream> OpenConnectionAsync(
        IPAddress? from = null, CancellationToken cancellationToken = default)
    {
        if (from is not null) _ = _target.InMemory;             // elsewhere nobody can be where he is not
        return _target.OpenAsync(from, cancellationToken);
    }

    /// <summary>
    /// From the next request on, this takes the place of the <c>[Provide]</c> method of that type: a test says who is
    /// asking.
    /// </summary>
    /// <typeparam name="T">What the provider returns, or its task's result.</typeparam>
    /// <param name="provider">Makes the value, perhaps null, for each request that needs one.</param>
    /// <returns>This object.</returns>
    /// <exception cref="InvalidOperationException">The server runs in another process.</exception>
    /// <example><code>test.Provide&lt;Account?&gt;(request => new Account("bob"));</code></example>
    public TestServer Provide<T>(Func<Request, T> provider)
    {
        ArgumentNullException.ThrowIfNull(provider);
        _target.InMemory.Overrides.Set(provider);
        return this;
    }

    /// <summary>The same with one value for all requests.</summary>
    /// <inheritdoc cref="Provide{T}(Func{Request, T})"/>
    /// <param name="value">The value, perhaps null.</param>
    public TestServer Provide<T>(T value) => Provide(_ => value);

    /// <summary>Cuts what is still connected and stops the server; one that runs in another process goes on.</summary>
    public async ValueTask DisposeAsync()
    {
        HttpClient[] clients;
        lock (_clients)
        {
            _isDisposed = true;
            clients = [.. _clients];
            _clients.Clear();
        }

        foreach (HttpClient client in clients) client.Dispose();
        await _target.DisposeAsync().ConfigureAwait(false);
    }
}
