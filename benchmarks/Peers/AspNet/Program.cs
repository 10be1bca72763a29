// The routes of benchmarks/Load/Servers/Prebake, as an ASP.NET Core minimal API.
using System.Net.ServerSentEvents;
using System.Net.WebSockets;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Serialization;
using System.Threading.Channels;

var builder = WebApplication.CreateSlimBuilder();

// Logging is not what is compared: without this each request would format lines that nobody reads
builder.Logging.ClearProviders();
var tls = Environment.GetEnvironmentVariable("BENCH_TLS");
builder.WebHost.UseUrls($"{(tls is null ? "http" : "https")}://127.0.0.1:{(args.Length > 0 ? args[0] : "0")}");
if (tls is not null)
{
    builder.WebHost.UseKestrelHttpsConfiguration();
    builder.WebHost.ConfigureKestrel(server => server.ConfigureHttpsDefaults(https =>
        https.ServerCertificate = X509Certificate2.CreateFromPemFile($"{tls}/cert.pem", $"{tls}/key.pem")));
}

builder.Services.ConfigureHttpJsonOptions(options => options.SerializerOptions.TypeInfoResolverChain.Insert(0, AppJson.Default));

builder.Services.AddValidation();

var app = builder.Build();

app.MapGet("/", () => "Hello, World!");
app.MapGet("/users/{id}", (string id) => id);
app.MapGet("/json", () => new Message("Hello, World!"));
app.MapPost("/echo", async (HttpRequest request, HttpResponse response) =>
{
    var body = new byte[(int)request.ContentLength!.Value];
    await request.Body.ReadExactlyAsync(body);
    response.ContentLength = body.Length;
    await response.Body.WriteAsync(body);
});
app.MapPost("/orders", (BareOrder order) => new Message($"{order.Quantity} for ada"));
app.MapPost("/service/orders", (NewOrder order, Caller caller) => new Message($"{order.Quantity} for {caller.Name}"))
    .AddEndpointFilter(Service.Admit)
    .AddEndpointFilter(Service.MayOrder);
app.MapGet("/ask", () => Database.Ask());
app.MapGet("/events", (CancellationToken aborted) => TypedResults.ServerSentEvents(Feed.Listen(aborted)));
app.UseWebSockets();
app.Map("/ws/echo", (HttpContext context) => Sockets.Echo(context, compress: false));
app.Map("/ws/deflate", (HttpContext context) => Sockets.Echo(context, compress: true));
app.Map("/ws/chat", Sockets.Subscribe);
app.Map("/ws/publish", Sockets.Publish);
app.MapFallback(() => "Bun!");

app.Lifetime.ApplicationStarted.Register(() => Console.WriteLine(app.Urls.First() + "/"));
app.Run();

internal sealed record Message([property: JsonPropertyName("message")] string Text);

[JsonSerializable(typeof(Message))]
[JsonSerializable(typeof(BareOrder))]
[JsonSerializable(typeof(NewOrder))]
internal sealed partial class AppJson : JsonSerializerContext;

/// <summary>One event every 50 ms to everybody who listens; each listener has a channel of its own.</summary>
internal static class Feed
{
    private static readonly Lock s_lock = new();
    private static readonly List<ChannelWriter<SseItem<string>>> s_listeners = [];
    private static Timer? s_timer;

    public static async IAsyncEnumerable<SseItem<string>> Listen([EnumeratorCancellation] CancellationToken aborted = default)
    {
        var channel = Channel.CreateUnbounded<SseItem<string>>(new UnboundedChannelOptions { SingleReader = true });
        lock (s_lock)
        {
            s_listeners.Add(channel.Writer);
            s_timer ??= new Timer(static _ => Publish(), null, 50, 50);
        }

        try
        {
            await foreach (SseItem<string> one in channel.Reader.ReadAllAsync(aborted)) yield return one;
        }
        finally
        {
            lock (s_lock) s_listeners.Remove(channel.Writer);
        }
    }

    private static void Publish()
    {
        SseItem<string> one = new("{\"temperature\":21.5,\"humidity\":48,\"sensor\":\"kitchen\"}", "reading");
        lock (s_lock)
            foreach (ChannelWriter<SseItem<string>> listener in s_listeners) listener.TryWrite(one);
    }
}

internal static class Sockets
{
    private static readonly Lock s_lock = new();
    private static WebSocket[] s_subscribers = [];

    public static async Task Echo(HttpContext context, bool compress)
    {
        using WebSocket socket = await Accept(context, compress);
        byte[] buffer = new byte[4096];
        while (await Receive(socket, buffer) is { } message)
        {
            buffer = message.Buffer;
            await socket.SendAsync(buffer.AsMemory(0, message.Length), message.Type, endOfMessage: true, default);
        }
    }

    public static async Task Subscribe(HttpContext context)
    {
        using WebSocket socket = await Accept(context, compress: false);
        lock (s_lock) s_subscribers = [.. s_subscribers, socket];
        try
        {
            await Receive(socket, new byte[16]);
        }
        finally
        {
            lock (s_lock) s_subscribers = [.. s_subscribers.Where(other => other != socket)];
        }
    }

    // One publisher sends at a time, so the sends of one socket do not overlap
    public static async Task Publish(HttpContext context)
    {
        using WebSocket socket = await Accept(context, compress: false);
        byte[] buffer = new byte[4096];
        while (await Receive(socket, buffer) is { } message)
        {
            buffer = message.Buffer;
            foreach (WebSocket subscriber in s_subscribers)
                await subscriber.SendAsync(buffer.AsMemory(0, message.Length), message.Type, endOfMessage: true, default);
        }
    }

    private static Task<WebSocket> Accept(HttpContext context, bool compress) =>
        context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext { DangerousEnableCompression = compress });

    // A whole message; null at the end
    private static async ValueTask<(byte[] Buffer, int Length, WebSocketMessageType Type)?> Receive(WebSocket socket, byte[] buffer)
    {
        try
        {
            for (int length = 0; ;)
            {
                ValueWebSocketReceiveResult result = await socket.ReceiveAsync(buffer.AsMemory(length), default);
                if (result.MessageType is WebSocketMessageType.Close) return null;
                length += result.Count;
                if (result.EndOfMessage) return (buffer, length, result.MessageType);
                if (length == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            }
        }
        catch (WebSocketException)
        {
            return null;
        }
    }
}
