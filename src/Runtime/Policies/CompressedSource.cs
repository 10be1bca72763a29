using System.IO.Compression;
using System.IO.Pipelines;
using Prebake.Http;

namespace Prebake.Policies;

/// <summary>
/// A streamed body, compressed on its way: what the producer has sent leaves when it next has to wait, so that nobody
/// waits for the compressor.
/// </summary>
internal sealed class CompressedSource(StreamSource source, Coding coding, CompressionLevel level) : StreamSource
{
    // As much as may wait in the compressor's output before the client's pace counts
    private const int FlushThreshold = 16 << 10;

    /// <summary>What the loop asks of the pump.</summary>
    private enum Wish { None, Heartbeat, End }

    // Not disposed of: the loop may release it at any time, and it holds nothing that must be given back
    private readonly SemaphoreSlim _awake = new(0);
    private int _wish;

    public override ReadOnlySpan<byte> Heartbeat => source.Heartbeat;

    public override bool Beat()
    {
        if (Interlocked.CompareExchange(ref _wish, (int)Wish.Heartbeat, (int)Wish.None) == (int)Wish.None) _awake.Release();
        return true;
    }

    public override bool EndSoon()
    {
        Volatile.Write(ref _wish, (int)Wish.End);
        _awake.Release();
        return true;
    }

    public override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        var plain = new StreamPipe(static awake => ((SemaphoreSlim)awake!).Release(), _awake, source.ShowsPipe);
        Task producing = ProduceIntoAsync(plain, aborted);
        using var target = new PipeStream(body);
        Stream coder = coding.Compress(target, level);
        await using (coder.ConfigureAwait(false))
        {
            if (await PumpAsync(plain, coder, body).ConfigureAwait(false))
            {
                // The body ends here, and its producer hears of it by its token when the client has the end
                await coder.DisposeAsync().ConfigureAwait(false);
                body.Complete();
            }

            // What it throws must be known before the compressor ends the body as if it were whole
            try
            {
                await producing.ConfigureAwait(false);
            }
            catch (Exception)
            {
                target.IsCut = true;
                throw;
            }
        }
    }

    public override void Discard() => source.Discard();

    // True when the server stops and the producer has not ended
    private async Task<bool> PumpAsync(StreamPipe plain, Stream coder, StreamPipe body)
    {
        while (true)
        {
            if (Volatile.Read(ref _wish) == (int)Wish.End)
            {
                plain.StopReading();
                return true;
            }

            bool beats = Interlocked.CompareExchange(ref _wish, (int)Wish.None, (int)Wish.Heartbeat) == (int)Wish.Heartbeat;
            StreamPipe.Look look = plain.Take(out StreamPipe.Block block);
            if (look is StreamPipe.Look.Completed) return false;
            if (look is StreamPipe.Look.Empty && !beats)
            {
                await _awake.WaitAsync().ConfigureAwait(false);
                continue;
            }

            if (look is StreamPipe.Look.Empty) coder.Write(source.Heartbeat);
            else
            {
                coder.Write(block.Bytes, 0, block.Length);
                if (!block.IsSmall) plain.Taken(block.Length);
                plain.GiveBack(block);
            }

            if (look is not StreamPipe.Look.More) coder.Flush();
            else if (body.UnflushedBytes < FlushThreshold) continue;

            FlushResult flushed = await body.FlushAsync().ConfigureAwait(false);
            if (!flushed.IsCompleted) continue;
            plain.StopReading();
            return false;
        }
    }

    private async Task ProduceIntoAsync(StreamPipe plain, CancellationToken aborted)
    {
        try
        {
            await source.ProduceAsync(plain, aborted).ConfigureAwait(false);
            plain.Complete();
        }
        catch (Exception e)
        {
            plain.Complete(e);
            throw;
        }
    }

    /// <summary>Where the compressor writes to.</summary>
    private sealed class PipeStream(StreamPipe body) : Stream
    {
        /// <summary>Nothing more is written: the body must not look whole.</summary>
        public bool IsCut { get; set; }

        public override bool CanRead => false;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!IsCut) body.Write(buffer);
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return default;
        }

        public override void Flush() { }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}

/// <summary>Bytes that are there already, piece by piece.</summary>
internal sealed class BytesSource(ReadOnlyMemory<byte> bytes) : StreamSource
{
    private const int Piece = 16 << 10;

    public override async Task ProduceAsync(StreamPipe body, CancellationToken aborted)
    {
        for (ReadOnlyMemory<byte> left = bytes; !left.IsEmpty; left = left[Math.Min(Piece, left.Length)..])
        {
            body.Write(left.Span[..Math.Min(Piece, left.Length)]);
            if ((await body.FlushAsync(aborted).ConfigureAwait(false)).IsCompleted) return;
        }
    }
}
