using System.Buffers;
using System.Net;
using System.Text.Json;
using System.Text.Json.Serialization;

/// <summary>An exception that says what the <c>[Error]</c> handler is to do with it.</summary>
internal sealed class Planned(string how, string secret) : Exception($"planned: {how}")
{
    public string How => how;
    public string Secret => secret;
}

/// <summary>Memory whose owner lets go of it, at once or when it has been asked for so many times.</summary>
internal sealed class GoneMemory(int length, int times = 0) : MemoryManager<byte>
{
    private readonly byte[] _bytes = Enumerable.Repeat((byte)'m', length).ToArray();
    private int _asked;

    public override Memory<byte> Memory => CreateMemory(length);

    public override Span<byte> GetSpan() => _asked++ < times ? _bytes : throw new ObjectDisposedException(nameof(GoneMemory));

    public override MemoryHandle Pin(int elementIndex = 0) => throw new ObjectDisposedException(nameof(GoneMemory));
    public override void Unpin() { }
    protected override void Dispose(bool disposing) { }
}

/// <summary>A sequence that throws where it is told to.</summary>
internal sealed class BadSequence(string where, string text) : IAsyncEnumerable<string>, IAsyncEnumerator<string>
{
    private int _at;

    public IAsyncEnumerator<string> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
        where == "get" ? throw new Planned("decline", text) : this;

    public string Current => where == "current" && _at == 2 ? throw new Planned("decline", text) : text;

    public async ValueTask<bool> MoveNextAsync()
    {
        _at++;
        if (where == "first" || where == "later" && _at == 3)
        {
            if (_at > 1) await Task.Yield();
            throw new Planned("decline", text);
        }

        if (_at == 2) await Task.Yield();
        return _at <= 4;
    }

    public ValueTask DisposeAsync() => where == "dispose" ? throw new Planned("decline", text) : default;
}

/// <summary>A stream that is counted until it is disposed of, and throws where it is told to.</summary>
internal sealed class Tracked : Stream
{
    private readonly byte[] _content;
    private readonly string _throws;
    private int _at, _closed;

    public Tracked(byte[] content, string throws = "")
    {
        _content = content;
        _throws = throws;
        Ledger.Opened();
    }

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override void Flush() { }
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        if (_throws == "first" || _throws == "later" && _at > 0) throw new Planned("decline", "");
        int count = Math.Min(Math.Min(buffer.Length, 5000), _content.Length - _at);
        _content.AsSpan(_at, count).CopyTo(buffer);
        _at += count;
        return count;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_at > 0) await Task.Yield();
        return Read(buffer.Span);
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Ledger.Closed();
        if (_throws == "dispose") throw new Planned("decline", "");
    }
}

/// <summary>What another server is said to have answered; it breaks in the middle if it is told to.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly byte[] _content;
    private readonly bool _breaks;
    private int _closed;

    public TrackedContent(byte[] content, bool breaks)
    {
        _content = content;
        _breaks = breaks;
        Ledger.Opened();
    }

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context)
    {
        await stream.WriteAsync(_content.AsMemory(0, _content.Length / 2));
        await stream.FlushAsync();
        if (_breaks) throw new IOException("The other server has left.");
        await stream.WriteAsync(_content.AsMemory(_content.Length / 2));
    }

    protected override bool TryComputeLength(out long length)
    {
        length = _content.Length;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0) Ledger.Closed();
        base.Dispose(disposing);
    }
}

/// <summary>Half of it can be written as JSON.</summary>
[JsonConverter(typeof(BombConverter))]
internal sealed record Bomb(string Before, int Length);

internal sealed class BombConverter : JsonConverter<Bomb>
{
    public override Bomb Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new Planned("decline", "");

    public override void Write(Utf8JsonWriter writer, Bomb value, JsonSerializerOptions options)
    {
        writer.WriteStartArray();
        for (int i = 0; i < value.Length; i++) writer.WriteStringValue(value.Before);
        throw new Planned("decline", value.Before);
    }
}

internal sealed record Echoed(string Shape, string Path, string? Header, string? Cookie, string Body, string[] Lines);

internal sealed record Note(string Secret, string[] Lines);

[JsonSerializable(typeof(Echoed))]
[JsonSerializable(typeof(Note))]
[JsonSerializable(typeof(Bomb))]
[JsonSerializable(typeof(Checked))]
[JsonSerializable(typeof(List<Note>))]
[JsonSerializable(typeof(Facts))]
internal sealed partial class AppJson : JsonSerializerContext;
