// The server that is measured: one route for each scenario of benchmarks/Load. The peers in benchmarks/Peers have the same ones.
using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Threading.Channels;

string? tls = Environment.GetEnvironmentVariable("BENCH_TLS");
Serve.Run<App>(args, new ServeOptions
{
    Hostname = "127.0.0.1",
    Tls = tls is null ? [] : [TlsOptions.FromPemFiles($"{tls}/cert.pem", $"{tls}/key.pem")],
});

[StaticFile("/page.txt", "obj/page.txt")]
// As many bytes as its br variant, without a choice
[StaticFile("/page.br", "obj/page.br")]
[File("/disk.bin", "disk.bin")]
[StaticFile("/large.bin", "obj/large.bin")]
partial class App
{

    [Static("/")] const string Home = "Hello, World!";

    [Get("/users/{id}")] string User(string id) => id;

    [Get("/json")] Message Json() => new("Hello, World!");

    [Post("/echo")] ReadOnlySpan<byte> Echo([Body] ReadOnlySpan<byte> body) => body;

    // The same twice: with nothing around it, and with all of it in Service.cs
    [Post("/orders")] Message Bare(BareOrder order) => new($"{order.Quantity} for ada");

    [Mount("/service")] readonly Service _service = new();

    [Get("/ask")] Task<string> Ask() => Database.Ask();

    [Get("/events")] IAsyncEnumerable<ServerSentEvent> Events(CancellationToken aborted) => Feed.Listen(aborted);

    // The same limits as the peers'
    [WebSocket("/ws/echo", MaxPayloadLength = 32 << 20, BackpressureLimit = 64 << 20)] EchoSocket EchoSocket() => new();

    [WebSocket("/ws/chat", BackpressureLimit = 64 << 20)] Subscriber Chat() => new();

    [WebSocket("/ws/publish", BackpressureLimit = 64 << 20)] Publisher Publish() => new();

    [WebSocket("/ws/deflate", Compress = Deflate.Shared, Decompress = Deflate.Shared)] CompressingSocket Compressing() => new();

    [Fetch] ReadOnlySpan<byte> Handle(Request request) => "Bun!"u8;
}

sealed class EchoSocket : WebSocketHandler
{
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) => Send(data, kind);
}

sealed class CompressingSocket : WebSocketHandler
{
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) => Send(data, kind, compress: true);
}

sealed class Subscriber : WebSocketHandler
{
    protected override void Open() => Subscribe("all");
}

sealed class Publisher : WebSocketHandler
{
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) => Publish("all", data, kind);
}

sealed record Message([property: JsonPropertyName("message")] string Text);

[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(BareOrder))]
[JsonSerializable(typeof(NewOrder))]
sealed partial class AppJson : JsonSerializerContext;

/// <summary>One event every 50 ms to everybody who listens; each listener has a channel of its own.</summary>
static class Feed
{
    private static readonly Lock s_lock = new();
    private static readonly List<ChannelWriter<ServerSentEvent>> s_listeners = [];
    private static Timer? s_timer;

    public static async IAsyncEnumerable<ServerSentEvent> Listen([EnumeratorCancellation] CancellationToken aborted = default)
    {
        var channel = Channel.CreateUnbounded<ServerSentEvent>(new UnboundedChannelOptions { SingleReader = true });
        lock (s_lock)
        {
            s_listeners.Add(channel.Writer);
            s_timer ??= new Timer(static _ => Publish(), null, 50, 50);
        }

        try
        {
            await foreach (ServerSentEvent one in channel.Reader.ReadAllAsync(aborted)) yield return one;
        }
        finally
        {
            lock (s_lock) s_listeners.Remove(channel.Writer);
        }
    }

    private static void Publish()
    {
        ServerSentEvent one = new("{\"temperature\":21.5,\"humidity\":48,\"sensor\":\"kitchen\"}") { Event = "reading" };
        lock (s_lock)
            foreach (ChannelWriter<ServerSentEvent> listener in s_listeners) listener.TryWrite(one);
    }
}
