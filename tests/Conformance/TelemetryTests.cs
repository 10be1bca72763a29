using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;

namespace Prebake.Conformance;

/// <summary>Listeners hear of every server of the process, and tests that count allocations hear of the listeners.</summary>
[CollectionDefinition("alone", DisableParallelization = true)]
public sealed class AloneCollection;

/// <summary>What meters, traces and loggers get to see, on both transports. Routes have names of their own, since the instruments are the process's.</summary>
[Collection("alone")]
public sealed partial class TelemetryTests
{
    [Health]
    internal sealed partial class App
    {
        [Static("/telemetry/static")] private const string Static = "static";
        [Get("/telemetry/{id}")] private static string User(string id) => $"{id} {Activity.Current?.DisplayName}";
        [Get("/telemetry/async/{id}")] private static async Task<string> Async(int id)
        {
            await Task.Yield();
            return $"{id} {Activity.Current?.DisplayName}";
        }

        [Get("/telemetry/blocking"), Blocking] private static string Blocks() => $"{Activity.Current?.DisplayName}";
        [Get("/telemetry/throws")] private static string Throws() => throw new InvalidOperationException("woops");
        [Get("/telemetry/sequence")] private static async IAsyncEnumerable<string> Sequence()
        {
            await Task.Yield();
            yield return $"{Activity.Current?.DisplayName}";
        }

        [Get("/telemetry/gate")] private static async Task<string> Gate(CancellationToken aborted)
        {
            await Task.Delay(Timeout.Infinite, aborted);
            return "never";
        }
    }

    internal sealed partial class Slow
    {
        [Get("/telemetry/holds")] private static string Holds()
        {
            SpinWait.SpinUntil(static () => false, 120);
            return "held";
        }
    }

    internal sealed partial class Unready
    {
        public bool IsReady;
        [Health("/health/own")] private bool Ready() => IsReady;
    }

    internal sealed partial class UnreadyLater
    {
        [Health] private static async Task<bool> Ready() { await Task.Yield(); return false; }
    }

    internal sealed partial class Failing
    {
        [Health("/health/now")] private static bool Now() => throw new InvalidOperationException("secret now");
        [Error] private static Response OnError(Exception error) => new(error.Message) { Status = 500 };
    }

    internal sealed partial class FailingTask
    {
        [Health("/health/task")] private static Task<bool> Now(string? unused) => throw new InvalidOperationException("secret task");
        [Error] private static Response OnError(Exception error) => new(error.Message) { Status = 500 };
    }

    internal sealed partial class FailingLater
    {
        [Health("/health/later")] private static async ValueTask<bool> Later()
        {
            await Task.Yield();
            throw new InvalidOperationException("secret later");
        }

