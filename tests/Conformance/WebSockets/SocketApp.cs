using System.Collections.Concurrent;
using System.Text;
using System.Text.Json.Serialization;

namespace Prebake.Conformance.WebSockets;

/// <summary>WebSockets of every shape.</summary>
public partial class SocketApp
{
    /// <summary>What the handlers have been told, one line for each callback.</summary>
    internal Ledger Ledger { get; } = new();

    [WebSocket("/echo")] SocketEcho Echo() => new();

    [WebSocket("/span")] SpanEcho Span() => new();

    [WebSocket("/told", Protocols = ["v2", "v1"])] Told Tell() => new(Ledger);

    [WebSocket("/small", MaxPayloadLength = 1000)] SocketEcho Small() => new();

    [WebSocket("/later")] async Task<SocketEcho> Later()
    {
        await Task.Yield();
        return new();
    }

    [WebSocket("/fields")] SocketEcho Fields(Request request)
    {
        request.UpgradeHeaders["X-Own"] = "mine";
        request.Cookies.Set("taste", "sweet");
        return new();
    }

    [WebSocket("/refused")] SocketEcho? Refused() => null;

    [WebSocket("/any", Origins = ["*"])] SocketEcho Any() => new();

    [WebSocket("/slow")] Slow Slowly() => new(Ledger);

    [WebSocket("/throws")] Throwing Throws() => new(Ledger);

    [WebSocket("/idle", IdleTimeout = 1)] Told Idle() => new(Ledger);

    [WebSocket("/silent", IdleTimeout = 1, SendPings = false)] Told Silent() => new(Ledger);

    [WebSocket("/old", MaxLifetime = 1)] Told Old() => new(Ledger);

    [WebSocket("/notes")] Notes Note() => new();

    [WebSocket("/flood", BackpressureLimit = 100_000)] Flooding Flood() => new(Ledger);

    [WebSocket("/flood/cut", BackpressureLimit = 100_000, CloseOnBackpressureLimit = true)] Flooding FloodAndCut() => new(Ledger);

    [WebSocket("/flood/wide")] Flooding FloodWidely() => new(Ledger);

    [WebSocket("/shared", Compress = Deflate.Shared, Decompress = Deflate.Shared, MaxPayloadLength = 1 << 20)] CompressingEcho Shared() => new();

    [WebSocket("/dedicated", Compress = Deflate.Dedicated16KB, Decompress = Deflate.Dedicated16KB)] CompressingEcho Dedicated() => new();

    [WebSocket("/inflates", Decompress = Deflate.Shared, MaxPayloadLength = 1000)] SpanEcho Inflates() => new();

    [WebSocket("/inflates/own", Decompress = Deflate.Dedicated256KB, MaxPayloadLength = 1 << 20)] SpanEcho InflatesOwn() => new();

    [WebSocket("/own", Compress = Deflate.Dedicated256KB, Decompress = Deflate.Dedicated256KB)] CompressingEcho Own() => new();
}

/// <summary>Lines that tests wait for.</summary>
internal sealed class Ledger
{
    private readonly BlockingCollection<string> _lines = [];

    public void Add(string line) => _lines.Add(line);

    public string Next() => _lines.TryTake(out string? line, TimeSpan.FromSeconds(30)) ? line : throw new TimeoutException("Nothing more is told.");

    public bool IsEmpty => _lines.Count == 0;
}

public sealed class SocketEcho : WebSocketHandler
{
    protected override ValueTask Message(string text)
    {
        Send(text);
        return default;
    }

    protected override ValueTask Message(ReadOnlyMemory<byte> data)
    {
        Send(data.Span);
        return default;
    }
}

public sealed class SpanEcho : WebSocketHandler
{
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind) => Send(data, kind);
}

/// <summary>Tells of everything, and does what its messages say.</summary>
public sealed class Told : WebSocketHandler
{
    private readonly Ledger _ledger;

    internal Told(Ledger ledger) => _ledger = ledger;

    protected override void Open() => _ledger.Add($"open {Protocol}");

