namespace Prebake.Coding;

/// <summary>gzip (RFC 1952), of which several may follow each other, and zlib (RFC 1950), which HTTP calls deflate.</summary>
internal sealed unsafe class GzipDecoding : BodyDecoder
{
    private ZLib.Stream* _stream = ZLib.OpenInflater(ZLib.GzipOrZlib);
    private bool _isBetween;            // one has ended: another one begins with the next byte

    ~GzipDecoding() => Free();

    public override DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> room, out int used, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        (used, written) = (0, 0);
        if (_isBetween && !input.IsEmpty)
        {
            if (ZLib.InflateReset(_stream, ZLib.GzipOrZlib) != ZLib.Ok) return DecodeStatus.Malformed;
            _isBetween = false;
        }

        int result;
        fixed (byte* from = input, into = room)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (uint)input.Length;
            _stream->NextOut = into;
            _stream->AvailableOut = (uint)room.Length;
            result = ZLib.Inflate(_stream, ZLib.SyncFlush);
            used = input.Length - (int)_stream->AvailableIn;
            written = room.Length - (int)_stream->AvailableOut;
        }

        GC.KeepAlive(this);
        switch (result)
        {
            case ZLib.StreamEnd:
                _isBetween = true;
                return DecodeStatus.Ended;
            case ZLib.Ok or ZLib.BufferError:
                return written == room.Length ? DecodeStatus.NeedsRoom
                    : used == input.Length ? DecodeStatus.NeedsInput
                    : DecodeStatus.Malformed;
            default:
                return DecodeStatus.Malformed;
        }
    }

    public override void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Free()
    {
        ZLib.CloseInflater(_stream);
        _stream = null;
    }
}
