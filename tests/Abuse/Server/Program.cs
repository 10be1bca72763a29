// What the abuse tests abuse: every way to answer, with time-outs that a test can afford.
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

var options = new ServeOptions
{
    Hostname = "127.0.0.1",
    HeadTimeout = Seconds("HEAD_TIMEOUT", 10),
    IdleTimeout = Seconds("IDLE_TIMEOUT", 120),
    ShutdownTimeout = Seconds("SHUTDOWN_TIMEOUT", 10),
    ShutdownDelay = Seconds("SHUTDOWN_DELAY", 0),
    MaxConnections = Environment.GetEnvironmentVariable("MAX_CONNECTIONS") is { } most ? int.Parse(most, System.Globalization.CultureInfo.InvariantCulture) : null,
    AccessLog = Environment.GetEnvironmentVariable("ACCESS_LOG") is not null,
    LogFormat = Environment.GetEnvironmentVariable("ACCESS_LOG") == "json" || Environment.GetEnvironmentVariable("LOG_FORMAT") == "json" ? LogFormat.Json : LogFormat.Text,
    MaxRequestBodySize = 2L << 30,
};

if (Environment.GetEnvironmentVariable("UNIX_SOCKET") is { } socketPath) options = options with { Hostname = null, Unix = socketPath };
if (Environment.GetEnvironmentVariable("UNIX_MODE") is { } mode) options = options with { UnixMode = (UnixFileMode)Convert.ToInt32(mode, 8) };
if (Environment.GetEnvironmentVariable("UNIX_GROUP") is { } group) options = options with { UnixGroup = group };

if (Environment.GetEnvironmentVariable("ACTIVATE") is not null) Activation.Exec();

if (Environment.GetEnvironmentVariable("FORBID_IO_URING") is not null) Confinement.ForbidIoUring();

// A second server of the same process, which only its signals can end
if (Environment.GetEnvironmentVariable("SECOND") is not null) Console.WriteLine($"Second: {Serve.Start<App>(options with { Port = 0 }).Port}");

// What holds a process whose main has returned
if (Environment.GetEnvironmentVariable("HOLD") is { } hold)
{
    Server server = Serve.Start<App>(options with { Port = 0 });
    if (hold != "ref") server.Unref();
    if (hold == "both") server.Ref();
    Console.WriteLine($"Listening on {server.Url}");
    return 0;
}

return Serve.Run<App>(args, options);

static TimeSpan Seconds(string name, double fallback) =>
    TimeSpan.FromSeconds(Environment.GetEnvironmentVariable(name) is { } text ? double.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : fallback);

[File("/file", "file.bin")]
[File("/secret", "secret.bin")]
[Health]
partial class App
{
    [Static("/")] const string Home = "Hello";

    [Get("/text")] static string Text() => "text";

    [Get("/slow")] static async Task<string> Slow(int ms)
    {
        await Task.Delay(ms);
        return "slow";
    }

    [Get("/throws")] static string Throws() => throw new HttpException(418, "on purpose");

    [Get("/falls/timer")] static void FallsByTimer() => s_timer = new Timer(_ => throw new InvalidOperationException("nobody waits for me"), null, 0, -1);
    private static Timer? s_timer;

    [Get("/falls/thread")] static void FallsByThread() => new Thread(() => throw new InvalidOperationException("nobody waits for me")).Start();

    [Get("/falls/void")] static void FallsByVoid()
    {
        Fall();

        static async void Fall()
        {
            await Task.Yield();
            throw new InvalidOperationException("nobody waits for me");
        }
    }

    [Get("/large")] static byte[] Large() => Blocks.Large;

    [Get("/small")] static byte[] Small() => Blocks.Small;

    [Get("/stream")] static async IAsyncEnumerable<byte[]> Stream(long bytes)
    {
        byte[] block = Blocks.Medium;
        for (long sent = 0; sent < bytes; sent += block.Length) yield return block;
        await Task.CompletedTask;
    }

    [Get("/ticks")] static async IAsyncEnumerable<string> Ticks([EnumeratorCancellation] CancellationToken aborted)
    {
        Interlocked.Increment(ref s_ticking);
        try
        {
            while (true)
            {
                yield return "tick\n";
                await Task.Delay(10, aborted);
            }
        }
        finally
        {
            Interlocked.Decrement(ref s_ticking);
        }
    }

    [Get("/ticking")] static string Ticking() => $"{Volatile.Read(ref s_ticking)}";
    private static int s_ticking;

