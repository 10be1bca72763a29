using Microsoft.Extensions.Logging;
using Prebake.Development;
using Prebake.Http;
using Prebake.Http1;
using Prebake.Lifetime;
using Prebake.Logging;
using Prebake.Proxies;
using Prebake.Serving;
using Prebake.Telemetry;
using Prebake.Tls;
using Prebake.Transports;
using Prebake.Transports.Memory;

namespace Prebake;

/// <summary>
/// A running server. Made by <see cref="Serve"/>; handlers get it by asking for a <c>Server</c> parameter. All members may be used from any thread.
/// </summary>
public sealed partial class Server : IAsyncDisposable
{
    private readonly ServeOptions _options;
    private readonly ServerLife _life;
    private readonly Http1Service _http1;
    private readonly Admission _admission;
    private readonly OpenCount _fetches = new();
    private readonly GracefulStop _gracefulStop;
    private readonly LoopWatch? _watch;
    private readonly Transport _transport;
    private readonly TlsTermination? _tls;
    private readonly ConnectionGreeter? _greeter;
    private readonly ServerAddress _address;
    private Server? _redirect;                  // beside a server of https, on a port of http
    private Instruments.Gauges? _gauges;
    private Func<RouteTable> _makeTable;
    private long _exhaustedAt = long.MinValue / 2;

    private Server(ServeOptions options, PortSetting port, Func<RouteTable> makeTable, RouteTable table)
    {
        _options = options;
        _makeTable = makeTable;
        Development = options.Development ?? BuildConfiguration.IsDebug;
        Logger = options.LoggerFactory?.CreateLogger(Log.ServerCategory) ?? new ConsoleLog(Log.ServerCategory, options.LogFormat);

        if (options.Tls is [var first, ..]) _tls = first.Source.Terminate(TlsSettings());

        // From here on there is something to be given back: what follows is the server's own and does not fail
        if (options.Seam is { } seam)
        {
            _transport = seam.CreateTransport(Accept);
            _address = ServerAddress.InMemory(isHttps: _tls is not null);
        }
        else
        {
            _transport = TransportChoice.Create(options, ListenAddresses.Of(options, port), Accept);
            _address = ServerAddress.Of(options, port, _transport.Bound[0]);
        }

        _life = new ServerLife(_transport.StartOthers);
        _admission = new Admission(options.MaxConnections, Logger, speaksTls: _tls is not null);
        _gracefulStop = new GracefulStop(this, options.ShutdownDelay, options.ShutdownTimeout, options.IsRedirect);
        if (Development) _watch = new LoopWatch(Logger, Environment.ProcessorCount);
        if (options.ProxyProtocol) _greeter = options.MakeGreeter!(options.TrustedProxies, IsUnix, options.HeadTimeout, Logger, Begin);
        ServingSettings settings = Settings();
        _http1 = new Http1Service(this, table, settings,
            new Http1Limits(
                options.MaxRequestTargetSize, options.MaxRequestHeadSize, options.MaxRequestFieldCount,
                IsSecure: settings.Scheme == "https"));
    }

    /// <summary>
    /// Where the server is reached: <c>http://localhost:3000/</c>, <c>unix:///run/app.sock</c> or <c>abstract://name/</c>. Still readable after it has
    /// stopped.
    /// </summary>
    public Uri Url => _address.Url;

    /// <summary>The port that the server listens on, also if 0 was asked for; null on unix sockets.</summary>
    public int? Port => _address.Port;

    /// <summary>The host name as given, <c>localhost</c> if none was; null on unix sockets.</summary>
    public string? Hostname => _address.Hostname;

    /// <summary>The path of the unix socket, with a leading NUL if it is abstract, or null.</summary>
    public string? Unix => _address.Unix;

    /// <summary>The server has been told to stop; <c>/readyz</c> of <c>[Health]</c> says so.</summary>
    public bool IsStopping => _life.IsStopping;

    /// <summary>Whether errors are shown to clients.</summary>
    public bool Development { get; }

    /// <summary>The name given in the options, or empty.</summary>
    public string Id => _options.Id ?? "";

    /// <summary>Requests being answered at the moment, the asking one included.</summary>
    public int PendingRequests => _http1.PendingRequests;

    /// <summary>Where the port came from, for the line printed at start.</summary>
    internal string PortSource => _address.PortSource;

    /// <summary>Where plain http is sent to https, or null.</summary>
    internal Server? Redirect => _redirect;

    private bool IsUnix => _address.Unix is not null;

