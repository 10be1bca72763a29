using System.Collections.Concurrent;
using System.Net;
using System.Runtime.ExceptionServices;
using Prebake.Lifetime;
using Prebake.Routing;
using Prebake.Transports;
using Prebake.Transports.Sockets;

namespace Prebake.Testing;

/// <summary>A server without a port, and what a test can see of it beside its responses.</summary>
internal sealed class MemoryTarget : TestTarget
{
    // As large as a test needs it to notice what only several loops show
    private const int Loops = 2;

    // Where systems begin to take the ports of clients from (RFC 6335 section 6)
    private const int FirstPort = 49152, Ports = 65536 - FirstPort;

    private readonly ServerSeam _seam;
    private readonly ServeOptions _options;
    private int _clients = -1;

    private MemoryTarget(Server server, ServerSeam seam, ServeOptions options) =>
        (Server, _seam, _options) = (server, seam, options);

    public Server Server { get; }

    public override Uri BaseAddress => Server.Url;

    public override MemoryTarget InMemory => this;

    // Half of what the server allows, and no more than HttpClient itself would
    public override TimeSpan KeepAlive => _options.IdleTimeout == Timeout.InfiniteTimeSpan
        ? TimeSpan.FromMinutes(1)
        : TimeSpan.FromTicks(Math.Min(_options.IdleTimeout.Ticks / 2, TimeSpan.TicksPerMinute));

    /// <summary>The exceptions that nobody expected, the oldest first.</summary>
    public Exception[] Exceptions => [.. _seam.Errors];

    /// <summary>An exception that the framework answers is thrown where the request was sent.</summary>
    public bool ThrowsExceptions { get; set; } = true;

    public ProviderOverrides Overrides => _seam.Overrides;

    public static MemoryTarget Start(Func<RouteTable> makeTable, ServeOptions options)
    {
        options.Validate();
        var seam = new ServerSeam();
        ServeOptions own = options with
        {
            Seam = seam,
            Port = null,
            Hostname = null,
            Unix = null,
            UnixMode = null,
            UnixGroup = null,
            HttpsRedirect = null,
            HttpsRedirectTo = null,
            ReusePort = false,
            IPv6Only = false,
            ProxyProtocol = false,
        };
        return new MemoryTarget(Server.Start(makeTable, own, args: null).FinishStart(), seam, own);
    }

    public override ValueTask<Stream> OpenAsync(IPAddress? client, CancellationToken cancellationToken)
    {
        TestPeer peer = NewPeer(client);
        return new(new MemoryStreamOfClient(Server.OpenSocket(peer), peer));
    }

    public override async ValueTask<WebSocketClient> ConnectAsync(
        Request request, string[]? protocols, CancellationToken cancellationToken)
    {
        TestPeer peer = NewPeer(null);
        var call = new TestCall();
        peer.Call = call;
        try
        {
            return await Server.ConnectAsync(request, protocols, peer, cancellationToken).ConfigureAwait(false);
        }
        catch (WebSocketRefusedException) when (ErrorOf(call) is { } error)
        {
            ExceptionDispatchInfo.Throw(error);
            throw;
        }
    }

    /// <summary>What is to be thrown in place of a call's response, or null.</summary>
    public Exception? ErrorOf(TestCall call) => ThrowsExceptions ? call.Error : null;

    // Whoever is still connected has nobody left who would read
    public override ValueTask DisposeAsync() => new(Server.StopAsync(closeActiveConnections: true));

    private TestPeer NewPeer(IPAddress? client) => new(
        client ?? IPAddress.Loopback, FirstPort + (int)((uint)Interlocked.Increment(ref _clients) % Ports));

    private sealed class ServerSeam : TestSeam
    {
        private readonly ConcurrentQueue<Exception> _errors = new();

        public IEnumerable<Exception> Errors => _errors;

        // With nothing to listen on it is threads and nothing else
        public override Transport CreateTransport(Action<Connection> accept) => new SocketTransport([], Loops, accept);

        public override void Reported(Exception error) => _errors.Enqueue(error);

        public override void Unanswered(Exception error, IPEndPoint? client) => (client as TestPeer)?.Call?.Fail(error);
    }
}
