using System.Net;
using Microsoft.Extensions.Logging;
using Prebake.Development;
using Prebake.Lifetime;
using Prebake.Http;
using Prebake.Http1;
using Prebake.Logging;
using Prebake.Telemetry;
using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake;

/// <summary>
/// A running server (rows A91–A111). Made by <see cref="Serve"/>; handlers get it by asking for a <c>Server</c> parameter. All members may be
/// used from any thread.
/// </summary>
public sealed class Server : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private readonly Http1Service _http1;
    private readonly ConnectionCount _connections = new();
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _lifetime = new();
    private readonly LoopWatch? _watch;
    private Instruments.Gauges? _gauges;
    private Func<RouteTable> _makeTable;
    private Transport? _transport;
    private bool _background;
    private ListenAddress? _passed;
    private bool _stopping;
    private bool _full;             // said once
    private long _exhaustedAt = long.MinValue / 2;

    private Server(ServeOptions options, Func<RouteTable> makeTable, RouteTable table)
    {
        _options = options;
        _makeTable = makeTable;
        Development = options.Development ?? BuildConfiguration.IsDebug;
        Logger = options.LoggerFactory?.CreateLogger(Log.ServerCategory) ?? new ConsoleLog(Log.ServerCategory, options.LogFormat);
        if (Development) _watch = new LoopWatch(Logger, Environment.ProcessorCount);

        _http1 = new Http1Service(this, table, new Http1Settings
        {
            Limits = new Http1Limits(options.MaxRequestTargetSize, options.MaxRequestHeadSize, options.MaxRequestFieldCount),
            IdleTimeout = options.IdleTimeout,
            HeadTimeout = options.HeadTimeout,
            HeartbeatInterval = options.HeartbeatInterval,
            MinRequestBodyRate = options.MinRequestBodyRate,
            MinResponseRate = options.MinResponseRate,
            MaxRequestBodySize = options.MaxRequestBodySize,
            Development = Development,
            Watch = _watch,
            LogError = (error, request) => Log.Unhandled(Logger, error, request),
        });
    }

    /// <summary>
    /// Where the server is reached: <c>http://localhost:3000/</c>, <c>unix:///run/app.sock</c> or <c>abstract://name/</c> (row A70). Still
    /// readable after it has stopped.
    /// </summary>
    public Uri Url => field ??= new Uri(UrlText);

    /// <summary>The port, the real one if 0 was asked for; null on unix sockets (row A69).</summary>
    public int? Port { get; private set; }

    /// <summary>The host name as given, <c>localhost</c> if none was; null on unix sockets (row A71).</summary>
    public string? Hostname => Unix is not null ? null : _passed is { EndPoint: { } endPoint } ? HostOf(endPoint.Address) : _options.Hostname ?? "localhost";

    /// <summary>The path of the unix socket, with a leading NUL if it is abstract, or null.</summary>
    public string? Unix => _passed is null ? _options.Unix : _passed.UnixPath;

    /// <summary>The server has been told to stop; <c>/readyz</c> of <c>[Health]</c> says so (row C52).</summary>
    public bool IsStopping { get; private set; }

    /// <summary>Whether errors are shown to clients (row A111).</summary>
    public bool Development { get; }

    /// <summary>The name given in the options, or empty (row A110).</summary>
    public string Id => _options.Id ?? "";

    /// <summary>Requests being answered at the moment, the asking one included (row A107).</summary>
    public int PendingRequests => _http1.PendingRequests;

    /// <summary>Where the port came from, for the line printed at start.</summary>
    internal string PortSource { get; private set; } = "";

    internal ILogger Logger { get; }

    /// <summary>For tests that look at the loops.</summary>
    internal Transport Transport => _transport!;

    internal string UrlText
    {
        get
        {
            if (Unix is { } path) return path[0] == '\0' ? $"abstract://{path[1..]}/" : $"unix://{Path.GetFullPath(path)}";
            string host = Hostname!;
            return $"http://{(host.Contains(':') ? $"[{host}]" : host)}:{Port}/";
        }
    }

    /// <summary>Completes when the server has stopped.</summary>
    internal Task Stopped => _stopped.Task;

    /// <summary>
    /// Stops accepting at once and closes idle connections. Requests in flight finish, and then their connections close; with
    /// <paramref name="closeActiveConnections"/> they are cut without an answer (rows A91–A95). May be called again, also to cut after all.
    /// </summary>
    /// <returns>Completes when every connection is gone.</returns>
    public Task StopAsync(bool closeActiveConnections = false)
    {
        lock (_lifetime)
        {
            if (!_stopping)
            {
                _stopping = IsStopping = true;
                _http1.IsDraining = true;
                _transport?.StopListening();
                _ = FinishStoppingAsync();
            }
        }

        if (_transport is { } transport)
        {
            foreach (Loop loop in transport.Loops)
            {
                if (closeActiveConnections) loop.ForEachConnection(static connection => connection.Abort());
                else loop.Drain();
            }
        }

        return _stopped.Task;
    }

    /// <summary>
    /// Evaluates every <c>[Static]</c> that is not a constant again, then swaps the route table in one step: requests in flight keep the old one (rows A46, A47).
    /// What a member throws passes through, and the old table stays.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The server has been stopped (row A100).</exception>
    public Task ReloadAsync() => ReloadAsync(_makeTable);

    /// <summary>Serves another app from now on: its handlers, its static routes, its <c>[Error]</c> handler (rows A98, A99).</summary>
    /// <param name="app">The object whose members are the routes.</param>
    /// <exception cref="ObjectDisposedException">The server has been stopped (row A100).</exception>
    public Task ReloadAsync<TApp>(TApp app) where TApp : IApp<TApp> => ReloadAsync(() => TApp.CreateTable(app));

    /// <summary>
    /// Answers a request without a socket, through the whole pipeline: parser, routes, static responses, handlers, <c>[Error]</c> (rows A163, D16).
    /// A streamed answer is complete when this completes.
    /// </summary>
    /// <param name="request">Made with one of its constructors.</param>
    /// <param name="cancellationToken">As if the peer left.</param>
    /// <exception cref="ArgumentException">The request was received from a client.</exception>
    /// <exception cref="IOException">The handler cut the connection.</exception>
    /// <exception cref="ObjectDisposedException">The server has been stopped.</exception>
    public async ValueTask<Response> FetchAsync(Request request, CancellationToken cancellationToken = default)
    {
        if (request.Outgoing is not { } outgoing) throw new ArgumentException("FetchAsync takes a request made with new Request(…), not one that was received.", nameof(request));
        ObjectDisposedException.ThrowIf(_stopping, this);

        byte[] bytes = outgoing.Serialize(request.Headers);
        ReadOnlyMemory<byte> answer = await MemoryConnection.ExchangeAsync(_transport!.Loops[0], bytes, cancellationToken).ConfigureAwait(false);
        return ResponseReader.Read(answer, isHead: outgoing.Method == "HEAD");
    }

    /// <summary>Answers a GET request without a socket.</summary>
    /// <inheritdoc cref="FetchAsync(Request, CancellationToken)"/>
    /// <param name="url">A path such as <c>/users/5?x=1</c>, or a whole http address.</param>
    public ValueTask<Response> FetchAsync(string url) => FetchAsync(new Request(url));

    /// <summary>
    /// Closes the keep-alive connections that have no request in flight, and says how many (row B77).
    /// </summary>
    public int CloseIdleConnections()
    {
        if (_transport is not { } transport) return 0;

        int closed = 0;
        var pending = new CountdownEvent(1);

        foreach (Loop loop in transport.Loops)
        {
            if (loop.IsCurrent) { closed += CloseIdle(loop); continue; }

            pending.AddCount();
            bool accepted = loop.Post(_ =>
            {
                Interlocked.Add(ref closed, CloseIdle(loop));
                pending.Signal();
            }, null);
            if (!accepted) pending.Signal();
        }

        // From a handler on a loop, only a moment: another loop may be waiting for this one
        pending.Signal();
        pending.Wait(Loop.IsAnyCurrent ? 100 : 5_000);
        return Volatile.Read(ref closed);
    }

    /// <summary>Holds the process while the server runs; the default (row A97).</summary>
    /// <returns>This server.</returns>
    public Server Ref() => SetBackground(false);

    /// <summary>Lets the process end although the server runs (row A97).</summary>
    /// <returns>This server.</returns>
    public Server Unref() => SetBackground(true);

    /// <summary>Stops gently, as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Makes the table, evaluates its start-up routes, listens, and starts the loops.</summary>
    internal static Server Start(Func<RouteTable> makeTable, ServeOptions options, string[] args)
    {
        options.Validate();
        PortSetting port = options.Unix is null ? PortSetting.Find(options.Port, args, Environment.GetEnvironmentVariable) : default;

        RouteTable table = makeTable();
        Bake(table).GetAwaiter().GetResult();

        var server = new Server(options, makeTable, table) { PortSource = port.Source ?? "" };
        server.Listen(port.Port);
        if (server.Development && System.Reflection.Metadata.MetadataUpdater.IsSupported) HotReload.Watch(server);
        return server;
    }

    private void Listen(int port)
    {
        _transport = TransportChoice.Create(_options, ListenAddresses.Of(_options, port), Accept);
        Port = _transport.Bound[0].Port;
        if (_transport.Bound[0].Address is { Descriptor: not null } passed)
        {
            PortSource = "LISTEN_FDS";
            _passed = passed;
        }

        _transport.SetBackground(_background);
        foreach (Loop loop in _transport.Loops)
        {
            loop.Exhausted = SayExhausted;
            loop.Faulted = error => Log.LoopFault(Logger, error);
        }

        if (_options.AccessLog) LetObserve();
        _transport.Start();
    }

    /// <summary>What need not stand in front of the first answer.</summary>
    internal Server FinishStart()
    {
        lock (_lifetime)
        {
            if (!_stopping) _transport!.StartOthers();
        }

        return LetObserve();
    }

    /// <summary>
    /// From here on requests are seen by meters, traces and the access log. Called when the server listens already, since making the instruments takes longer than
    /// answering the first request.
    /// </summary>
    private Server LetObserve()
    {
        if (_gauges is not null) return this;

        Instruments.Add(_gauges = new Instruments.Gauges(() => PendingRequests, () => _connections.Open));
        ILogger? access = _options.LoggerFactory?.CreateLogger(Log.AccessCategory);
        _http1.Observer = new RequestObserver(_options.AccessLog ? new AccessLog(access, _options.LogFormat) : null, "http", Logger);
        return this;
    }

    /// <summary>Readiness off, while requests and connections are still taken: the beginning of a stop on a signal.</summary>
    internal void BecomeUnready() => IsStopping = true;

    private void Accept(Connection connection)
    {
        _connections.Opened();
        connection.Ended = _connections.Ended;
        if (_options.MaxConnections is { } most && _connections.Open > most)
        {
            TurnedAway.Answer(connection);
            Instruments.RejectedConnections.Add(1);
            if (Interlocked.Exchange(ref _full, true) is false) Log.TooManyConnections(Logger, most);
            return;
        }

        _http1.Accept(connection);
        if (_http1.IsDraining) connection.Protocol.Drain();
    }

    // Once a minute, however long it lasts
    private void SayExhausted()
    {
        long now = Environment.TickCount64;
        if (now - Interlocked.Exchange(ref _exhaustedAt, now) > 60_000) Log.Exhausted(Logger);
    }

    private static async Task Bake(RouteTable table)
    {
        if (table.Json is { } json) JsonMetadata.Add(json);
        await table.BakeAsync().ConfigureAwait(false);
    }

    private async Task ReloadAsync(Func<RouteTable> makeTable)
    {
        ObjectDisposedException.ThrowIf(_stopping, this);

        RouteTable table = makeTable();
        await Bake(table).ConfigureAwait(false);

        _makeTable = makeTable;
        _http1.Table = table;
    }

    private async Task FinishStoppingAsync()
    {
        if (_transport is { } transport)
        {
            await transport.Unlistened.ConfigureAwait(false);
            _connections.Close();
            await _connections.Empty.ConfigureAwait(false);
            await transport.StopAsync().ConfigureAwait(false);
        }

        if (_gauges is { } gauges) Instruments.Remove(gauges);
        _watch?.Dispose();
        ConsoleWriter.Error.Flush();
        ConsoleWriter.Output.Flush();

        _stopped.TrySetResult();
    }

    private Server SetBackground(bool background)
    {
        _background = background;
        _transport?.SetBackground(background);
        return this;
    }

    private static string HostOf(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any) ? "localhost" : address.ToString();

    // Those that are idle now. The one whose handler asks is not, though it may seem so; and they close when its turn has ended.
    private static int CloseIdle(Loop loop) =>
        loop.ForEachConnection(connection => connection != loop.Output.Owner && !connection.IsClosing && connection.Protocol.IsIdle, static connection =>
        {
            if (connection.Protocol.IsIdle) connection.CloseAfterFlush(linger: false);
        });
}
