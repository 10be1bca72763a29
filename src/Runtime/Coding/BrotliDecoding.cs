using System.Buffers;
using System.IO.Compression;

namespace Prebake.Coding;

/// <summary>Brotli (RFC 7932).</summary>
internal sealed class BrotliDecoding : BodyDecoder
{
    private BrotliDecoder _decoder;
    private DecodeStatus _last;

    public override DecodeStatus Decode(ReadOnlySpan<byte> input, Span<byte> room, out int used, out int written)
    {
        (used, written) = (0, 0);
        if (_last is DecodeStatus.Ended) return input.IsEmpty ? _last : DecodeStatus.Malformed;

        return _last = _decoder.Decompress(input, room, out used, out written) switch
        {
            OperationStatus.Done => DecodeStatus.Ended,
            OperationStatus.NeedMoreData => DecodeStatus.NeedsInput,
            OperationStatus.DestinationTooSmall => DecodeStatus.NeedsRoom,
            _ => DecodeStatus.Malformed,
        };
    }

    public override void Dispose() => _decoder.Dispose();
}
