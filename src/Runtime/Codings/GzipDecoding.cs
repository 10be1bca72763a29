using System.Buffers;

namespace Prebake.Codings;

/// <summary>gzip (RFC 1952), of which several may follow each other, and zlib (RFC 1950), which HTTP calls deflate.</summary>
internal sealed unsafe class GzipDecoding : BodyDecoder
{
    private ZLib.Stream* _stream = ZLib.OpenInflater(ZLib.GzipOrZlib);
    private bool _isBetween;            // one has ended: another one begins with the next byte

    ~GzipDecoding() => Dispose(disposing: false);

    public override OperationStatus Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        ObjectDisposedException.ThrowIf(_stream is null, this);
        (consumed, written) = (0, 0);
        if (_isBetween && !source.IsEmpty)
        {
            if (ZLib.InflateReset(_stream, ZLib.GzipOrZlib) != ZLib.Ok) return OperationStatus.InvalidData;
            _isBetween = false;
        }

        int result;
        fixed (byte* from = source, into = destination)
        {
            _stream->NextIn = from;
            _stream->AvailableIn = (uint)source.Length;
            _stream->NextOut = into;
            _stream->AvailableOut = (uint)destination.Length;
            result = ZLib.Inflate(_stream, ZLib.SyncFlush);
            consumed = source.Length - (int)_stream->AvailableIn;
            written = destination.Length - (int)_stream->AvailableOut;
        }

        GC.KeepAlive(this);
        switch (result)
        {
            case ZLib.StreamEnd:
                _isBetween = true;
                return OperationStatus.Done;
            case ZLib.Ok or ZLib.BufferError:
                return written == destination.Length ? OperationStatus.DestinationTooSmall
                    : consumed == source.Length ? OperationStatus.NeedMoreData
                    : OperationStatus.InvalidData;
            default:
                return OperationStatus.InvalidData;
        }
    }

    protected override void Dispose(bool disposing)
    {
        ZLib.CloseInflater(_stream);
        _stream = null;
    }
}