    [Post("/upload")] static async Task<string> Upload(Request request)
    {
        long length = 0;
        while (true)
        {
            ReadResult read = await request.Body.ReadAsync();
            length += read.Buffer.Length;
            request.Body.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted) return $"{length}";
        }
    }

    [Post("/whole")] static async Task<string> Whole(Request request) => $"{(await request.BytesAsync()).Length}";

    [Post("/form")] static async Task<string> Form(Request request)
    {
        long length = 0;
        await foreach (FormPart part in request.PartsAsync())
        {
            var counter = new Counter();
            await part.CopyToAsync(counter);
            length += counter.Count;
        }

        return $"{length}";
    }

    [Post("/save")] static async Task<string> Save(Request request, [Query] string path)
    {
        await using FileStream file = File.Create(path);
        await request.Body.CopyToAsync(file);
        return "saved";
    }

    [Post("/echo")] static byte[] Echo([Body] byte[] body) => body;

    [WebSocket("/ws", Decompress = Deflate.Shared)] static Member Join() => new();

    [Get("/sockets")] static string Sockets(Server server) => $"{Member.Count} {server.SubscriberCount("room")}";

    [Get("/threads")] static string Threads() => $"{System.Diagnostics.Process.GetCurrentProcess().Threads.Count}";

    [Get("/collect")] static string Collect()
    {
        GC.Collect(2, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return $"{GC.GetTotalMemory(false)}";
    }

    private sealed class Counter : Stream
    {
        public long Count { get; private set; }
        public override bool CanRead => false;
        public override bool CanSeek => false;
        public override bool CanWrite => true;
        public override long Length => Count;
        public override long Position { get => Count; set => throw new NotSupportedException(); }
        public override void Flush() { }
        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => Count += count;
        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Count += buffer.Length;
            return default;
        }
    }
}

// An echo that is in a room and counts
sealed class Member : WebSocketHandler
{
    private static int s_count;

    public static int Count => Volatile.Read(ref s_count);

    protected override void Open()
    {
        Interlocked.Increment(ref s_count);
        Subscribe("room");
    }

    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind)
    {
        Send(data, kind);
        if (data.StartsWith("all"u8)) Publish("room", data, kind);
    }

    protected override void Close(int code, string reason) => Interlocked.Decrement(ref s_count);
}

// What systemd does for a socket unit: listens, and becomes the service with the socket as descriptor 3
static unsafe class Activation
{
    public static void Exec()
    {
        var socket = new System.Net.Sockets.Socket(System.Net.Sockets.AddressFamily.InterNetwork, System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        socket.Bind(new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0));
        socket.Listen();
        dup2((int)socket.Handle, 3);

        nint[] arguments = [Utf8(Environment.ProcessPath!), 0];
        nint[] variables = [Utf8($"LISTEN_PID={Environment.ProcessId}"), Utf8("LISTEN_FDS=1"), Utf8("PORT=1"), 0];
        fixed (nint* arguments0 = arguments, variables0 = variables) execve(arguments[0], arguments0, variables0);
    }

    private static nint Utf8(string text) => System.Runtime.InteropServices.Marshal.StringToCoTaskMemUTF8(text);

    [System.Runtime.InteropServices.DllImport("libc")] private static extern int dup2(int from, int to);
    [System.Runtime.InteropServices.DllImport("libc")] private static extern int execve(nint path, nint* arguments, nint* variables);
}

// What the seccomp profile of many containers does: io_uring_setup is not permitted
static unsafe class Confinement
{
    public static void ForbidIoUring()
    {
        // Load the number of the call; 425 is answered EPERM, all others are allowed
        ulong* filter = stackalloc ulong[4] { 0x20, 0x15 | (1UL << 24) | (425UL << 32), 0x06 | (0x00050001UL << 32), 0x06 | (0x7FFF0000UL << 32) };
        nint* program = stackalloc nint[2] { 4, (nint)filter };
        if (prctl(38, 1, 0, 0, 0) != 0 || prctl(22, 2, (nint)program, 0, 0) != 0) throw new InvalidOperationException("seccomp");
    }

    [System.Runtime.InteropServices.DllImport("libc")] private static extern int prctl(int option, nint a, nint b, nint c, nint d);
}

// Apart, so that each is made when it is first asked for
static class Blocks
{
    public static byte[] Small => field ??= Pattern(1 << 10);
    public static byte[] Medium => field ??= Pattern(64 << 10);
    public static byte[] Large => field ??= Pattern(32 << 20);

    private static byte[] Pattern(int length)
    {
        var bytes = new byte[length];
        for (int i = 0; i < length; i++) bytes[i] = (byte)(i * 31 >> 3);
        return bytes;
    }
}
