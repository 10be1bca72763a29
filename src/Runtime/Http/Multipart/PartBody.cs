using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace Prebake.Http.Multipart;

/// <summary>The body of one part: what stands in front of the next delimiter. The delimiter itself is consumed with the last byte.</summary>
internal sealed class PartBody(PipeReader body, byte[] delimiter) : PipeReader
{
    // Blanks that a gateway may have put behind a boundary (RFC 2046 section 5.1.1)
    private const int MaxPadding = 64;

    private enum Match : byte { None, Partial, Found }

    private ReadOnlySequence<byte> _buffer;         // of the whole body, in the read that is out
    private SequencePosition _end;                  // of this part's share of it
    private long _delimiterLength;                  // known: the part ends with this share
    private bool _started, _ended;

    /// <summary>The delimiter behind this part was the closing one. Known once the part has been read to its end.</summary>
    public bool IsLast { get; private set; }

    // Suspended for each piece of a long part, so its state comes from a pool
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
    {
        if (_ended) return new ReadResult(default, isCanceled: false, isCompleted: true);

        while (true)
        {
            ReadResult result = await body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryTake(result, out ReadResult taken)) return taken;
        }
    }

    public override bool TryRead(out ReadResult result)
    {
        if (_ended)
        {
            result = new ReadResult(default, isCanceled: false, isCompleted: true);
            return true;
        }

        result = default;
        return body.TryRead(out ReadResult inner) && TryTake(inner, out result);
    }

    public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
    {
        if (_ended) return;

        bool all = _buffer.Slice(consumed, _end).IsEmpty;
        if (!_buffer.Slice(_buffer.Start, consumed).IsEmpty) _started = true;
        if (_delimiterLength > 0)
        {
            // To its end, so that the next part begins behind the delimiter
            _ended = all;
            if (all) body.AdvanceTo(_buffer.GetPosition(_delimiterLength, _end));
            else body.AdvanceTo(consumed, examined);
        }
        else
        {
            // Who has seen all of this share waits for more of the whole
            body.AdvanceTo(consumed, _buffer.Slice(examined, _end).IsEmpty ? _buffer.End : examined);
        }

        _buffer = default;
    }

    public override void CancelPendingRead() => body.CancelPendingRead();

    // The body has other parts, and is completed with its request
    public override void Complete(Exception? exception = null) { }

    /// <summary>Reads to the end of the part and throws it away.</summary>
    public async ValueTask SkipAsync(CancellationToken cancellationToken)
    {
        while (!_ended)
        {
            ReadResult result = await ReadAsync(cancellationToken).ConfigureAwait(false);
            AdvanceTo(result.Buffer.End);
        }
    }

    // False: more must arrive before it is known whether there is anything
    private bool TryTake(ReadResult result, out ReadResult taken)
    {
        _buffer = result.Buffer;
        Match match = Find(_buffer, out long at, out _delimiterLength, out bool isLast);

        if (match is not Match.Found && result.IsCompleted && !result.IsCanceled)
        {
            body.AdvanceTo(_buffer.End);
            _buffer = default;
            throw MultipartReader.Malformed("it ends in the middle of a part");
        }

        if (match is Match.Found) IsLast = isLast;
        if (match is Match.None) at = _buffer.Length;

        if (at == 0 && match is not Match.Found && !result.IsCanceled)
        {
            body.AdvanceTo(_buffer.Start, _buffer.End);
            _buffer = default;
            taken = default;
            return false;
        }

        ReadOnlySequence<byte> share = _buffer.Slice(0, at);
        _end = share.End;
        // An empty last share can be consumed by nobody
        if (match is Match.Found && at == 0)
        {
            AdvanceTo(_end);
            share = default;
        }

        taken = new ReadResult(share, result.IsCanceled, match is Match.Found);
        return true;
    }

    /// <summary>Where the delimiter begins, or may begin, and how long it is with all that belongs to it.</summary>
    private Match Find(ReadOnlySequence<byte> buffer, out long at, out long length, out bool isLast)
    {
        // A part, and the whole body, may begin with its delimiter: the line break in front was that of the head, or there is none
        if (!_started)
        {
            Match match = MatchAt(buffer, delimiter.AsSpan(2), out length, out isLast);
            at = 0;
            if (match is not Match.None) return match;
        }

        long offset = 0;
        foreach (ReadOnlyMemory<byte> segment in buffer)
        {
            ReadOnlySpan<byte> span = segment.Span;
            for (int from = 0; from < span.Length;)
            {
                // With all of it in one segment, which is the rule, this is one vectorized search
                int found = span[from..].IndexOf(delimiter);
                int next = found >= 0 ? from + found : IndexOfTail(span, from);
                if (next < 0) break;

                at = offset + next;
                Match match = MatchAt(buffer.Slice(at), delimiter, out length, out isLast);
                if (match is not Match.None) return match;
                from = next + 1;
            }

            offset += span.Length;
        }

        at = length = 0;
        isLast = false;
        return Match.None;
    }

    // A CR so near the end that the delimiter could go on in the next segment
    private int IndexOfTail(ReadOnlySpan<byte> span, int from)
    {
        int start = Math.Max(from, span.Length - delimiter.Length + 1);
        int index = span[start..].IndexOf((byte)'\r');
        return index < 0 ? -1 : start + index;
    }

    private static Match MatchAt(ReadOnlySequence<byte> buffer, ReadOnlySpan<byte> delimiter, out long length, out bool isLast)
    {
        length = 0;
        isLast = false;

        Span<byte> window = stackalloc byte[4 + 70 + MaxPadding + 2];
        int have = (int)Math.Min(buffer.Length, window.Length);
        buffer.Slice(0, have).CopyTo(window);
        window = window[..have];

        if (have < delimiter.Length) return delimiter.StartsWith(window) ? Match.Partial : Match.None;
        if (!window.StartsWith(delimiter)) return Match.None;

        ReadOnlySpan<byte> rest = window[delimiter.Length..];
        if (rest.StartsWith("--"u8))
        {
            isLast = true;
            length = delimiter.Length + 2;
            return Match.Found;
        }

        int padding = rest.IndexOfAnyExcept((byte)' ', (byte)'\t');
        if (padding < 0) return rest.Length > MaxPadding ? Match.None : Match.Partial;

        rest = rest[padding..];
        if (rest.StartsWith("\r\n"u8))
        {
            length = delimiter.Length + padding + 2;
            return Match.Found;
        }

        // A longer boundary that begins like this one is content
        return rest.Length == 1 && rest[0] is (byte)'\r' || padding == 0 && rest is [(byte)'-'] ? Match.Partial : Match.None;
    }
}
