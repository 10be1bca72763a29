using System.Buffers;
using System.Text.Json;
using Prebake.Development;
using Prebake.Telemetry;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// What the HTTP/1.1 connections of one loop share, since only one of them has its turn at a time: the date, a JSON writer, and the
/// exchanges, which are as many as requests wait for an answer and not as many as there are connections.
/// </summary>
internal sealed class Http1Worker(Http1Service service, Loop loop)
{
    // 64: what a busy loop has waiting; beyond it, the collector takes them
    private const int MaxPooled = 64;

    private readonly Stack<Http1Exchange> _pool = new();
    private ArrayBufferWriter<byte>? _json;
    private Utf8JsonWriter? _jsonWriter;
    private int _pending;

    public Http1Service Service => service;
    public Http1Settings Settings { get; } = service.Settings;
    public Loop Loop => loop;
    public OutputBuffer Output { get; } = loop.Output;
    public DateLine Date { get; } = new(loop);

    public readonly long IdleMilliseconds = service.Settings.IdleMilliseconds;
    public readonly long HeadMilliseconds = service.Settings.HeadMilliseconds;

    /// <summary>Somebody wants to know of requests: asked once for what one read brought.</summary>
    public bool IsObserved { get; private set; }

    public LoopWatchSlot? Watch { get; } = service.Settings.Watch?.SlotFor(loop.Index);

    /// <summary>A read has brought requests.</summary>
    public void LookForObservers() => IsObserved = service.Observer is { IsOn: true };

    public int PendingRequests => Volatile.Read(ref _pending);

    /// <summary>The exchange that the next head is parsed into. It stays here unless its request has to wait.</summary>
    public Http1Exchange Spare { get => field ??= new Http1Exchange(); private set; }

    public void RequestStarted() => _pending++;
    public void RequestEnded() => _pending--;

    /// <summary>The spare one goes with its request; another takes its place.</summary>
    public void TakeSpare() => Spare = _pool.TryPop(out Http1Exchange? next) ? next : new Http1Exchange();

    /// <summary>A request that had waited has been answered.</summary>
    public void Return(Http1Exchange exchange)
    {
        if (exchange.IsHeld)
        {
            if (exchange == Spare) TakeSpare();
        }
        else if (exchange != Spare && _pool.Count < MaxPooled) _pool.Push(exchange);
    }

    /// <summary>A JSON writer over a buffer of the loop's; its text is valid until the next call.</summary>
    public Utf8JsonWriter RentJson(out ArrayBufferWriter<byte> buffer)
    {
        buffer = _json ??= new ArrayBufferWriter<byte>(1 << 10);
        buffer.ResetWrittenCount();

        if (_jsonWriter is null) _jsonWriter = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        else _jsonWriter.Reset();

        return _jsonWriter;
    }
}
