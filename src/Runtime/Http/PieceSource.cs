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

    private readonly TaskCompletionSource _done = new();
    private IAsyncEnumerator<T> _pieces = null!;
    private StreamPipe _body = null!;
    private ExecutionContext? _context;
    private Action _goOn = null!;

    private ConfiguredValueTaskAwaitable<bool>.ConfiguredValueTaskAwaiter _next;
    private ConfiguredValueTaskAwaitable<FlushResult>.ConfiguredValueTaskAwaiter _flush;
    private bool _isAsked, _isFlushing;         // _next, _flush: not looked at yet
    private bool _isWanted = true;              // somebody reads

    protected abstract void Write(StreamPipe body, T piece);

    public sealed override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        _body = body;
        _pieces = pieces.GetAsyncEnumerator(aborted);
        _context = ExecutionContext.Capture();
        _goOn = GoOn;

        await using (_pieces.ConfigureAwait(false))
        {
            Run();
            await _done.Task.ConfigureAwait(false);
        }
    }

    // What an async method would do with a loop of three lines. By hand, since its state machine's box, and its context anew each time, are a good part of what
    // an event costs.
    private void Run()
    {
        try
        {
            while (true)
            {
                if (_isFlushing) FlushEnded(_flush.GetResult());
                if (_isAsked)
                {
                    // Waited for even if nobody is left: a sequence must not be disposed of while it is at work
                    if (!_next.IsCompleted) { _next.UnsafeOnCompleted(_goOn); return; }

                    _isAsked = false;
                    if (!_next.GetResult()) break;

                    Write(_body, _pieces.Current);
                    if (_body.UnflushedBytes >= FlushThreshold && !TryFlush()) return;
                }

                if (!_isWanted) break;

                _next = _pieces.MoveNextAsync().ConfigureAwait(false).GetAwaiter();
                _isAsked = true;
                if (!_next.IsCompleted && _body.UnflushedBytes > 0 && !TryFlush()) return;
            }

            _done.SetResult();
        }
        catch (Exception e)
        {
            _done.SetException(e);
        }
    }

    // False: the pipe is full, and Run is called again
    private bool TryFlush()
    {
        ValueTask<FlushResult> flush = _body.FlushAsync();
        if (flush.IsCompleted)
        {
            FlushEnded(flush.Result);
            return true;
        }

        _isFlushing = true;
        _flush = flush.ConfigureAwait(false).GetAwaiter();
        _flush.UnsafeOnCompleted(_goOn);
        return false;
    }

    private void FlushEnded(FlushResult result)
    {
        _isFlushing = false;
        if (result.IsCompleted) _isWanted = false;
    }

    // Whoever has completed what was waited for may have come with a context of its own
    private void GoOn()
    {
        if (_context is null || ExecutionContext.Capture() == _context) Run();
        else ExecutionContext.Run(_context, static source => ((PieceSource<T>)source!).Run(), this);
    }
}

/// <summary>Text, piece by piece.</summary>
internal sealed class TextSource(IAsyncEnumerable<string> pieces) : PieceSource<string>(pieces)
{
    protected override void Write(StreamPipe body, string piece) => Encoding.UTF8.GetBytes(piece, body);
}

/// <summary>Bytes, piece by piece.</summary>
internal sealed class ArraySource(IAsyncEnumerable<byte[]> pieces) : PieceSource<byte[]>(pieces)
{
    protected override void Write(StreamPipe body, byte[] piece) => body.Write(piece);
}

/// <summary>The same for memory.</summary>
internal sealed class MemorySource(IAsyncEnumerable<ReadOnlyMemory<byte>> pieces) : PieceSource<ReadOnlyMemory<byte>>(pieces)
{
    protected override void Write(StreamPipe body, ReadOnlyMemory<byte> piece) => body.Write(piece.Span);
}

/// <summary>One JSON text on each line.</summary>
internal sealed class JsonLineSource<T>(IAsyncEnumerable<T> items, JsonTypeInfo<T> type) : PieceSource<T>(items)
{
    private Utf8JsonWriter? _writer;

    protected override void Write(StreamPipe body, T piece)
    {
        if (_writer is null) _writer = new Utf8JsonWriter(body);
        else _writer.Reset();

        JsonSerializer.Serialize(_writer, piece, type);
        _writer.Flush();
        body.Write("\n"u8);
    }
}

/// <summary>Server-sent events.</summary>
internal sealed class EventSource(IAsyncEnumerable<ServerSentEvent> events) : PieceSource<ServerSentEvent>(events)
{
    // A comment, which every client skips
    public override ReadOnlySpan<byte> Heartbeat => ":\n\n"u8;

    protected override void Write(StreamPipe body, ServerSentEvent? piece)
    {
        if (piece is not null) body.WriteShared(piece.Frame);
    }
}