    private string Scheme => _tls is null ? "http" : "https";

    internal string UrlText => _address.Text;

    internal ILogger Logger { get; }

    /// <summary>Where its log goes: two servers of the same factory, or of none, write to one.</summary>
    internal object LogTarget => _options.LoggerFactory ?? (object)_options.LogFormat;

    /// <summary>What its connections share. For tests.</summary>
    internal Service Service => _http1;

    /// <summary>For those that look at the loops.</summary>
    internal Transport Transport => _transport;

    /// <summary>Completes when the server has stopped.</summary>
    internal Task Stopped => _life.Stopped;

    /// <summary>
    /// Stops accepting at once and closes idle connections; streams of server-sent events end. Requests in flight finish, and then their connections close;
    /// with <paramref name="closeActiveConnections"/> they are cut without a response. There is no deadline. May be called again, also to cut after all.
    /// </summary>
    /// <returns>Completes when every connection is gone. A handler that waits for it would wait for itself.</returns>
    public Task StopAsync(bool closeActiveConnections = false)
    {
        bool isFirst = _life.TryAdvance(ServerState.Draining, () =>
        {
            _http1.IsDraining = true;
            _transport.StopListening();
        });

        _redirect?.StopAsync(closeActiveConnections);
        if (closeActiveConnections && _life.State is ServerState.Draining) OpenConnections.Abort(_transport);
        else if (isFirst) OpenConnections.Drain(_transport);

        if (isFirst) _ = FinishStoppingAsync();
        return _life.Stopped;
    }

    /// <summary>
    /// Evaluates every <c>[Static]</c> that is not a constant again, then swaps the route table in one step: requests in flight keep the old one.
    /// What a member throws passes through, and the old table stays.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The server is draining or has stopped.</exception>
    public Task ReloadAsync() => ReloadAsync(_makeTable);

    /// <summary>Serves another app from now on: its handlers, its static routes, its <c>[Error]</c> handler.</summary>
    /// <param name="app">The object whose members are the routes.</param>
    /// <exception cref="ObjectDisposedException">The server is draining or has stopped.</exception>
    public Task ReloadAsync<TApp>(TApp app) where TApp : IApp<TApp> => ReloadAsync(() => TApp.CreateTable(app));

    /// <summary>
    /// Answers a request without a socket, through the whole pipeline: parser, routes, static responses, handlers, <c>[Error]</c>. A streamed response is
    /// complete when this completes. A fetch that has begun is a request in flight: a stop waits for it. One that begins later is refused.
    /// </summary>
    /// <param name="request">Made with one of its constructors.</param>
    /// <param name="cancellationToken">Cancels as if the client had left.</param>
    /// <exception cref="ArgumentException">The request was received from a client.</exception>
    /// <exception cref="IOException">The handler cut the connection.</exception>
    /// <exception cref="ObjectDisposedException">The server is draining or has stopped, or it stopped before it came to this request.</exception>
    public async ValueTask<Response> FetchAsync(Request request, CancellationToken cancellationToken = default)
    {
        if (request.Outgoing is not { } outgoing)
            throw new ArgumentException(
                "FetchAsync needs a request made with new Request(…), not one that was received.", nameof(request));

        // Counted, so that the loops do not end under it
        ObjectDisposedException.ThrowIf(_life.IsOver || !_fetches.TryOpen(), this);
        try
        {
            byte[] bytes = outgoing.Serialize(request.Headers);
            ReadOnlyMemory<byte> answer = await MemoryConnection.ExchangeAsync(_transport.Loops[0], bytes, cancellationToken).ConfigureAwait(false);

            // Closed as idle: the stop was sooner at the loop than the request
            ObjectDisposedException.ThrowIf(answer.IsEmpty && _life.IsOver, this);
            return ResponseReader.Read(answer, isHead: outgoing.Method == "HEAD");
        }
        finally
        {
            _fetches.Ended();
        }
    }

    /// <summary>Answers a GET request without a socket.</summary>
    /// <inheritdoc cref="FetchAsync(Request, CancellationToken)"/>
    /// <param name="url">A path such as <c>/users/5?x=1</c>, or a whole http URL.</param>
    public ValueTask<Response> FetchAsync(string url) => FetchAsync(new Request(url));

    /// <summary>
    /// Reads the certificates of <see cref="ServeOptions.Tls"/> from their files again, at once: new connections get
    /// the new ones, and open ones go on with theirs. Files are watched, so that this is needed only where a renewal must not wait for the next look, a few
    /// seconds later.
    /// </summary>
    /// <returns>False when something is wrong with the new files: the log says what, and the old certificates stay.
    /// True without TLS.</returns>
    public bool RenewCertificates() => _tls?.Renew() ?? true;

