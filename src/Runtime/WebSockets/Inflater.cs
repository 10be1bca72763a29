using Prebake.Codings;

namespace Prebake.WebSockets;

/// <summary>What has come of a compressed message.</summary>
internal enum InflateStatus : byte
{
    Complete,

    /// <summary>The message would be longer than it may be; nothing more of it was inflated.</summary>
    TooLong,

    /// <summary>It is not compressed data.</summary>
    Malformed,
}

/// <summary>
/// The opposite of <see cref="Deflater"/> (RFC 7692 section 7.2.2). One serves all sockets of a loop: what a message
/// may refer to is put in front of it
/// as a block that is not compressed, which costs a copy.
/// </summary>
internal sealed unsafe class Inflater
{
    private const int LargestWindow = 32 << 10;

    // After a final block (RFC 7692 section 7.2.3.4) the window is copied in again: so often for any message, and once
    // more for each so many bytes of a long one, which keeps the work in proportion to what came
    private const int FinalBlocks = 16, BytesPerFinalBlock = 4 << 10;

    // What the client has left out (section 7.2.1), and a stored block of one byte. Only where a block has ended does that come out as
    // itself: so a message that ends in the middle of one is seen, for which these functions have no question of their own
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF, 0x00, 0x01, 0x00, 0xFE, 0xFF, Mark];

    private const byte Mark = 0x55;

    // Never given back: as many as there are loops, which live as long as the process does, nearly always
    private readonly ZLib.Stream* _stream = ZLib.OpenInflater();
    private readonly byte[] _window = new byte[LargestWindow];
    private int _finalBlocksLeft;       // of this message

    ~Inflater() => ZLib.CloseInflater(_stream);

    /// <summary>Inflates a message of at most <paramref name="most"/> bytes, which may refer to
    /// <paramref name="before"/>.</summary>
    public InflateStatus Inflate(ReadOnlySpan<byte> payload, ReadOnlySpan<byte> before, int most, Scratch to)
    {
        to.Length = 0;                  // an earlier message may have been broken off by an exception

        // Some leave out the empty block of an empty message, too
        if (payload.IsEmpty) return InflateStatus.Complete;
        if (!TryBegin(before)) return InflateStatus.Malformed;

        _finalBlocksLeft = FinalBlocks + (payload.Length / BytesPerFinalBlock);
        InflateStatus status = Feed(payload, before, most, to, out bool hasEnded);
        if (status is InflateStatus.Complete && !hasEnded) status = FeedTail(before, to);
        GC.KeepAlive(this);
        return status;
    }

    private InflateStatus FeedTail(ReadOnlySpan<byte> before, Scratch to)
    {
        int length = to.Length;
        InflateStatus status = Feed(Tail, before, length + 1, to, out bool hasEnded);
        if (status is not InflateStatus.Complete || hasEnded || to.Length != length + 1 || to.Written[length] != Mark)
            return InflateStatus.Malformed;

        to.Length = length;
        return InflateStatus.Complete;
    }

    private InflateStatus Feed(ReadOnlySpan<byte> input, ReadOnlySpan<byte> before, int most, Scratch to, out bool hasEnded)
    {
        hasEnded = false;
        Span<byte> beyond = stackalloc byte[1];
        fixed (byte* start = input)
        {
            _stream->NextIn = start;
            _stream->AvailableIn = (uint)input.Length;
            while (true)
            {
                // Where the message is as long as it may be, one byte shows that there is more; the room does not grow for it
                scoped Span<byte> room = to.Room(most);
                bool isFull = room.IsEmpty;
                if (isFull) room = beyond;

                int result, written;
                fixed (byte* into = room)
                {
                    _stream->NextOut = into;
                    _stream->AvailableOut = (uint)room.Length;
                    result = ZLib.Inflate(_stream, ZLib.SyncFlush);
                    written = room.Length - (int)_stream->AvailableOut;
                }

                if (!isFull) to.Length += written;
                else if (written > 0) return InflateStatus.TooLong;

                switch (result)
                {
                    case ZLib.StreamEnd:
                        // Section 7.2.3.4: a final block need not be the last
                        if (_stream->AvailableIn == 0) { hasEnded = true; return InflateStatus.Complete; }
                        if (_finalBlocksLeft-- == 0) return InflateStatus.Malformed;

                        byte* next = _stream->NextIn;
                        uint left = _stream->AvailableIn;
                        if (!TryBegin(LastOf(before, to.Written))) return InflateStatus.Malformed;
                        _stream->NextIn = next;
                        _stream->AvailableIn = left;
                        break;
                    case ZLib.Ok or ZLib.BufferError:
                        if (_stream->AvailableIn == 0 && _stream->AvailableOut > 0) return InflateStatus.Complete;
                        if (_stream->AvailableOut > 0 && result is ZLib.BufferError) return InflateStatus.Malformed;
                        break;
                    default:
                        return InflateStatus.Malformed;
                }
            }
        }
    }

    // RFC 1951 section 3.2.4: a stored block, neither compressed nor the last
    private bool TryBegin(ReadOnlySpan<byte> before)
    {
        if (ZLib.InflateReset(_stream) != ZLib.Ok) return false;
        if (before.IsEmpty) return true;

        int length = before.Length;
        ReadOnlySpan<byte> head = [0, (byte)length, (byte)(length >> 8), (byte)~length, (byte)(~length >> 8)];
        return TrySkip(head) && TrySkip(before);
    }

    private bool TrySkip(ReadOnlySpan<byte> stored)
    {
        Span<byte> unwanted = stackalloc byte[1 << 10];
        fixed (byte* start = stored, into = unwanted)
        {
            _stream->NextIn = start;
            _stream->AvailableIn = (uint)stored.Length;
            do
            {
                _stream->NextOut = into;
                _stream->AvailableOut = (uint)unwanted.Length;
                if (ZLib.Inflate(_stream, ZLib.SyncFlush) is not (ZLib.Ok or ZLib.BufferError)) return false;
            }
            while (_stream->AvailableIn > 0 || _stream->AvailableOut == 0);
        }

        return true;
    }

    private ReadOnlySpan<byte> LastOf(ReadOnlySpan<byte> before, ReadOnlySpan<byte> written)
    {
        if (written.Length >= LargestWindow) return written[^LargestWindow..];

        int kept = Math.Min(before.Length, LargestWindow - written.Length);
        before[^kept..].CopyTo(_window);
        written.CopyTo(_window.AsSpan(kept));
        return _window.AsSpan(0, kept + written.Length);
    }
}
