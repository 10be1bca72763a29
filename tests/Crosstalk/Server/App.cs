using System.Globalization;
using System.Text;

/// <summary>
/// Every shape of a handler. What each answers is made of its own request only, and <c>Calls</c> of the tests says what
/// that must be:
/// a line of the shape's name, the path's secret, the header's, the cookie's and the body's, <c>n</c> times.
/// </summary>
[Routes(TrailingSlash = TrailingSlash.Redirect)]
[Redirect("/old", "/constant", 301)]
[File("/file-route", "disk/middle.bin")]
[Directory("/disk", "disk")]
internal sealed partial class App
{
    [Mount("/services")] private readonly Services _services = new();
    [Mount("/stepped")] private readonly Stepped _stepped = new();
    [Mount("/packed")] private readonly Packed _packed = new();

    private static int s_generation;

    /// <summary>The port of the server that runs, for handlers that ask it from outside.</summary>
    public static int Port { get; set; }

    /// <summary>It speaks https, with the certificate that the environment names.</summary>
    public static bool IsSecure { get; set; }

    public static ServeOptions Options => new()
    {
        Port = 0,
        Hostname = "127.0.0.1",
        IdleTimeout = Setting("NO_IDLE_TIMEOUT") is null ? TimeSpan.FromSeconds(90) : Timeout.InfiniteTimeSpan,
        HeadTimeout = TimeSpan.FromSeconds(90),
        MaxRequestBodySize = 1 << 20,
        Development = false,
        Tls = IsSecure ? [TlsOptions.FromPemFiles(Setting("CERTIFICATE")!, Setting("KEY")!)] : [],
    };

    private static string? Setting(string name) => Environment.GetEnvironmentVariable(name);

    // ---- constants, and what is made at the start
    // ------------------------------------------------------------------------

    [Static("/constant")] private const string Constant = "a constant";

    [Static("/started")] private static string Started() => "made at the start";

    /// <summary>2 MiB (or as told) that say their generation all over.</summary>
    [Static("/large-started", ContentType = "text/plain")]
    private static byte[] LargeStarted()
    {
        int length = Setting("LARGE_STATIC") is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : 2 << 20;
        var bytes = new byte[length];
        byte[] line = Encoding.ASCII.GetBytes($"generation {Interlocked.Increment(ref s_generation):D8}\n");
        for (int at = 0; at < length; at += line.Length)
            line.AsSpan(0, Math.Min(line.Length, length - at)).CopyTo(bytes.AsSpan(at));
        return bytes;
    }

    [Get("/with-fields/{p}"), Header("X-Route", "of with-fields"), CacheControl("public, max-age=31536000, immutable")]
    private static string WithFields(string p, Request request) => Line("with-fields", p, request);

    // ---- synchronous
    // -----------------------------------------------------------------------------------------------------

    [Get("/text/{p}")]
    private static string Text(string p, Request request, int n = 1) => Line("text", p, request, n: n);

    [Get("/bound/{p}")]
    private static string Bound(string p, [Header("X-Secret")] string? h, [Cookie] string? secret, int n = 1)
    {
        Ambient.Enter("bound");
        return Repeat($"bound;{p};{h};{secret};\n", n);
    }

    [Get("/span/{p}")]
    private static ReadOnlySpan<byte> Span(string p, Request request, int n = 1) =>
        Encoding.UTF8.GetBytes(Line("span", p, request, n: n));

    [Get("/bytes/{p}")]
    private static byte[] Bytes(string p, Request request, int n = 1) =>
        Encoding.UTF8.GetBytes(Line("bytes", p, request, n: n));

    [Get("/json/{p}")]
    private static Echoed Json(string p, Request request, int n = 1) => Echo("json", p, request, "", n);

    [Get("/response/{p}")]
    private static Response Respond(string p, Request request, int n = 1)
    {
        request.Cookies.Set("echo", request.Cookies["secret"] ?? "");
        string echo = request.Headers["X-Secret"] ?? "";
        return new Response(Line("response", p, request, n: n)) { Status = 201, Headers = { ["X-Echo"] = echo } };
    }

    [Get("/response-json/{p}")]
    private static Response RespondJson(string p, Request request, int n = 1)
    {
        Response response = Response.Json(Echo("response-json", p, request, "", n), AppJson.Default.Echoed);
        response.Headers["X-Echo"] = request.Headers["X-Secret"] ?? "";
        return response;
    }

