using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Prebake.Http;

/// <summary>
/// An asynchronous sequence as a body. What it yields is sent no later than when it next has to wait; what comes without waiting leaves together.
/// </summary>
internal abstract class PieceSource<T>(IAsyncEnumerable<T> pieces) : StreamSource
{
    // One send's worth: a sequence that never waits is not sent in crumbs
    private const int FlushThreshold = 16 << 10;

    protected abstract void Write(PipeWriter body, T piece);

    public sealed override async Task ProduceAsync(PipeWriter body, CancellationToken aborted)
    {
        IAsyncEnumerator<T> enumerator = pieces.GetAsyncEnumerator(aborted);
        await using (enumerator.ConfigureAwait(false))
        {
            bool wanted = true;
            while (wanted)
            {
                ValueTask<bool> next = enumerator.MoveNextAsync();
                if (!next.IsCompleted && body.UnflushedBytes > 0) wanted = await FlushAsync(body).ConfigureAwait(false);
                // Awaited even if nobody is left: a sequence must not be disposed of while it is at work
                if (!await next.ConfigureAwait(false)) break;

                Write(body, enumerator.Current);
                if (body.UnflushedBytes >= FlushThreshold) wanted &= await FlushAsync(body).ConfigureAwait(false);
            }
        }
    }

    // Suspended for each block of a long stream, so its state comes from a pool
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private static async ValueTask<bool> FlushAsync(PipeWriter body) => !(await body.FlushAsync().ConfigureAwait(false)).IsCompleted;
}

/// <summary>Text, piece by piece (row B45).</summary>
internal sealed class TextSource(IAsyncEnumerable<string> pieces) : PieceSource<string>(pieces)
{
    protected override void Write(PipeWriter body, string piece) => Encoding.UTF8.GetBytes(piece, body);
}

/// <summary>Bytes, piece by piece.</summary>
internal sealed class ArraySource(IAsyncEnumerable<byte[]> pieces) : PieceSource<byte[]>(pieces)
{
    protected override void Write(PipeWriter body, byte[] piece) => body.Write(piece);
}

/// <summary>The same for memory.</summary>
internal sealed class MemorySource(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces) : PieceSource<ReadOnlyMemory<byte>>(pieces)
{
    protected override void Write(PipeWriter body, ReadOnlyMemory<byte> piece) => body.Write(piece.Span);
}

/// <summary>One JSON text on each line.</summary>
internal sealed class JsonLineSource<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type) : PieceSource<T>(items)
{
    private Utf8JsonWriter? _writer;

    protected override void Write(PipeWriter body, T piece)
    {
        if (_writer is null) _writer = new Utf8JsonWriter(body);
        else _writer.Reset();

        JsonSerializer.Serialize(_writer, piece, type);
        _writer.Flush();
        body.Write("\n"u8);
    }
}

/// <summary>Server-sent events (row B48).</summary>
internal sealed class EventSource(IAsyncEnumerable<ServerSentEvent> events) : PieceSource<ServerSentEvent>(events)
{
    // A comment, which every client skips
    public override ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    protected override void Write(PipeWriter body, ServerSentEvent? piece)
    {
        if (piece is not null) body.Write(piece.Frame.Span);
    }
}
