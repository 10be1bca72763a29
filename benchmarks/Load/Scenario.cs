namespace Prebake.Benchmarks.Load;

/// <summary>One kind of request: what the load generator sends, and what a server must answer before it is measured.</summary>
internal sealed record Scenario(string Name, string Title, string Path, string? Answer)
{
    /// <summary>How long the body must be where <see cref="Answer"/> does not say what it is.</summary>
    public int? Length { get; init; }

    /// <summary>Only some have this route; null is everyone.</summary>
    public string[]? Contenders { get; init; }

    /// <summary>Over TLS 1.3, on connections that stay.</summary>
    public bool IsTls { get; init; }

    /// <summary>Of a whole service over PostgreSQL, which is a program of its own.</summary>
    public bool IsConduit { get; init; }

    public string Method { get; init; } = "GET";

    public IReadOnlyList<(string Name, string Value)> Fields { get; init; } = [];

    public string Body { get; init; } = "";

    /// <summary>Not requests but listeners: so many connections stay open and events are counted.</summary>
    public int Listeners { get; init; }

    /// <summary>How many requests are sent before the first answer is awaited.</summary>
    public int Pipelined { get; init; } = 1;

    /// <summary>Not requests but messages over WebSockets.</summary>
    public SocketLoad? Sockets { get; init; }

    /// <summary>Not requests but TLS connections.</summary>
    public HandshakeLoad? Handshakes { get; init; }

    /// <summary>What is measured where that is not CPU time.</summary>
    public string? Unit => Handshakes is { } handshakes ? handshakes.Unit : Sockets is { Figure: not SocketFigure.Cpu } sockets ? sockets.Unit : null;

    private static readonly string OneKibibyte = new('x', 1024);

    // What a desktop browser sends for a page; with Host, which comes from the load generator, 12 lines and about 700 bytes
    private static readonly (string, string)[] Browser =
    [
        ("Connection", "keep-alive"),
        ("sec-ch-ua", "\"Chromium\";v=\"140\", \"Not=A?Brand\";v=\"24\", \"Google Chrome\";v=\"140\""),
        ("sec-ch-ua-mobile", "?0"),
        ("sec-ch-ua-platform", "\"Linux\""),
        ("Upgrade-Insecure-Requests", "1"),
        ("User-Agent", "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"),
        ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8"),
        ("Sec-Fetch-Site", "none"),
        ("Accept-Encoding", "gzip, deflate, br, zstd"),
        ("Accept-Language", "en-GB,en;q=0.9,de;q=0.8"),
        ("Cookie", "session=5f2b8c1e9d4a47b6a0c3e8f71d2b6a95; theme=dark; consent=yes; tz=Europe%2FBerlin"),
    ];

    // Five properties, and what a provider reads
    private static readonly (string, string)[] Order = [("Content-Type", "application/json"), ("X-User", "ada")];

    private const string NewOrder = """{"title":"Dragons","mail":"ada@example.com","quantity":3,"price":19.5,"note":"Ring twice"}""";

    private static readonly string[] Secure = ["prebake", "on-epoll", "bun", "aspnet", "nginx"];

    // What a message of a feed looks like, 1 KiB of it
    private static readonly string Json =
        string.Concat(Enumerable.Range(0, 40).Select(i => $$"""{"id":{{1000 + i}},"name":"sensor {{i}}","value":{{i * 37 % 100}}.5},"""))[..1024];

    private static Scenario Messages(string name, string title, string path, SocketLoad load) =>
        new(name, title, path, null) { Sockets = load, Contenders = ["prebake", "on-epoll", "bun", "aspnet"] };

    private static Scenario Connections(string name, string title, HandshakeLoad load) =>
        new(name, title, "/", "Hello, World!") { Handshakes = load, IsTls = true, Contenders = Secure };

    private static readonly byte[] Short = Encoding.ASCII.GetBytes(new string('m', 32));

