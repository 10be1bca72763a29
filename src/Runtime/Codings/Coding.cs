using System.IO.Compression;
using Prebake.Codings;
using Prebake.Shared;

namespace Prebake;

/// <summary>
/// A content coding (RFC 9110 section 8.4.1), for <see cref="Compression"/> and <see cref="Decompression"/>. Those of
/// the base library are here, Zstandard is in the package <c>Prebake.Zstandard</c>; others derive from this class.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Use] readonly Compression _compression = new() { Codings = [Zstandard.Coding, Coding.Brotli, Coding.Gzip] };
/// }
/// </code></example>
public abstract class Coding
{
    /// <summary>A coding of this name.</summary>
    /// <param name="name">As in <c>Content-Encoding</c>, in lower case, such as <c>zstd</c>.</param>
    /// <exception cref="ArgumentException">It is not a token (RFC 9110 section 5.6.2) in lower case.</exception>
    protected Coding(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (!FieldSyntax.IsToken(name) || name.AsSpan().ContainsAnyInRange('A', 'Z') || name is "identity" or "*")
        {
            throw new ArgumentException(
                $"'{name}' is not the name of a coding; use a token in lower case.", nameof(name));
        }

        Name = name;
    }

    /// <summary>Brotli, <c>br</c> (RFC 7932).</summary>
    public static Coding Brotli { get; } = new BrotliCoding();

    /// <summary>gzip (RFC 1952).</summary>
    public static Coding Gzip { get; } = new GzipCoding();

    /// <summary>What HTTP calls <c>deflate</c>: zlib (RFC 1950). Every client that takes it takes gzip.</summary>
    public static Coding Deflate { get; } = new DeflateCoding();

    /// <summary>As in <c>Content-Encoding</c>, in lower case.</summary>
    public string Name { get; }

    /// <summary>
    /// A stream that compresses what is written to it. After <see cref="Stream.Flush"/> everything that was written can
    /// be decoded from what has gone to the target, after <see cref="Stream.Dispose()"/> the coding is at its end.
    /// </summary>
    /// <param name="target">Where it writes to; it stays open.</param>
    /// <param name="level">How hard to try.</param>
    public abstract Stream Compress(Stream target, CompressionLevel level);

    /// <summary>A body that is there as a whole, compressed at once.</summary>
    /// <param name="body">The body.</param>
    /// <param name="level">How hard to try.</param>
    public virtual byte[] Compress(ReadOnlySpan<byte> body, CompressionLevel level)
    {
        using var target = new MemoryStream(body.Length / 2);
        using (Stream coder = Compress(target, level)) coder.Write(body);
        return target.ToArray();
    }

    /// <summary>A decoder for one body.</summary>
    public abstract BodyDecoder Decode();

    /// <summary>The name.</summary>
    public override string ToString() => Name;

    private sealed class BrotliCoding() : Coding("br")
    {
        public override Stream Compress(Stream target, CompressionLevel level) =>
            new BrotliStream(target, level, leaveOpen: true);

        public override BodyDecoder Decode() => new BrotliDecoding();
    }

    private sealed class GzipCoding() : Coding("gzip")
    {
        public override Stream Compress(Stream target, CompressionLevel level) =>
            new GZipStream(target, level, leaveOpen: true);

        public override BodyDecoder Decode() => new GzipDecoding();
    }

    private sealed class DeflateCoding() : Coding("deflate")
    {
        public override Stream Compress(Stream target, CompressionLevel level) =>
            new ZLibStream(target, level, leaveOpen: true);

        public override BodyDecoder Decode() => new GzipDecoding();
    }
}