    /// <summary>Closes the keep-alive connections that have no request in flight.</summary>
    /// <returns>
    /// How many were closed, once every event loop has done so; a loop that a handler holds is waited for at most five seconds, and not counted then.
    /// On an event loop itself, that is in a handler that is neither <c>[Blocking]</c> nor has awaited anything, nobody is waited for: the connections of all
    /// loops are closed right after, and the number is how many of this loop's are idle at the moment.
    /// </returns>
    public int CloseIdleConnections() => OpenConnections.CloseIdle(_transport, _life.Stopped);

    /// <summary>Holds the process while the server runs; the default.</summary>
    /// <returns>This server.</returns>
    public Server Ref() => SetBackground(false);

    /// <summary>Lets the process end although the server runs.</summary>
    /// <returns>This server.</returns>
    public Server Unref() => SetBackground(true);

    /// <summary>Stops gently, as <see cref="StopAsync"/> does.</summary>
    public async ValueTask DisposeAsync() => await StopAsync().ConfigureAwait(false);

    /// <summary>Makes the table, evaluates its start-up routes, listens, and starts the first loop.</summary>
    internal static Server Start(Func<RouteTable> makeTable, ServeOptions options, string[]? args)
    {
        options.Validate();
        PortSetting port = options switch
        {
            { IsRedirect: true } => PortSetting.OfRedirect(options.Port!.Value),
            { Unix: null, Seam: null } => PortSetting.Find(options.Port, args, Environment.GetEnvironmentVariable),
            _ => default,
        };

        RouteTable table = makeTable();
        Bake(table).GetAwaiter().GetResult();

        Server Make()
        {
            var server = new Server(options, port, makeTable, table);
            server.Start();
            return server;
        }

        Server server = options.HttpsRedirect is null ? Make() : WithRedirect(options, Make);
        if (server.Development && System.Reflection.Metadata.MetadataUpdater.IsSupported) HotReload.Watch(server);
        return server;
    }

    // First the port of http, since what can go wrong with it is to stop the start
    private static Server WithRedirect(ServeOptions options, Func<Server> make)
    {
        (Server redirect, HttpsRedirectTable table) = options.StartRedirect!(options);
        try
        {
            Server server = make();
            server._redirect = redirect;
            table.Port = options.HttpsRedirectTo ?? server.Port ?? 0;
            return server;
        }
        catch (Exception)
        {
            redirect.StopAsync(closeActiveConnections: true);
            throw;
        }
    }

    /// <summary>What need not stand in front of the first answer. If it fails, the server has stopped.</summary>
    internal Server FinishStart()
    {
        try
        {
            _life.TryAdvance(ServerState.Running);
            return LetObserve();
        }
        catch (Exception)
        {
            StopAsync(closeActiveConnections: true).GetAwaiter().GetResult();
            throw;
        }
    }

    /// <summary>Readiness off, while requests and connections are still taken: the beginning of a stop on a signal.</summary>
    internal void BecomeUnready()
    {
        // Clients that keep a connection busy leave by themselves while there is time, and lose no request at the end
        _life.TryAdvance(ServerState.Unready);
        _http1.IsLeaving = true;
    }

    /// <summary>Stops as a signal does: with the delay, the deadline and the log lines of the options. From any thread, once or often.</summary>
    internal Task StopGracefully() => _gracefulStop.Begin();

    /// <summary>A <c>[Health]</c> method threw instead of saying whether the app is ready.</summary>
    internal void ReportHealthFailure(Exception error) => Log.HealthFailed(Logger, error);

    private void Start()
    {
        foreach (Loop loop in _transport.Loops)
        {
            loop.Exhausted = SayExhausted;
            loop.Faulted = error => Log.LoopFault(Logger, error);
        }

        try
        {
            if (_options.AccessLog) LetObserve();
            RunningServers.Add(this);
            _options.Backplane?.Begin(this);
            _tls?.Watch();
            StartTransport();
        }
        catch (Exception)
        {
            // Not even the first loop runs: nobody else would give the sockets back
            _transport.Abandon();
            Withdraw();
            throw;
        }

        ShutdownSignals.Started(this);
    }