    protected override ValueTask Message(string text)
    {
        switch (text)
        {
            case "close": CloseSocket(4000, "as asked"); break;
            case "terminate": Terminate(); break;
            case "close later": _ = Task.Run(() => { Send("before"); CloseSocket(4001, "later"); }); break;
            case "terminate later": _ = Task.Run(Terminate); break;
            case "send later":
                _ = Task.Run(() => { for (int i = 0; i < 100; i++) Send($"later {i}"); });
                break;
            case "pause":
                Pause();
                _ledger.Add($"paused {IsPaused}");
                break;
            case "ping": SendPing("is it you"u8); break;
            default: _ledger.Add($"text {text}"); break;
        }

        return default;
    }

    protected override ValueTask Message(ReadOnlyMemory<byte> data)
    {
        _ledger.Add($"binary {data.Length}");
        return default;
    }

    protected override void Ping(ReadOnlySpan<byte> data)
    {
        _ledger.Add($"ping {Encoding.UTF8.GetString(data)}");
        if (data.SequenceEqual("resume"u8)) Resume();
        if (data.SequenceEqual("close"u8)) CloseSocket(4003, "in a ping");
    }

    protected override void Pong(ReadOnlySpan<byte> data) => _ledger.Add($"pong {Encoding.UTF8.GetString(data)}");

    protected override void Close(int code, string reason) => _ledger.Add($"close {code} {reason} {Send("too late").Dropped}");
}

/// <summary>Whose messages overlap if they may.</summary>
public sealed class Slow : WebSocketHandler
{
    private readonly Ledger _ledger;

    internal Slow(Ledger ledger) => _ledger = ledger;

    protected override async ValueTask Message(string text)
    {
        _ledger.Add($"in {text}");
        await Task.Delay(20);
        Send(text);
        if (text == "throw") throw new InvalidOperationException("As asked");
        _ledger.Add($"out {text}");
    }

    protected override void Error(Exception error) => _ledger.Add($"error {error.Message}");

    protected override void Close(int code, string reason) => _ledger.Add($"close {code}");
}

public sealed class Throwing : WebSocketHandler
{
    private readonly Ledger _ledger;

    internal Throwing(Ledger ledger) => _ledger = ledger;

    protected override ValueTask Message(string text) => throw new InvalidOperationException("As always");

    protected override void Error(Exception error) => _ledger.Add($"error {error.Message}");

    protected override void Close(int code, string reason) => _ledger.Add($"close {code}");
}

/// <summary>Sends until it may not, when told; and says how much waits.</summary>
public sealed class Flooding : WebSocketHandler
{
    private readonly Ledger _ledger;

    internal Flooding(Ledger ledger) => _ledger = ledger;

    protected override ValueTask Message(string text)
    {
        if (text == "later") _ = Task.Run(Flood);
        else if (text == "waiting") _ledger.Add($"waiting {BufferedAmount}");
        else if (text == "close")
        {
            Flood();
            CloseSocket(4002, "full");
        }
        else Flood();
        return default;
    }

    private void Flood()
    {
        byte[] data = new byte[1000];
        int sent = 0;
        long most = 0;
        SendStatus status;
        while (!(status = Send(data)).Dropped)
        {
            sent++;
            most = Math.Max(most, BufferedAmount);
        }

        _ledger.Add($"sent {sent} {most} {status.Backpressure}");
        SendPing("still there"u8);
    }

    protected override void Drain() => _ledger.Add($"drain {BufferedAmount}");

    protected override void Close(int code, string reason) => _ledger.Add($"close {code}");
}

public sealed class CompressingEcho : WebSocketHandler
{
    protected override void Message(ReadOnlySpan<byte> data, MessageKind kind)
    {
        if (data.StartsWith("later"u8))
        {
            byte[] copy = data.ToArray();
            _ = Task.Run(() => Send(copy, kind, compress: true));
        }
        else if (data.StartsWith("text"u8)) Send(Encoding.UTF8.GetString(data), compress: true);
        else Send(data, kind, compress: !data.StartsWith("plain"u8));
    }
}

/// <summary>A message that is JSON.</summary>
public sealed record Note(int Number, string Text);

[JsonSerializable(typeof(Note))]
internal sealed partial class SocketJson : JsonSerializerContext;

public sealed class Notes : WebSocketHandler<Note>
{
    protected override async ValueTask Message(Note message)
    {
        await Task.Yield();
        SendJson(message with { Number = message.Number + 1 });
    }
}
