using System.Buffers;
using System.IO.Compression;

namespace Prebake.Codings;

/// <summary>Brotli (RFC 7932).</summary>
internal sealed class BrotliDecoding : BodyDecoder
{
    private BrotliDecoder _decoder;
    private bool _hasEnded;

    public override OperationStatus Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        (consumed, written) = (0, 0);
        if (_hasEnded) return source.IsEmpty ? OperationStatus.Done : OperationStatus.InvalidData;

        OperationStatus status = _decoder.Decompress(source, destination, out consumed, out written);
        _hasEnded = status is OperationStatus.Done;
        return status;
    }

    protected override void Dispose(bool disposing) => _decoder.Dispose();
}
