using System.Buffers;
using System.Net;
using System.Text.Json;
using Prebake.Development;
using Prebake.Http;
using Prebake.Transports;

namespace Prebake.Serving;

/// <summary>
/// What the connections of one loop share, since only one of them has its turn at a time: the date, a JSON writer,
/// counters. A protocol derives its
/// own for what is its own.
/// </summary>
internal abstract class Worker(Service service, Loop loop)
{
    private JsonBuffer? _json;
    private char[] _characters = [];
    private int _pending;
    private int _switched;

    public Service Service => service;
    public ServingSettings Settings { get; } = service.Settings;
    public Loop Loop => loop;
    public OutputBuffer Output { get; } = loop.Output;
    public DateLine Date { get; } = new(loop, service);

    /// <summary>Made on the loop's thread, before any handler has run on it.</summary>
    public Ambient Ambient { get; } = new();

    /// <summary>Connections are encrypted.</summary>
    public readonly bool IsSecure = service.Settings.Scheme == "https";

    public readonly long IdleMilliseconds = service.Settings.IdleMilliseconds;
    public readonly long HeadMilliseconds = service.Settings.HeadMilliseconds;

    /// <summary>Somebody wants to know of requests: asked once for what one read brought.</summary>
    public bool IsObserved { get; private set; }

    /// <summary>Whose request it is for those who watch: behind a trusted proxy the one that it names.</summary>
    public IPEndPoint? ObservedClient(RequestHead head, IPEndPoint? peer)
    {
        if (Settings.Clients is not { } clients) return peer;

        IPAddress? client = clients.Resolve(head, new RequestClient(peer?.Address, "", "")).Address;
        return client is null || client.Equals(peer?.Address) ? peer : new IPEndPoint(client, 0);
    }

    /// <summary>
    /// The last handler that has asked for a whole body wanted bytes, and the next may, too: what has come at once is then put into the
    /// very array that it gets. A guess, from whatever thread.
    /// </summary>
    public bool ExpectsBytes { get; set; }

    public LoopWatchSlot? Watch { get; } = service.Settings.Watch?.SlotFor(loop.Index);

    /// <summary>A read has brought requests.</summary>
    public void LookForObservers() => IsObserved = service.Observer is { IsOn: true };

    /// <summary>What the protocol to which connections are switched shares on this loop; its own business.</summary>
    public object? Switched { get; set; }

    /// <summary>Connections of this loop that speak that protocol now.</summary>
    public int SwitchedConnections => Volatile.Read(ref _switched);

    public void SwitchedStarted() => _switched++;
    public void SwitchedEnded() => _switched--;

    public int PendingRequests => Volatile.Read(ref _pending);

    public void RequestStarted() => _pending++;
    public void RequestEnded() => _pending--;

    /// <summary>
    /// A JSON writer over a buffer of the loop's. Whoever takes it has it alone until it is put back.
    /// </summary>
    public JsonBuffer TakeJson()
    {
        JsonBuffer json = _json ?? new JsonBuffer();
        _json = null;
        json.Reset();
        return json;
    }

    public void PutBack(JsonBuffer json) => _json = json;

    /// <summary>Room for a text that is shown to the handler that runs at the moment.</summary>
    public char[] Characters(int length)
    {
        if (_characters.Length < length) _characters = new char[Math.Max(length, 256)];
        return _characters;
    }
}

/// <summary>A JSON writer and what it writes into.</summary>
internal sealed class JsonBuffer
{
    public ArrayBufferWriter<byte> Bytes { get; } = new(1 << 10);

    public Utf8JsonWriter Writer { get; }

    public JsonBuffer() => Writer = new Utf8JsonWriter(Bytes, new JsonWriterOptions { SkipValidation = true });

    public void Reset()
    {
        Bytes.ResetWrittenCount();
        Writer.Reset();
    }
}