        [Error] private static Response OnError(Exception error) => new(error.Message) { Status = 500 };
    }

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_meter_gets_durations_with_the_names_of_the_conventions(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = new Loggers(), Loops = 1 });
        var all = new ConcurrentQueue<(int Thread, double Value, Dictionary<string, object?> Tags)>();
        long active = -1, connections = -1;
        using (var listener = new MeterListener())
        {
            listener.InstrumentPublished = (instrument, listener) => { if (instrument.Meter.Name == "Prebake.Server") listener.EnableMeasurementEvents(instrument); };
            listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) =>
            {
                if (instrument.Name == "http.server.request.duration") all.Enqueue((Environment.CurrentManagedThreadId, value, tags.ToArray().ToDictionary()));
            });
            listener.SetMeasurementEventCallback<long>((instrument, value, _, _) =>
            {
                if (instrument.Name == "http.server.active_requests") active = value;
                if (instrument.Name == "prebake.active_connections") connections = value;
            });
            listener.Start();

            RawClient.Ask(server, "/telemetry/static");
            RawClient.Ask(server, "/telemetry/static", "If-None-Match: *\r\n");
            RawClient.Ask(server, "/telemetry/5");
            RawClient.Ask(server, "/telemetry/async/x");
            RawClient.Ask(server, "/telemetry/throws");
            RawClient.Ask(server, "/telemetry/sequence");
            using (var client = new RawClient(server))
            {
                client.Send("BREW /telemetry/pot HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
                listener.RecordObservableInstruments();
            }

            foreach (string head in new[] { "GET /telemetry/x\r\n\r\n", "GET /telemetry/y HTTP/1.1\r\n\r\n", "GET /telemetry/z HTTP/3.0\r\nHost: a\r\n\r\n" })
            {
                using var client = new RawClient(server);
                client.Send(head).Receive();
            }

            using (var leaver = new RawClient(server)) leaver.Send("GET /telemetry/gate HTTP/1.1\r\nHost: a\r\n\r\n");
            await Eventually.Until(() => Of("/telemetry/gate").Any());
        }

        // A meter is the whole process's: what heads other tests' servers refuse meanwhile was measured by other loops
        int Loop() => all.FirstOrDefault(one => one.Tags.GetValueOrDefault("http.route") as string == "/telemetry/static").Thread;
        IEnumerable<(double Value, Dictionary<string, object?> Tags)> Seen() => all.Where(one => one.Thread == Loop()).Select(one => (one.Value, one.Tags));
        IEnumerable<Dictionary<string, object?>> Of(string route) => Seen().Where(one => one.Tags.GetValueOrDefault("http.route") as string == route).Select(one => one.Tags);

        Assert.Equal([200, 304], Of("/telemetry/static").Select(tags => tags["http.response.status_code"]));
        Dictionary<string, object?> user = Of("/telemetry/{id}").First();
        Assert.Equal(("GET", "http", "1.1", 200), (user["http.request.method"], user["url.scheme"], user["network.protocol.version"], user["http.response.status_code"]));
        Assert.Equal(400, Of("/telemetry/async/{id}").Single()["http.response.status_code"]);
        Assert.Equal(("System.InvalidOperationException", 500), (Of("/telemetry/throws").Single()["error.type"], Of("/telemetry/throws").Single()["http.response.status_code"]));
        Assert.Equal(200, Of("/telemetry/sequence").Single()["http.response.status_code"]);
        Assert.Contains(Seen(), one => one.Tags["http.request.method"] as string == "_OTHER" && !one.Tags.ContainsKey("http.route"));
        Assert.Equal(499, Of("/telemetry/gate").Single()["http.response.status_code"]);
        Assert.Equal(["501 501", "400 bad_request_line", "400 missing_host", "505 unsupported_version"], Seen()
            .Where(one => one.Tags["http.request.method"] as string == "_OTHER" && one.Tags.ContainsKey("error.type"))
            .Select(one => $"{one.Tags["http.response.status_code"]} {one.Tags["error.type"]}"));
        Assert.All(Seen(), one => Assert.InRange(one.Value, 0, 60));
        Assert.True(active >= 0 && connections >= 1, $"{active} {connections}");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_trace_goes_on_in_the_handler_and_ends_with_the_answer(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = new Loggers() });
        var ended = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Prebake.Server",
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Enqueue,
        };
        ActivitySource.AddActivityListener(listener);

        const string Parent = "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01\r\ntracestate: a=b\r\nUser-Agent: test\r\n";
        Assert.Equal("5 GET /telemetry/{id}", RawClient.Ask(server, "/telemetry/5?x=y", Parent).Text);
        Assert.Equal("7 GET /telemetry/async/{id}", RawClient.Ask(server, "/telemetry/async/7").Text);
        Assert.Equal("GET /telemetry/blocking", RawClient.Ask(server, "/telemetry/blocking").Text);
        Assert.Equal("GET /telemetry/sequence", RawClient.Ask(server, "/telemetry/sequence").Text);
        RawClient.Ask(server, "/telemetry/static");
        RawClient.Ask(server, "/telemetry/throws");

        Activity Of(string name) => ended.First(activity => activity.DisplayName == name);
        await Eventually.Until(() => ended.Any(activity => activity.DisplayName == "GET /telemetry/throws"));
        Activity user = Of("GET /telemetry/{id}");
        Assert.Equal(("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "a=b"), (user.TraceId.ToString(), user.ParentSpanId.ToString(), user.TraceStateString));
        Assert.Equal(ActivityKind.Server, user.Kind);
        Assert.Equal("/telemetry/5", user.GetTagItem("url.path"));
        Assert.Equal("x=y", user.GetTagItem("url.query"));
        Assert.Equal("test", user.GetTagItem("user_agent.original"));
        Assert.Equal("127.0.0.1", user.GetTagItem("client.address"));
        Assert.Equal("a", user.GetTagItem("server.address"));
        Assert.Equal(200, user.GetTagItem("http.response.status_code"));
        Assert.Equal(ActivityStatusCode.Unset, user.Status);
        Assert.Equal(200, Of("GET /telemetry/static").GetTagItem("http.response.status_code"));
        Activity throws = Of("GET /telemetry/throws");
        Assert.Equal((ActivityStatusCode.Error, "System.InvalidOperationException"), (throws.Status, throws.GetTagItem("error.type")));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_logger_gets_errors_and_requests(Over transport)
    {
        var loggers = new Loggers();
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, AccessLog = true });
        RawClient.Ask(server, "/telemetry/throws");
        RawClient.Ask(server, "/telemetry/5");
        await Eventually.Until(() => loggers.Entries.Count >= 3);

        var unhandled = loggers.Entries.Single(entry => entry.Category == "Prebake.Server");
        string text = $"Unhandled exception while answering GET /telemetry/throws (id {unhandled.Values["RequestId"]})";
        Assert.Equal((LogLevel.Error, 3, text), (unhandled.Level, unhandled.Id.Id, unhandled.Text));
        Assert.IsType<InvalidOperationException>(unhandled.Error);
        Assert.Contains(loggers.Entries, entry => entry.Category == "Prebake.Access" && entry.Text.StartsWith("GET /telemetry/5 HTTP/1.1 200 ", StringComparison.Ordinal) && entry.Values["Route"] as string == "/telemetry/{id}");
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Heads_that_are_refused_are_in_the_access_log_too(Over transport)
    {
        var loggers = new Loggers();
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, AccessLog = true, HeadTimeout = TimeSpan.FromMilliseconds(300) });
        foreach ((string raw, int status) in new[] { ("GET / HTTP/1.1\r\n\r\n", 400), ("GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505), ($"GET /{new string('a', 9_000)} HTTP/1.1\r\n", 414), ("GET / HT", 408) })
        {
            using var client = new RawClient(server);
            Assert.Equal(status, client.Send(raw).Receive()!.Status);
            await Eventually.Until(() => loggers.Entries.Any(entry => entry.Category == "Prebake.Access" && entry.Text.StartsWith($"- - - {status} ", StringComparison.Ordinal)), $"{status} is not in the log");
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Listeners_loggers_and_callbacks_that_fail_take_nothing_with_them(Over transport)
    {
        var loggers = new Loggers { Fails = true };
        await using Server server = Servers.StartApp(transport, new App(), new ServeOptions { LoggerFactory = loggers, AccessLog = true });
        using (var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Prebake.Server",
            Sample = (ref ActivityCreationOptions<ActivityContext> options) => options.Name.Contains("{id}", StringComparison.Ordinal) ? throw new InvalidOperationException("the sampler fails") : ActivitySamplingResult.AllData,
            ActivityStopped = activity => { if (activity.DisplayName.Contains("blocking", StringComparison.Ordinal)) throw new InvalidOperationException("the exporter fails"); },
        })
        {
            ActivitySource.AddActivityListener(listener);
            Assert.Equal(200, RawClient.Ask(server, "/telemetry/5").Status);
            Assert.Equal(200, RawClient.Ask(server, "/telemetry/blocking").Status);
        }

        Assert.Equal(500, RawClient.Ask(server, "/telemetry/throws").Status);
        foreach (var loop in server.Transport.Loops) loop.Post(static _ => throw new InvalidOperationException("a fault"), null);
        for (int i = 0; i < 20; i++) Assert.Equal(200, RawClient.Ask(server, "/telemetry/static").Status);
        await Eventually.Until(() => loggers.Entries.Count(entry => entry.Id.Id == 11) == server.Transport.Loops.Count);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task In_development_a_handler_that_holds_its_loop_is_named(Over transport)
    {
        var loggers = new Loggers();
        await using Server server = Servers.StartApp(transport, new Slow(), new ServeOptions { LoggerFactory = loggers, Development = true });
        RawClient.Ask(server, "/telemetry/holds");
        await Eventually.Until(() => loggers.Entries.Any(entry => entry.Text.StartsWith("The handler of /telemetry/holds held its event loop for ", StringComparison.Ordinal)));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Probes_are_answered(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new App());
        foreach (string method in new[] { "GET", "HEAD" })
        {
            Assert.Equal((200, "no-store"), (RawClient.Ask(server, "/healthz", method: method).Status, RawClient.Ask(server, "/healthz", method: method)["cache-control"]));
            Assert.Equal((200, "no-store"), (RawClient.Ask(server, "/readyz", method: method).Status, RawClient.Ask(server, "/readyz", method: method)["cache-control"]));
        }

        Assert.Equal(405, RawClient.Ask(server, "/readyz", method: "POST").Status);

        var unready = new Unready();
        await using Server other = Servers.StartApp(transport, unready);
        Assert.Equal((503, "not ready"), (RawClient.Ask(other, "/health/own").Status, RawClient.Ask(other, "/health/own").Text));
        unready.IsReady = true;
        Assert.Equal((200, "ready"), (RawClient.Ask(other, "/health/own").Status, RawClient.Ask(other, "/health/own").Text));

        await using Server third = Servers.StartApp(transport, new UnreadyLater());
        Assert.Equal(503, RawClient.Ask(third, "/readyz").Status);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_probe_that_throws_is_503_and_only_the_log_says_why(Over transport)
    {
        await Probe(new Failing(), "now");
        await Probe(new FailingTask(), "task");
        await Probe(new FailingLater(), "later");

        async Task Probe<TApp>(TApp app, string when) where TApp : IApp<TApp>
        {
            var loggers = new Loggers();
            await using Server server = Servers.StartApp(transport, app, new ServeOptions { LoggerFactory = loggers });
            RawResponse response = RawClient.Ask(server, $"/health/{when}");
            Assert.Equal((503, "not ready", "no-store"), (response.Status, response.Text, response["cache-control"]));
            await Eventually.Until(() => loggers.Entries.Any(entry => entry.Id.Id == 12));
        }
    }

    [Fact]
    public async Task A_stopping_server_is_not_ready()
    {
        Server server = Servers.StartApp(Servers.Transports.First(), new App());
        using RawClient client = new RawClient(server).Send("GET /telemetry/5 HTTP/1.1\r\nHost: a\r\n\r\n");
        client.Receive();
        server.BecomeUnready();
        Assert.Equal((503, "stopping"), (RawClient.Ask(server, "/readyz").Status, RawClient.Ask(server, "/readyz").Text));
        await server.StopAsync();
        Assert.True(server.IsStopping);
    }

    internal sealed class Loggers : ILoggerFactory
    {
        public ConcurrentQueue<(string Category, LogLevel Level, EventId Id, string Text, Exception? Error, Dictionary<string, object?> Values)> Entries { get; } = [];

        public bool Fails { get; init; }

        public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException();
        public ILogger CreateLogger(string categoryName) => new Logger(this, categoryName);
        public void Dispose() { }

        private sealed class Logger(Loggers all, string category) : ILogger
        {
            public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;
            public bool IsEnabled(LogLevel logLevel) => true;
            public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
            {
                all.Entries.Enqueue((category, logLevel, eventId, formatter(state, exception), exception, ((IReadOnlyList<KeyValuePair<string, object?>>)state!).ToDictionary()));
                if (all.Fails) throw new InvalidOperationException("the logger fails");
            }
        }
    }
}
