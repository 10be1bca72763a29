using System.Buffers;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Prebake;

/// <summary>Frames of Zstandard, of which several may follow each other (RFC 8878 section 3).</summary>
internal sealed class ZstandardDecoding : BodyDecoder
{
    // RFC 9659 section 3: 8 MiB
    private const int LargestWindowLog = 23;

    private readonly Decompressor _decompressor = Open();

    public override OperationStatus Decode(
        ReadOnlySpan<byte> source, Span<byte> destination, out int consumed, out int written)
    {
        try
        {
            return _decompressor.UnwrapStream(source, destination, out consumed, out written);
        }
        catch (ZstdException)
        {
            (consumed, written) = (0, 0);
            return OperationStatus.InvalidData;
        }
    }

    protected override void Dispose(bool disposing) => _decompressor.Dispose();

    private static Decompressor Open()
    {
        var decompressor = new Decompressor();
        decompressor.SetParameter(ZSTD_dParameter.ZSTD_d_windowLogMax, LargestWindowLog);
        return decompressor;
    }
}
