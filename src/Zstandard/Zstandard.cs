namespace Prebake;

/// <summary>Zstandard (RFC 8878), which compresses as well as Brotli in a fraction of the time.</summary>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly Decompression _decompression = new() { Codings = [Zstandard.Coding, Coding.Gzip] };
///     [Use] readonly Compression _compression = new() { Codings = [Zstandard.Coding, Coding.Brotli, Coding.Gzip] };
/// }
/// </code></example>
public static class Zstandard
{
    /// <summary>
    /// The coding <c>zstd</c>. Windows are of 8 MiB at most in request bodies (RFC 9659 section 3): what asks for more
    /// is 400. Responses have smaller ones, up to 512 KiB, since each stream has a compressor of its own.
    /// </summary>
    public static Coding Coding { get; } = new ZstandardCoding();
}
