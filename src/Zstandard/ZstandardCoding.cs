using System.IO.Compression;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Prebake;

/// <summary>Zstandard, by the managed port of its library.</summary>
internal sealed class ZstandardCoding() : Coding("zstd")
{
    // What is compressed is rarely longer, and a stream that lasts for days keeps twice as much
    private const int WindowLog = 19;
    private const int OutputSize = 16 << 10;

    public override Stream Compress(Stream target, CompressionLevel level) =>
        new CompressionStream(target, Open(level), OutputSize, preserveCompressor: false, leaveOpen: true);

    // The length is known then, and the tables are as small as it
    public override byte[] Compress(ReadOnlySpan<byte> body, CompressionLevel level)
    {
        using Compressor compressor = Open(level);
        return compressor.Wrap(body).ToArray();
    }

    public override BodyDecoder Decode() => new ZstandardDecoding();

    private static Compressor Open(CompressionLevel level)
    {
        var compressor = new Compressor(level switch
        {
            CompressionLevel.SmallestSize => 19,
            CompressionLevel.Fastest or CompressionLevel.NoCompression => 1,
            _ => 3,
        });
        compressor.SetParameter(ZSTD_cParameter.ZSTD_c_windowLog, WindowLog);
        return compressor;
    }
}