    public static readonly Scenario[] All =
    [
        new("static", "static GET, keep-alive", "/", "Hello, World!"),
        new("pipelined", "static GET, 16 pipelined", "/", "Hello, World!") { Pipelined = 16 },
        new("fetch", "handler for everything else, text", "/no/such/route", "Bun!"),
        new("parameter", "parameter route", "/users/12345", "12345"),
        new("json", "JSON handler", "/json", """{"message":"Hello, World!"}"""),
        new("echo", "1 KiB POST echo", "/echo", OneKibibyte) { Method = "POST", Body = OneKibibyte },
        new("awaiting", "handler that awaits a second socket", "/ask", "SELECT ".PadRight(100, '.')),
        new("service", "POST of five properties: provider, guard, [Before], validation", "/service/orders", """{"message":"3 for ada"}""")
        {
            Method = "POST", Body = NewOrder, Fields = Order, Contenders = ["prebake", "on-epoll", "aspnet"],
        },
        new("service-bare", "the same handler without them", "/orders", """{"message":"3 for ada"}""")
        {
            Method = "POST", Body = NewOrder, Fields = Order, Contenders = ["prebake", "on-epoll", "aspnet"],
        },
        new("conduit", "an article from PostgreSQL", $"/api/articles/{Postgres.Slug}", null) { IsConduit = true },
        new("conduit-tags", "tags from PostgreSQL", "/api/tags", null) { IsConduit = true },
        new("browser", "static GET, a browser's fields", "/", "Hello, World!") { Fields = Browser },
        new("coded", "64 KiB of text, Accept-Encoding: br", "/page.txt", null) { Fields = [("Accept-Encoding", "br")], Contenders = ["prebake"] },
        new("plain", "the same compressed bytes without a choice", "/page.br", null) { Contenders = ["prebake"] },
        new("disk", "1 MiB file from disk", "/disk.bin", null) { Length = 1 << 20, Contenders = ["prebake", "bun", "nginx"] },
        new("large", "1 MiB static", "/large.bin", null) { Length = 1 << 20, Contenders = ["prebake", "bun"] },
        // First, like the idle WebSockets below
        Connections("tls-idle", "5,000 idle TLS connections", new(HandshakeFigure.Idle) { Connections = 5_000 }),
        Connections("tls-handshake", "a full TLS 1.3 handshake with P-256, one request", new(HandshakeFigure.Cpu)),
        Connections("tls-resume", "a handshake with a ticket, one request", new(HandshakeFigure.Cpu) { IsResumed = true }),
        Connections("tls-quiet", "requests of 16 connections, one every millisecond", new(HandshakeFigure.Delay)),
        Connections("tls-stall", "the same while 2,000 handshakes stall", new(HandshakeFigure.Delay) { Strangers = Strangers.Stall }),
        Connections("tls-flood", "the same while hellos flood", new(HandshakeFigure.Delay) { Strangers = Strangers.Flood }),
        new("tls", "static GET over TLS", "/", "Hello, World!") { IsTls = true, Contenders = Secure },
        new("tls-pipelined", "static GET over TLS, 16 pipelined", "/", "Hello, World!") { IsTls = true, Pipelined = 16, Contenders = Secure },
        new("tls-large", "1 MiB static over TLS", "/large.bin", null) { IsTls = true, Length = 1 << 20, Contenders = ["prebake", "on-epoll", "bun"] },
        new("tls-disk", "1 MiB file from disk over TLS", "/disk.bin", null) { IsTls = true, Length = 1 << 20, Contenders = ["prebake", "on-epoll", "bun", "nginx"] },
        new("events", "server-sent event, each to 1,000 listeners", "/events", null) { Listeners = 1000, Contenders = ["prebake", "aspnet"] },
        // These two first: what the others have left behind would be used again
        Messages("ws-idle", "10,000 idle WebSockets", "/ws/echo", new(10_000, Short) { Figure = SocketFigure.Idle }),
        Messages("ws-all-memory", "a message of 4 KiB to 10,000 subscribers", "/ws/chat", new(10_000, new byte[4096]) { IsTopic = true, Opcode = 2, Figure = SocketFigure.Peak }),
        Messages("ws-echo", "WebSocket echo, 32 bytes, 64 sockets", "/ws/echo", new(64, Short)),
        Messages("ws-pipelined", "the same, 16 messages at once", "/ws/echo", new(64, Short)) with { Pipelined = 16 },
        Messages("ws-chat", "a message of 32 bytes to 64 subscribers", "/ws/chat", new(64, Short) { IsTopic = true }),
        Messages("ws-all", "a message of 32 bytes to 10,000 subscribers", "/ws/chat", new(10_000, Short) { IsTopic = true, Figure = SocketFigure.Delay }),
        Messages("ws-1m", "WebSocket echo, 1 MiB", "/ws/echo", new(4, new byte[1 << 20]) { Opcode = 2 }),
        Messages("ws-16m", "WebSocket echo, 16 MiB", "/ws/echo", new(1, new byte[16 << 20]) { Opcode = 2 }),
        Messages("ws-deflate", "WebSocket echo, 1 KiB of JSON, compressed both ways", "/ws/deflate", new(64, Encoding.ASCII.GetBytes(Json)) { IsCompressed = true }),
    ];

    /// <summary>The request as it goes over the wire, for the check before the measurement.</summary>
    /// <param name="isLast">The server is to close behind it.</param>
    public byte[] ToBytes(int port, bool isLast = false)
    {
        var text = new StringBuilder($"{Method} {Path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n");
        foreach (var (name, value) in Fields) text.Append($"{name}: {value}\r\n");
        if (isLast) text.Append("Connection: close\r\n");
        if (Body.Length > 0) text.Append($"Content-Length: {Body.Length}\r\n");

        return Encoding.ASCII.GetBytes(text.Append("\r\n").Append(Body).ToString());
    }
}