    [Get("/remote/{p}")]
    private static string Remote(string p, Request request) =>
        $"{request.RemoteEndPoint?.Port}\n" + Line("remote", p, request);

    [Get("/remote-late/{p}")]
    private static async Task<string> RemoteLate(string p, Request request)
    {
        await Task.Delay(5);
        return $"{request.RemoteEndPoint?.Port}\n" + Line("remote-late", p, request);
    }

    [Delete("/nothing/{p}")]
    private static void Nothing(string p, Request request) => _ = Line("nothing", p, request);

    private static readonly Response s_shared = new("shared by all") { Headers = { ["X-Shared"] = "yes" } };
    private static readonly Response s_sharedBytes = Response.Bytes(Encoding.ASCII.GetBytes(new string('s', 40_000)), "text/plain");

    [Get("/shared/{p}")]
    private static Response Shared(string p)
    {
        Ambient.Enter("shared");
        return s_shared;
    }

    [Get("/shared-bytes/{p}")]
    private static async Task<Response> SharedBytes(string p)
    {
        Ambient.Enter("shared-bytes");
        await Task.Yield();
        return s_sharedBytes;
    }

    // ---- asynchronous
    // ----------------------------------------------------------------------------------------------------

    [Get("/yield/{p}")]
    private static async Task<string> Yield(string p, Request request, int n = 1)
    {
        Ambient.Enter("yield");
        await Task.Yield();
        return Line("yield", p, request, enters: false, n: n);
    }

    [Get("/delay/{p}")]
    private static async Task<string> Delay(string p, Request request, int ms = 1, int n = 1)
    {
        Ambient.Enter("delay");
        await Task.Delay(ms);
        return Line("delay", p, request, enters: false, n: n);
    }

    [Get("/delay-token/{p}")]
    private static async ValueTask<string> DelayToken(string p, Request request, CancellationToken aborted, int ms = 1)
    {
        Ambient.Enter("delay-token");
        await Task.Delay(ms, aborted);
        return Line("delay-token", p, request, enters: false);
    }

    /// <summary>It asks for a token, ignores it, and ends when the client has left long ago.</summary>
    [Get("/late/{p}")]
    private static async Task<Response> Late(string p, Request request, CancellationToken aborted, int ms = 30)
    {
        string line = Line("late", p, request);
        await Task.Delay(ms, CancellationToken.None);
        _ = aborted.IsCancellationRequested;
        return Response.Stream(new Tracked(Encoding.UTF8.GetBytes(line)), "text/plain");
    }

    [Get("/completed/{p}")]
    private static Task<byte[]> Completed(string p, Request request) =>
        Task.FromResult(Encoding.UTF8.GetBytes(Line("completed", p, request)));

    [Get("/json-late/{p}")]
    private static async Task<Echoed> JsonLate(string p, Request request, int n = 1)
    {
        Ambient.Enter("json-late");
        await Task.Yield();
        return Echo("json-late", p, request, "", n, enters: false);
    }

    [Get("/response-late/{p}")]
    private static async Task<Response> RespondLate(string p, Request request, int n = 1)
    {
        Ambient.Enter("response-late");
        await Task.Delay(1);
        request.Cookies.Set("echo", request.Cookies["secret"] ?? "");
        string echo = request.Headers["X-Secret"] ?? "";
        return new Response(Line("response-late", p, request, enters: false, n: n)) { Headers = { ["X-Echo"] = echo } };
    }

    [Get("/blocking/{p}"), Blocking]
    private static string Blocking(string p, Request request, int n = 1)
    {
        Thread.Sleep(1);
        return Line("blocking", p, request, n: n);
    }

    // ---- what all are made of
    // --------------------------------------------------------------------------------------------

    internal static string Line(string shape, string p, Request request, string body = "", bool enters = true, int n = 1)
    {
        if (enters) Ambient.Enter(shape);
        return Repeat($"{shape};{p};{request.Headers["X-Secret"]};{request.Cookies["secret"]};{body}\n", n);
    }

    internal static Echoed Echo(string shape, string p, Request request, string body, int n, bool enters = true)
    {
        if (enters) Ambient.Enter(shape);
        return new Echoed(shape, p, request.Headers["X-Secret"], request.Cookies["secret"], body, [.. Enumerable.Repeat(p, n)]);
    }

    private static string Repeat(string line, int n) => n == 1 ? line : string.Concat(Enumerable.Repeat(line, n));
}
