using System.Net.Sockets;
using System.Text;
using System.Text.Json.Serialization;

namespace Prebake.Conformance;

/// <summary>What handlers keep, and what clients do at the worst moment, is told by nobody else's response. Every test failed before its mend.</summary>
public sealed partial class LifetimeTests
{
    public static TheoryData<Over> Transports => [.. Servers.Transports];

    internal sealed class Slow(Func<string> get)
    {
        public string A => get();
        public string B => "b";
    }

    internal sealed record Plain(string A);

    [JsonSerializable(typeof(Slow)), JsonSerializable(typeof(Plain))]
    internal sealed partial class LifetimeJson : JsonSerializerContext;

    internal sealed partial class LifetimeApp
    {
        private readonly TaskCompletionSource _gate = new();

        public TaskCompletionSource ProducerEnded { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public void Open() => _gate.TrySetResult();

        [Get("/ok")] private static string Ok() => "ok";

        // The writer is kept beyond the end of its producer
        [Get("/late-writer")]
        private static Response LateWriter() => Response.Stream((body, _) =>
        {
            for (int left = 4 << 20; left > 0;)
            {
                int part = Math.Min(left, body.GetSpan(4096).Length);
                body.GetSpan(part)[..part].Fill((byte)'x');
                body.Advance(part);
                left -= part;
            }

            Task late = Task.Run(async () =>
            {
                await Task.Delay(100);
                await body.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nEVIL"u8.ToArray());
            });
            return late.IsCompleted ? late : Task.CompletedTask;
        });

        [Get("/waits")]
        private async Task<Plain> Waits()
        {
            await _gate.Task;
            return new Plain("SECRET");
        }

        // Its getter lets another handler go on, on this very thread
        [Get("/opens")]
        private async Task<Slow> Opens()
        {
            await Task.Yield();
            return new Slow(() =>
            {
                _gate.TrySetResult();
                return "a";
            });
        }

        [Post("/back")]
        private static Response Back(Request request) => Response.Stream((body, aborted) => request.Body.CopyToAsync(body, aborted));

        [Post("/speaks-first")]
        private static Response SpeaksFirst(Request request) => Response.Stream(async (body, aborted) =>
        {
            await body.WriteAsync("first "u8.ToArray(), aborted);
            await Task.Delay(100, aborted);
            await request.Body.CopyToAsync(body, aborted);
        });

        [Get("/abort-stream")]
        private Response AbortStream(Request request)
        {
            request.Abort();
            return Response.Stream(new Watched(ProducerEnded));
        }

        [Get("/reset")] private static Response Reset() => Response.Text("not sent", 205);

        [Post("/json")] private static string Json([Body] Plain plain) => plain.A;

        [Post("/json-async")] private static async Task<string> JsonAsync(Request request) => (await request.JsonAsync<Plain>())!.A;

        [Post("/form")] private static async Task<string> Form(Request request) => (await request.FormAsync())["a"] ?? "";

        [Post("/unread")] private static string Unread() => "unread";

        [Get("/file/{name}")] private static Response File(string name) => Response.File(Path.Combine(Path.GetTempPath(), name));
    }

