using System.Buffers;
using System.Text.Json;
using Prebake.Development;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// What the connections of one loop share, since only one of them has its turn at a time: the date, a JSON writer, counters. A protocol derives its
/// own for what is its own.
/// </summary>
internal abstract class Worker(Service service, Loop loop)
{
    private ArrayBufferWriter<byte>? _json;
    private Utf8JsonWriter? _jsonWriter;
    private char[] _characters = [];
    private int _pending;

    public Service Service => service;
    public ServingSettings Settings { get; } = service.Settings;
    public Loop Loop => loop;
    public OutputBuffer Output { get; } = loop.Output;
    public DateLine Date { get; } = new(loop);

    /// <summary>Made on the loop's thread, before any handler has run on it.</summary>
    public Ambient Ambient { get; } = new();

    public readonly long IdleMilliseconds = service.Settings.IdleMilliseconds;
    public readonly long HeadMilliseconds = service.Settings.HeadMilliseconds;

    /// <summary>Somebody wants to know of requests: asked once for what one read brought.</summary>
    public bool IsObserved { get; private set; }

    public LoopWatchSlot? Watch { get; } = service.Settings.Watch?.SlotFor(loop.Index);

    /// <summary>A read has brought requests.</summary>
    public void LookForObservers() => IsObserved = service.Observer is { IsOn: true };

    public int PendingRequests => Volatile.Read(ref _pending);

    public void RequestStarted() => _pending++;
    public void RequestEnded() => _pending--;

    /// <summary>A JSON writer over a buffer of the loop's; its text is valid until the next call.</summary>
    public Utf8JsonWriter RentJson(out ArrayBufferWriter<byte> buffer)
    {
        buffer = _json ??= new ArrayBufferWriter<byte>(1 << 10);
        buffer.ResetWrittenCount();

        if (_jsonWriter is null) _jsonWriter = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true });
        else _jsonWriter.Reset();

        return _jsonWriter;
    }

    /// <summary>Room for a text that is shown to the handler that runs at the moment.</summary>
    public char[] Characters(int length)
    {
        if (_characters.Length < length) _characters = new char[Math.Max(length, 256)];
        return _characters;
    }

    /// <summary>The buffer has become large: the next text begins with a new one.</summary>
    public void DropJson()
    {
        _json = null;
        _jsonWriter = null;
    }
}
