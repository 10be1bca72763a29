using System.Net;
using System.Net.Sockets;

namespace Prebake.Conformance;

/// <summary>Addresses and life.</summary>
public sealed partial class LifecycleTests
{
    private const string Get = "GET /text HTTP/1.1\r\nHost: a\r\n\r\n";

    public static TheoryData<Over> Transports => new(Servers.Transports);

    [Theory, MemberData(nameof(Transports))]
    public async Task A_free_port_is_found_and_told(Over transport)
    {
        await using Server server = Servers.Start(transport);
        Assert.InRange(server.Port!.Value, 1, 65535);
        Assert.Equal(new Uri($"http://127.0.0.1:{server.Port}/"), server.Url);
        Assert.Equal("127.0.0.1", server.Hostname);
        Assert.Null(server.Unix);
        Assert.Equal("", server.Id);
        Assert.False(server.Development);
        Assert.Same(server, server.Unref().Ref());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_port_in_use_is_named(Over transport)
    {
        await using Server server = Servers.Start(transport);
        var options = new ServeOptions { Port = server.Port, Hostname = "127.0.0.1" };

        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        var error = Assert.Throws<AddressInUseException>(() => Serve.Start<TestApp>(options));
        Assert.Contains($"Is port {server.Port} in use?", error.Message);
        Assert.Contains("choose another port with ServeOptions.Port (", error.Message);

        // What is advised depends on what would count
        string Advice(string[] args) => Assert.Throws<AddressInUseException>(() => Serve.Start<TestApp>(args, new ServeOptions { Hostname = "127.0.0.1" })).Message;
        Assert.Contains("choose another port with --port (", Advice([$"--port={server.Port}"]));
    }

    /// <summary>Has no logger for the access log.</summary>
    private sealed class HalfALoggerFactory : Microsoft.Extensions.Logging.ILoggerFactory
    {
        public Microsoft.Extensions.Logging.ILogger CreateLogger(string categoryName) => categoryName.EndsWith("Access", StringComparison.Ordinal)
            ? throw new InvalidOperationException("no such log")
            : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void AddProvider(Microsoft.Extensions.Logging.ILoggerProvider provider) { }

        public void Dispose() { }
    }

    // Asked for the access log before the first loop runs, and without one when all of them do
    [Theory, MemberData(nameof(Transports))]
    public void A_start_that_fails_leaves_nothing_behind(Over transport)
    {
        foreach (bool accessLog in (bool[])[true, false])
        {
            // Names that nobody else has, which a port is not: of a file, and of nothing but the socket
            string name = $"prebake-start-{Guid.NewGuid():n}", file = Path.Combine(Path.GetTempPath(), name);
            foreach (string unix in OperatingSystem.IsLinux() ? (string[])[file, "\0" + name] : [file])
            {
                var error = Assert.Throws<InvalidOperationException>(() =>
                    Servers.StartAt(transport, new TestApp(), new ServeOptions { Unix = unix, LoggerFactory = new HalfALoggerFactory(), AccessLog = accessLog, Id = name }));
                Assert.Equal("no such log", error.Message);
                Assert.DoesNotContain(Lifetime.RunningServers.All, server => server.Id == name);
                Assert.False(File.Exists(file));

                using var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                Assert.Throws<SocketException>(() => client.Connect(new UnixDomainSocketEndPoint(unix)));
            }
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Arguments_choose_the_port_however_a_server_is_started(Over transport)
    {
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        int free;
        await using (Server server = Serve.Start<TestApp>(["--port=0"], new ServeOptions { Hostname = "127.0.0.1" })) free = server.Port!.Value;
        await using (Server server = Serve.Start(new TestApp(), [$"--port={free}"], new ServeOptions { Hostname = "127.0.0.1" }))
        {
            Assert.Equal(free, server.Port);

            // In use, so that a server which minds the arguments does not start
            Assert.Equal(1, await Serve.RunAsync(new TestApp(), ["--port", $"{free}"], new ServeOptions { Hostname = "127.0.0.1" }));
            Assert.Equal(1, await Serve.RunAsync<TestApp>(["--port", $"{free}"], new ServeOptions { Hostname = "127.0.0.1" }));
            Assert.Equal(1, Serve.Run(new TestApp(), ["--port", $"{free}"], new ServeOptions { Hostname = "127.0.0.1" }));
            Environment.ExitCode = 0;               // this process's is the tests'
        }

        Assert.Equal(0, Serve.Run(new TestApp(), ["--routes"]));
        Assert.Equal(0, await Serve.RunAsync(new TestApp(), ["--routes"]));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_token_stops_the_server_that_it_was_given_to(Over transport)
    {
        await using Server other = Servers.Start(transport);
        using var stop = new CancellationTokenSource();
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        var options = new ServeOptions { Port = 0, Hostname = "127.0.0.1", LoggerFactory = Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance };
        Task<int> running = Serve.RunAsync(new TestApp(), options, stop.Token);
        Assert.False(running.IsCompleted);

        stop.Cancel();
        Assert.Equal(0, await running.WaitAsync(TimeSpan.FromSeconds(20)));
        Assert.False(other.IsStopping);
        Assert.Equal("handler answer", RawClient.Ask(other, "/text").Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_server_that_is_stopped_before_all_its_loops_run_stops(Over transport)
    {
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        var options = new ServeOptions { Port = 0, Hostname = "127.0.0.1" };
        Server server = Server.Start(() => ((Func<TestApp, RouteTable>)Table)(new TestApp()), options, null);

        Task stopping = server.StopAsync();
        server.FinishStart();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));

        static RouteTable Table<TApp>(TApp app) where TApp : IApp<TApp> => TApp.CreateTable(app);
    }

    [Theory, MemberData(nameof(Transports))]
    public void Addresses_that_cannot_be_listened_on_say_why(Over transport)
    {
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        string missing = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName(), "x.sock");

        string Message(ServeOptions options) => Assert.ThrowsAny<IOException>(() => Serve.Start<TestApp>(options)).Message;
        Assert.Contains("not an address of this machine", Message(new() { Port = 0, Hostname = "192.0.2.1" }));
        Assert.Contains("does not exist", Message(new() { Unix = missing }));
        Assert.Contains("too long", Message(new() { Unix = "/tmp/" + new string('x', 120) }));
        Assert.Contains("not known", Message(new() { Port = 0, Hostname = "no-such-host.invalid" }));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_unix_socket_answers_and_its_file_goes_away(Over transport)
    {
        string path = Path.Combine(Path.GetTempPath(), $"prebake-{Guid.NewGuid():n}"[..20] + ".sock");
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;

        await using (Server server = Serve.Start<TestApp>(new ServeOptions { Unix = path }))
        {
            Assert.Equal("handler answer", await FetchUnix(path));
            Assert.Null(server.Port);
            Assert.Null(server.Hostname);
            Assert.Equal($"unix://{path}", server.Url.OriginalString);
            Assert.Contains("Is", Assert.Throws<AddressInUseException>(() => Serve.Start<TestApp>(new ServeOptions { Unix = path })).Message);
        }

        Assert.False(File.Exists(path));

        // What a killed server leaves behind is replaced
        using (var dead = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)) BindAndLeave(dead, path);
        Assert.True(File.Exists(path));
        await using (Serve.Start<TestApp>(new ServeOptions { Unix = path })) Assert.Equal("handler answer", await FetchUnix(path));

        // Anything else is not
        File.WriteAllText(path, "precious");
        Assert.Contains("left alone", Assert.Throws<AddressInUseException>(() => Serve.Start<TestApp>(new ServeOptions { Unix = path })).Message);
        Assert.Equal("precious", File.ReadAllText(path));
        File.Delete(path);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_abstract_socket_has_no_file(Over transport)
    {
        if (!OperatingSystem.IsLinux()) return;

        string name = $"\0prebake-{Guid.NewGuid():n}";
        Lifetime.TransportChoice.Override = (Lifetime.TransportKind)transport;
        await using Server server = Serve.Start<TestApp>(new ServeOptions { Unix = name });
        Assert.Equal("handler answer", await FetchUnix(name));
        Assert.Equal($"abstract://{name[1..]}/", server.Url.OriginalString);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Stopping_gently_lets_requests_finish(Over transport)
    {
        var app = new PatientApp();
        Server server = Servers.StartApp(transport, app);
        int port = server.Port!.Value;

        using var idle = new RawClient(server);
        using var busy = new RawClient(server);
        busy.Send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually(() => server.PendingRequests == 1);

        Task stopping = server.StopAsync();
        Assert.True(idle.IsClosed());
        Assert.False(stopping.IsCompleted);
        using (var late = new Socket(SocketType.Stream, ProtocolType.Tcp)) Assert.ThrowsAny<SocketException>(() => late.Connect(IPAddress.Loopback, port));

        RawResponse response = busy.Receive()!;
        Assert.Equal(("done", "close"), (response.Text, response["connection"]));
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
        await server.StopAsync();

        Assert.Equal(port, server.Port);
        Assert.Equal(0, server.PendingRequests);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => server.ReloadAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await server.FetchAsync("/"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stream_of_events_ends_with_the_drain_although_its_client_stays(Over transport)
    {
        Server server = Servers.StartApp(transport, new EventApp());
        using var client = new RawClient(server);
        client.Send("GET /events HTTP/1.1\r\nHost: a\r\n\r\n");
        var head = new byte[17];
        for (int have = 0; have < head.Length;) have += client.Socket.Receive(head, have, head.Length - have, SocketFlags.None);

        // Neither closed by the client nor waited for: the connection goes with the stream
        var watch = System.Diagnostics.Stopwatch.StartNew();
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        Assert.InRange(watch.ElapsedMilliseconds, 0, 4_000);        // lingering would take 5 s
    }

    internal sealed partial class EventApp
    {
        [Get("/events")] private static async IAsyncEnumerable<ServerSentEvent> Events([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken aborted)
        {
            yield return "first";
            await Task.Delay(Timeout.Infinite, aborted);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Stopping_now_cuts_what_is_left(Over transport)
    {
        var app = new PatientApp();
        Server server = Servers.StartApp(transport, app);
        using var busy = new RawClient(server);
        busy.Send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
        await app.Waiting.WaitAsync(TimeSpan.FromSeconds(20));

        Task gently = server.StopAsync();
        Assert.False(gently.IsCompleted);
        await server.StopAsync(closeActiveConnections: true).WaitAsync(TimeSpan.FromSeconds(20));
        await gently;
        Assert.True(busy.IsClosed());
        Assert.True(await app.Left.WaitAsync(TimeSpan.FromSeconds(20)));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Idle_connections_can_be_closed(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new PatientApp());
        using var idle = new RawClient(server);
        idle.Send("GET /about HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
        using var busy = new RawClient(server);
        busy.Send("GET /long HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually(() => server.PendingRequests == 1);

        Assert.Equal(1, server.CloseIdleConnections());
        Assert.True(idle.IsClosed());
        Assert.Equal("done", busy.Receive()!.Text);
    }

    /// <summary>Who closes a connection as idle.</summary>
    public enum Closer { CloseIdleConnections, Stop, TimeOut }

    public static TheoryData<Over, Closer> Closers
    {
        get
        {
            var all = new TheoryData<Over, Closer>();
            foreach (Over transport in Servers.Transports)
                foreach (Closer closer in Enum.GetValues<Closer>()) all.Add(transport, closer);
            return all;
        }
    }

    [Theory, MemberData(nameof(Closers))]
    public async Task What_a_connection_has_been_sent_arrives_although_it_is_closed_as_idle_and_its_client_asks_again(
        Over transport, Closer closer)
    {
        TimeSpan idle = closer is Closer.TimeOut ? TimeSpan.FromMilliseconds(300) : TimeSpan.FromMinutes(1);
        Server server = Servers.StartApp(transport, new ClosingApp(), new ServeOptions { IdleTimeout = idle });
        Task stopping = Task.CompletedTask;

        // All of it is in the hands of the system, and the client has read little of it
        using var client = new RawClient(server);
        client.Socket.ReceiveBufferSize = 16 << 10;
        client.Send("GET /much HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually(() => client.Socket.Available > 0);
        if (closer is Closer.TimeOut) await Task.Delay(1_000);
        else
        {
            await Eventually(() => server.PendingRequests == 0);
            int closed = 0;
            if (closer is Closer.Stop) stopping = server.StopAsync();
            else await Eventually(() => closed > 0 || (closed = server.CloseIdleConnections()) > 0);
        }

        // These come when nobody is there to take them
        for (int i = 0; i < 3; i++)
        {
            try { client.Send("GET /mine HTTP/1.1\r\nHost: a\r\n\r\n"); }
            catch (IOException) { }
            catch (System.Net.Sockets.SocketException) { }
            await Task.Delay(1);
        }

        // On a machine so slow that the time-out comes later, they are answered
        Assert.Equal(ClosingApp.Many, client.Receive()!.Text.Length);
        if (closer is not Closer.TimeOut) Assert.True(client.IsClosed());
        client.Dispose();
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
        await server.DisposeAsync();
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_handler_can_close_idle_connections_and_nobody_gets_what_is_another_s(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new ClosingApp());
        using var caller = new RawClient(server);
        for (int round = 0; round < 5; round++)
        {
            // Many, so that some are on the caller's loop
            List<RawClient> idle = [.. Enumerable.Range(0, 16).Select(_ => new RawClient(server))];
            foreach (RawClient client in idle) Assert.Equal("mine", client.Send("GET /mine HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);

            caller.Send("GET /mine HTTP/1.1\r\nHost: a\r\n\r\nGET /close HTTP/1.1\r\nHost: a\r\n\r\nGET /mine HTTP/1.1\r\nHost: a\r\n\r\n");
            Assert.Equal("mine", caller.Receive()!.Text);
            Assert.InRange(int.Parse(caller.Receive()!.Text), 0, 16);
            Assert.Equal("mine", caller.Receive()!.Text);

            foreach (RawClient client in idle)
            {
                Assert.True(client.IsClosed());
                client.Dispose();
            }
        }

        // From a thread of the pool all of them are waited for, and counted
        List<RawClient> kept = [.. Enumerable.Range(0, 16).Select(_ => new RawClient(server))];
        foreach (RawClient client in kept) client.Send("GET /mine HTTP/1.1\r\nHost: a\r\n\r\n").Receive();
        Assert.Equal("16", caller.Send("GET /close-elsewhere HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text);
        foreach (RawClient client in kept)
        {
            Assert.True(client.IsClosed());
            client.Dispose();
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Handlers_that_close_idle_connections_at_once_hold_up_nobody(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new ClosingApp());
        await Parallel.ForEachAsync(Enumerable.Range(0, 16), new ParallelOptions { MaxDegreeOfParallelism = 8 }, (number, _) =>
        {
            for (int i = 0; i < 50; i++)
            {
                // Idle ones may be closed under a request that is on its way, as any server may; what comes is right
                using var client = new RawClient(server);
                string[] paths = number % 2 == 0 ? ["/mine", "/close", "/slow"] : ["/close-elsewhere", "/slow", "/mine"];
                foreach (string path in paths)
                {
                    try
                    {
                        if (client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive() is not { } response) break;
                        if (path is "/mine" or "/slow") Assert.Equal(path[1..], response.Text);
                        else Assert.InRange(int.Parse(response.Text), 0, 16);
                    }
                    catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
                    {
                        break;
                    }
                }
            }

            return default;
        });
        Assert.Equal("mine", RawClient.Ask(server, "/mine").Text);
        await Eventually(() => server.PendingRequests == 0);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_fetch_beside_a_stop_is_answered_or_refused(Over transport)
    {
        for (int i = 0; i < 60; i++)
        {
            Server server = Servers.Start(transport);
            Task[] fetches = [.. Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
            {
                while (true)
                {
                    try
                    {
                        Assert.Equal("handler answer", (await server.FetchAsync("/text")).BodyText);
                    }
                    catch (ObjectDisposedException)
                    {
                        return;
                    }
                }
            }))];
            await Task.Yield();
            await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
            await Task.WhenAll(fetches).WaitAsync(TimeSpan.FromSeconds(20));
        }
    }

    [Fact]
    public async Task A_stop_waits_for_a_fetch_that_has_begun()
    {
        var app = new PatientApp();
        Server server = Servers.StartApp(Servers.Transports.First(), app);
        Task<Response> fetch = server.FetchAsync("/long").AsTask();
        await Eventually(() => server.PendingRequests == 1);

        Task stopping = server.StopAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await server.FetchAsync("/about"));
        Assert.Equal("done", (await fetch.WaitAsync(TimeSpan.FromSeconds(20))).BodyText);
        await stopping.WaitAsync(TimeSpan.FromSeconds(20));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Reloading_swaps_everything_at_once(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new CountingApp());
        using var client = new RawClient(server);
        string Ask(string path) => client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!.Text;

        Assert.Equal("1", Ask("/count"));
        Assert.Equal("1", Ask("/count"));
        await server.ReloadAsync();
        Assert.Equal("2", Ask("/count"));
        await server.ReloadAsync(new TestApp());
        Assert.Equal("handler answer", Ask("/text"));
        Assert.Equal("", Ask("/count"));
    }

    [Fact]
    public async Task Fetching_goes_through_the_whole_pipeline()
    {
        await using Server server = Servers.Start(Servers.Transports.First());

        Response constant = await server.FetchAsync("/static");
        Assert.Equal((200, "static answer"), (constant.Status, constant.BodyText));
        Assert.NotNull(constant.Headers["ETag"]);
        Assert.Equal(304, (await server.FetchAsync(new Request("/static") { Headers = { ["If-None-Match"] = constant.Headers["ETag"] } })).Status);
        Assert.Equal("slow answer", (await server.FetchAsync("/slow")).BodyText);
        Assert.Equal("""{"X":2,"Y":3}""", (await server.FetchAsync(new Request("POST", "/point") { Content = """{"X":1,"Y":2}"""u8.ToArray(), Headers = { ["Content-Type"] = "application/json" } })).BodyText);
        Assert.Equal("piece 0;piece 1;piece 2;", (await server.FetchAsync("/stream")).BodyText);
        Assert.Equal(404, (await server.FetchAsync("/nowhere")).Status);
        Assert.Equal(405, (await server.FetchAsync(new Request("DELETE", "/text"))).Status);
        Assert.Equal(TestApp.LargeBody, (await server.FetchAsync("/large")).BodyBytes.ToArray());
        Assert.Equal(300_000, (await server.FetchAsync(new Request("POST", "/echo") { Content = new byte[300_000] })).BodyBytes.Length);
        await Assert.ThrowsAsync<IOException>(async () => await server.FetchAsync("/stream-breaks"));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Two_hundred_connections_at_once_are_served(Over transport)
    {
        Server server = Servers.Of(transport);
        var clients = Enumerable.Range(0, 200).Select(_ => new RawClient(server)).ToList();
        await Parallel.ForEachAsync(clients, new ParallelOptions { MaxDegreeOfParallelism = 8 }, (client, _) =>
        {
            for (int i = 0; i < 5; i++) Assert.Equal("handler answer", client.Send(Get).Receive()!.Text);
            return default;
        });
        clients.ForEach(client => client.Dispose());
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Error_handlers_answer_decline_and_may_fail(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new ErrorApp());
        using var client = new RawClient(server);
        RawResponse Ask(string path) => client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!;

        Assert.Equal((500, "sorry: one"), (Ask("/one").Status, Ask("/one").Text));
        Assert.Equal((500, "sorry: one"), (Ask("/one-late").Status, Ask("/one-late").Text));
        Assert.Equal((500, ""), (Ask("/declined").Status, Ask("/declined").Text));
        Assert.Equal((500, ""), (Ask("/fails").Status, Ask("/fails").Text));
        Assert.Equal((503, "busy"), (Ask("/busy").Status, Ask("/busy").Text));
        Assert.Equal((200, "fetched /else"), (Ask("/else").Status, Ask("/else").Text));
    }

    [Fact]
    public void Options_that_make_no_sense_are_refused_in_words()
    {
        string Message(ServeOptions options) => Assert.ThrowsAny<ArgumentException>(() => Serve.Start<TestApp>(options)).Message;
        Assert.Contains("It must be >= 0 and <= 65535. Received 65536", Message(new() { Port = 65536 }));
        Assert.Contains("Received -1", Message(new() { Port = -1 }));
        Assert.Contains("IdleTimeout", Message(new() { IdleTimeout = TimeSpan.Zero }));
        Assert.Contains("HeadTimeout", Message(new() { HeadTimeout = TimeSpan.FromDays(100) }));
        Assert.Contains("MaxRequestBodySize", Message(new() { MaxRequestBodySize = -1 }));
        Assert.Contains("Cannot specify both", Message(new() { Unix = "/tmp/x", Hostname = "localhost" }));
        Assert.Contains("Cannot specify both", Message(new() { Unix = "/tmp/x", Port = 1 }));
        Assert.Contains("empty", Message(new() { Unix = "" }));
        Assert.Contains("empty", Message(new() { Hostname = "" }));
    }

    private static void BindAndLeave(Socket socket, string path)
    {
        // Closed without being unlinked, as by SIGKILL: the file is moved away while the socket closes
        socket.Bind(new UnixDomainSocketEndPoint(path));
        File.Move(path, path + ".kept");
        socket.Dispose();
        File.Move(path + ".kept", path);
    }

    private static async Task<string> FetchUnix(string path)
    {
        using var http = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancel) =>
            {
                var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancel);
                return new NetworkStream(socket, ownsSocket: true);
            },
        });
        return await http.GetStringAsync("http://localhost/text");
    }

    internal sealed partial class ClosingApp
    {
        [Get("/mine")] private static string Mine() => "mine";
        public const int Many = 150_000;
        [Get("/much")] private static string Much() => new('m', Many);
        [Get("/close")] private static string Close(Server server) => $"{server.CloseIdleConnections()}";
        [Get("/close-elsewhere"), Blocking] private static string CloseElsewhere(Server server) => $"{server.CloseIdleConnections()}";
        [Get("/slow")] private static async Task<string> Slow()
        {
            await Task.Yield();
            return "slow";
        }
    }

    private static async Task Eventually(Func<bool> condition)
    {
        for (int i = 0; i < 2000 && !condition(); i++) await Task.Delay(10);
        Assert.True(condition());
    }
}

internal sealed partial class CountingApp
{
    private int _count;

    [Static("/count")] private string Count() => (++_count).ToString();
}

internal sealed partial class ErrorApp
{
    [Get("/one")] private static string One() => throw new InvalidOperationException("one");
    [Get("/one-late")] private static async Task<string> OneLate() { await Task.Yield(); throw new InvalidOperationException("one"); }
    [Get("/declined")] private static string Declined() => throw new InvalidOperationException("decline");
    [Get("/fails")] private static string Fails() => throw new InvalidOperationException("fail");
    [Get("/busy")] private static string Busy() => throw new TimeoutException();
    [Fetch] private static string Else(Request request) => $"fetched {request.Path}";

    [Error]
    private static Response? OnError(Exception error) => error switch
    {
        { Message: "decline" } => null,
        { Message: "fail" } => throw new InvalidOperationException("again"),
        TimeoutException => new("busy") { Status = 503 },
        _ => new($"sorry: {error.Message}"),
    };
}