    private sealed class Watched(TaskCompletionSource disposed) : MemoryStream(new byte[10])
    {
        protected override void Dispose(bool disposing)
        {
            disposed.TrySetResult();
            base.Dispose(disposing);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_writer_that_is_kept_beyond_its_producer_writes_into_nothing(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        using var client = new RawClient(server);
        client.Send("GET /late-writer HTTP/1.1\r\nHost: a\r\n\r\nGET /ok HTTP/1.1\r\nHost: a\r\n\r\n");
        await Task.Delay(400);
        Assert.Equal(4 << 20, client.Receive()!.Body.Length);
        Assert.Equal("ok", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_getter_that_lets_another_handler_reply_keeps_both_responses_apart(Over transport)
    {
        var app = new LifetimeApp();
        await using Server server = Servers.StartApp(transport, app);
        using var alice = new RawClient(server);
        using var bob = new RawClient(server);
        alice.Send("GET /waits HTTP/1.1\r\nHost: a\r\n\r\n");
        await Eventually.Until(() => server.PendingRequests == 1);
        bob.Send("GET /opens HTTP/1.1\r\nHost: a\r\n\r\n");
        string first = bob.Receive()!.Text;
        app.Open();
        Assert.Equal("""{"A":"a","B":"b"}""", first);
        Assert.Equal("""{"A":"SECRET"}""", alice.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task An_upload_is_streamed_back_however_slowly_it_is_read(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        using var client = new RawClient(server);
        byte[] body = new byte[3 << 20];
        new Random(1).NextBytes(body);
        client.Send($"POST /back HTTP/1.1\r\nHost: a\r\nContent-Length: {body.Length}\r\n\r\n");
        Task sending = Task.Run(() => client.Send(body));
        await Task.Delay(200);
        Assert.Equal(body, client.Receive()!.Body);
        await sending;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task No_interim_response_follows_the_head_of_a_final_one(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        using var client = new RawClient(server);
        client.Send("POST /speaks-first HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
        await Task.Delay(400);
        client.Send("body");
        Assert.Equal("first body", client.Receive()!.Text);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Downloads_that_are_reset_end(Over transport)
    {
        string name = $"prebake-{Guid.NewGuid():N}.bin";
        string path = Path.Combine(Path.GetTempPath(), name);
        await File.WriteAllBytesAsync(path, new byte[32 << 20]);
        try
        {
            await using Server server = Servers.StartApp(transport, new LifetimeApp());
            for (int i = 0; i < 40; i++)
            {
                using var client = new RawClient(server);
                client.Send($"GET /file/{name} HTTP/1.1\r\nHost: a\r\n\r\n");
                if (i % 2 == 0) client.Socket.Receive(new byte[100]);
                client.Socket.LingerState = new LingerOption(true, 0);
            }

            await Eventually.Until(() => server.PendingRequests == 0, "Requests for files never ended.");
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_stream_of_a_request_that_its_handler_has_cut_is_disposed_of(Over transport)
    {
        var app = new LifetimeApp();
        await using Server server = Servers.StartApp(transport, app);
        using var client = new RawClient(server);
        client.Send("GET /abort-stream HTTP/1.1\r\nHost: a\r\n\r\n");
        await app.ProducerEnded.Task.WaitAsync(TimeSpan.FromSeconds(30));
        await Eventually.Until(() => server.PendingRequests == 0);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_client_that_trickles_an_unread_body_does_not_hold_a_stop(Over transport)
    {
        Server server = Servers.StartApp(transport, new LifetimeApp());
        using var client = new RawClient(server);
        client.Send("POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 200000\r\n\r\n");
        Assert.Equal("unread", client.Receive()!.Text);

        using var trickling = new CancellationTokenSource();
        Task trickle = Task.Run(async () =>
        {
            try
            {
                for (int i = 0; i < 600 && !trickling.IsCancellationRequested; i++)
                {
                    client.Send(Encoding.ASCII.GetString(new byte[300]));
                    await Task.Delay(100);
                }
            }
            catch (SocketException)
            {
                // Cut, as it should be
            }
        });
        await server.StopAsync().WaitAsync(TimeSpan.FromSeconds(20));
        trickling.Cancel();
        await trickle;
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task Text_is_read_as_its_sender_has_written_it(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        using var http = new HttpClient { BaseAddress = new Uri(server.Url.AbsoluteUri.Replace("localhost", "127.0.0.1", StringComparison.Ordinal)) };
        byte[] marked = [0xEF, 0xBB, 0xBF, .. "{\"A\":\"é\"}"u8];
        foreach (string path in new[] { "/json", "/json-async" })
        {
            using var content = new ByteArrayContent(marked);
            content.Headers.ContentType = new("application/json");
            using HttpResponseMessage response = await http.PostAsync(path, content);
            Assert.Equal("é", await response.Content.ReadAsStringAsync());
        }

        foreach (Encoding encoding in new[] { Encoding.Latin1, Encoding.Unicode, Encoding.UTF8 })
        {
            using var form = new MultipartFormDataContent { { new StringContent("Grün", encoding), "a" } };
            using HttpResponseMessage response = await http.PostAsync("/form", form);
            Assert.Equal("Grün", await response.Content.ReadAsStringAsync());
        }
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_205_has_no_body_and_says_so(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        RawResponse response = RawClient.Ask(server, "/reset");
        Assert.Equal((205, "0", ""), (response.Status, response["content-length"], response.Text));
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_server_that_is_about_to_stop_says_so_to_clients_that_keep_it_busy(Over transport)
    {
        await using Server server = Servers.StartApp(transport, new LifetimeApp());
        using var client = new RawClient(server);
        Assert.Null(client.Send("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!["connection"]);
        server.BecomeUnready();
        Assert.Equal("close", client.Send("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n").Receive()!["connection"]);
    }

    [Theory, MemberData(nameof(Transports))]
    public async Task A_server_that_stops_leaves_the_socket_file_of_its_successor_alone(Over transport)
    {
        string path = Path.Combine(Path.GetTempPath(), $"prebake-{Guid.NewGuid():N}.sock");
        Server first = Servers.StartAt(transport, new LifetimeApp(), new ServeOptions { Unix = path });
        File.Delete(path);
        await Task.Delay(30);
        await using Server second = Servers.StartAt(transport, new LifetimeApp(), new ServeOptions { Unix = path });
        await first.StopAsync();

        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Connect(new UnixDomainSocketEndPoint(path));
        socket.Send("GET /ok HTTP/1.1\r\nHost: a\r\n\r\n"u8);
        var answer = new byte[200];
        Assert.StartsWith("HTTP/1.1 200 OK", Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)));
    }
}
