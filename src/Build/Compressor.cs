using System.IO.Compression;
using Prebake.Grammar;
using Prebake.Shared;

namespace Prebake.Build;

/// <summary>How much of a build compression may take.</summary>
internal enum CompressionLevels
{
    /// <summary>Debug builds: nothing.</summary>
    None,

    /// <summary>Release builds: gzip.</summary>
    Fast,

    /// <summary>Publishing: gzip, Brotli 11 and Zstandard 19.</summary>
    Full,
}

/// <summary>A body in one coding.</summary>
internal sealed record Variant(ContentCoding Coding, byte[] Bytes)
{
    public ulong Hash { get; } = XxHash64.Hash(Bytes);
}

/// <summary>Compresses what is worth it, once for each content: results are kept by hash and coding.</summary>
internal sealed class Compressor(string cacheFolder, CompressionLevels levels)
{
    // Below this a response is one packet anyway
    private const int LeastLength = 256;

    /// <summary>The compressed variants of a file, smallest first; none when none saves a tenth.</summary>
    public List<Variant> Compress(string path, byte[] bytes)
    {
        var variants = new List<Variant>();
        if (levels == CompressionLevels.None || bytes.Length < LeastLength || MediaType.IsCompressed(path)) return variants;

        string hash = XxHash64.Hash(bytes).ToString("x16", System.Globalization.CultureInfo.InvariantCulture);
        byte[] gzip = Cached(hash + ".gz", bytes, Gzip);
        // What gzip cannot make smaller, the others cannot either
        if (!Saves(gzip, bytes)) return variants;

        variants.Add(new Variant(ContentCoding.Gzip, gzip));
        if (levels == CompressionLevels.Full)
        {
            variants.Add(new Variant(ContentCoding.Brotli, Cached(hash + ".br", bytes, Brotli)));
            variants.Add(new Variant(ContentCoding.Zstandard, Cached(hash + ".zst", bytes, Zstandard)));
        }

        // The order of codings decides between equals, so that a build can be repeated
        return variants.Where(variant => Saves(variant.Bytes, bytes)).OrderBy(variant => variant.Bytes.Length).ThenBy(variant => variant.Coding).ToList();
    }

    private byte[] Cached(string name, byte[] bytes, Func<byte[], byte[]> compress)
    {
        string file = Path.Combine(cacheFolder, name);
        if (File.Exists(file)) return File.ReadAllBytes(file);

        byte[] result = compress(bytes);
        Directory.CreateDirectory(cacheFolder);
        // Moved into place, so that a build that is cut off leaves no half of a file
        string temporary = file + "." + Guid.NewGuid().ToString("n");
        File.WriteAllBytes(temporary, result);
        File.Move(temporary, file, overwrite: true);
        return result;
    }

    private static bool Saves(byte[] compressed, byte[] bytes) => compressed.Length <= bytes.Length - (bytes.Length / 10);

    private static byte[] Gzip(byte[] bytes)
    {
        var output = new MemoryStream();
        using (var gzip = new GZipStream(output, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return output.ToArray();
    }

    private static byte[] Brotli(byte[] bytes)
    {
        byte[] output = new byte[BrotliEncoder.GetMaxCompressedLength(bytes.Length)];
        // 22: a window of 4 MiB, which every client can hold
        return BrotliEncoder.TryCompress(bytes, output, out int written, quality: 11, window: 22) ? output[..written] : bytes;
    }

    private static byte[] Zstandard(byte[] bytes)
    {
        // 19 stays within the 8 MiB of window that RFC 9659 lets a client insist on
        using var compressor = new ZstdSharp.Compressor(19);
        return compressor.Wrap(bytes).ToArray();
    }
}
