using System.IO.Compression;
using Prebake.Grammar;

namespace Prebake.Policies;

/// <summary>The compressors of the base library.</summary>
internal static class Coder
{
    public static Stream Open(Stream target, ContentCoding coding, CompressionLevel level) =>
        coding is ContentCoding.Brotli
            ? new BrotliStream(target, level, leaveOpen: true)
            : new GZipStream(target, level, leaveOpen: true);

    public static byte[] Compress(ReadOnlySpan<byte> bytes, ContentCoding coding, CompressionLevel level)
    {
        using var target = new MemoryStream(bytes.Length / 2);
        using (Stream coder = Open(target, coding, level)) coder.Write(bytes);
        return target.ToArray();
    }
}