    private void StartTransport()
    {
        try
        {
            _transport.Start();
        }
        catch (Exception)
        {
            _options.Backplane?.EndAsync().AsTask().GetAwaiter().GetResult();
            throw;
        }
    }

    // Nobody of this process finds it any more
    private void Withdraw()
    {
        if (_gauges is { } gauges) Instruments.Remove(gauges);
        _watch?.Dispose();
        _tls?.Stop();
        RunningServers.Remove(this);
    }

    private TlsSettings TlsSettings() => new()
    {
        Options = _options.Tls,
        UsesOpenSsl = TransportChoice.IsLinux,
        Speak = Speak,
        IsDevelopment = Development,
        HandshakeTimeout = _options.HandshakeTimeout,
        MostOfAddress = _options.MaxHandshakesPerAddress,
        WatchInterval = _options.CertificateInterval,
        Logger = _options.LoggerFactory?.CreateLogger(Log.TlsCategory) ?? new ConsoleLog(Log.TlsCategory, _options.LogFormat),
    };

    private ServingSettings Settings() => new()
    {
        Scheme = Scheme,
        IdleTimeout = _options.IdleTimeout,
        HeadTimeout = _options.HeadTimeout,
        HeartbeatInterval = _options.HeartbeatInterval,
        MinRequestBodyRate = _options.MinRequestBodyRate,
        MinResponseRate = _options.MinResponseRate,
        MaxRequestBodySize = _options.MaxRequestBodySize,
        MaxWebSocketMemory = _options.MaxWebSocketMemory,
        Development = Development,
        Watch = _watch,
        LogError = (error, request, requestId) =>
        {
            _options.Seam?.Reported(error);
            Log.Unhandled(Logger, error, request, requestId);
        },
        Clients = _options.TrustedProxies.Count > 0 ? _options.MakeClients!(_options.TrustedProxies, _options.ForwardedHeaders, IsUnix) : null,
        Unanswered = _options.Seam is { } seam ? seam.Unanswered : null,
        Overrides = _options.Seam?.Overrides,
    };

    /// <summary>
    /// From here on requests are seen by meters, traces and the access log. Called when the server listens already, since making the instruments takes longer than
    /// answering the first request.
    /// </summary>
    private Server LetObserve()
    {
        if (_gauges is not null || _life.IsOver) return this;

        Instruments.Add(_gauges = new Instruments.Gauges(() => PendingRequests, () => _admission.Connections.Open));
        ILogger? access = _options.LoggerFactory?.CreateLogger(Log.AccessCategory);
        _http1.Observer = new RequestObserver(_options.AccessLog ? new AccessLog(access, _options.LogFormat) : null, Scheme, Logger);
        return this;
    }

    private void Accept(Connection connection)
    {
        if (!_admission.Admits(connection)) return;

        if (_greeter is not null && !connection.IsWithinProcess) _greeter.Accept(connection);
        else Begin(connection);
    }

    private void Begin(Connection connection)
    {
        if (_tls is null || connection.IsWithinProcess) Speak(connection);
        else _tls.Accept(connection);
    }

    private void Speak(Connection connection)
    {
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
        if (table.NeedsFromAbove is var (type, route))
            throw new InvalidOperationException(
                $"'{route}' needs '{type}', which only a class that mounts this one provides; serve that class.");

        if (table.Json is { } json) JsonMetadata.Add(json);
        await table.BakeAsync().ConfigureAwait(false);
    }

    private async Task ReloadAsync(Func<RouteTable> makeTable)
    {
        ObjectDisposedException.ThrowIf(_life.IsOver, this);

        RouteTable table = makeTable();
        await Bake(table).ConfigureAwait(false);

        _makeTable = makeTable;
        _http1.Table = table;
    }

    private async Task FinishStoppingAsync()
    {
        if (_redirect is not null) await _redirect.Stopped.ConfigureAwait(false);
        await _transport.Unlistened.ConfigureAwait(false);
        _fetches.Close();
        await _fetches.Empty.ConfigureAwait(false);
        _admission.Connections.Close();
        await _admission.Connections.Empty.ConfigureAwait(false);
        await _transport.StopAsync().ConfigureAwait(false);
        if (_options.Backplane is { } backplane) await backplane.EndAsync().ConfigureAwait(false);

        ConsoleWriter.Error.Flush();
        ConsoleWriter.Output.Flush();

        Withdraw();
        _life.TryAdvance(ServerState.Stopped);
    }

    private Server SetBackground(bool background)
    {
        _redirect?.SetBackground(background);
        _transport.SetBackground(background);
        return this;
    }
}
