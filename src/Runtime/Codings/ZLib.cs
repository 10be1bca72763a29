using System.Runtime.InteropServices;

namespace Prebake.Codings;

/// <summary>
/// The zlib of the base library, which its streams use, too: they cannot flush a message, end one window and begin
/// another, or say how
/// large a window is. These functions are what its <c>DeflateStream</c> calls, in every .NET since 5; in a native
/// binary they are linked
/// in. There is no reset of a compressor among them, and none is needed: a full flush forgets what came before.
/// </summary>
internal static unsafe partial class ZLib
{
    public const int SyncFlush = 2, FullFlush = 3;
    public const int Ok = 0, StreamEnd = 1, BufferError = -5;
    public const int DefaultStrategy = 0, HuffmanOnly = 2;

    /// <summary>The largest window: without head and tail, and with those of gzip or zlib, whichever comes.</summary>
    public const int Raw = -15, GzipOrZlib = 15 + 32;

    private const int Deflated = 8;

    /// <summary>Laid out as the base library's own.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Stream
    {
        public byte* NextIn, NextOut;
        public byte* Message;
        public void* State;
        public uint AvailableIn, AvailableOut;
    }

    /// <summary>A stream without the heads and tails of zlib and gzip: negative window bits.</summary>
    public static int DeflateInit(Stream* stream, int level, int windowBits, int memoryLevel, int strategy) => OperatingSystem.IsWindows()
        ? Windows.CompressionNative_DeflateInit2_(stream, level, Deflated, -windowBits, memoryLevel, strategy)
        : Unix.CompressionNative_DeflateInit2_(stream, level, Deflated, -windowBits, memoryLevel, strategy);

    public static int Deflate(Stream* stream, int flush) =>
        OperatingSystem.IsWindows() ? Windows.CompressionNative_Deflate(stream, flush) : Unix.CompressionNative_Deflate(stream, flush);

    public static int DeflateEnd(Stream* stream) =>
        OperatingSystem.IsWindows() ? Windows.CompressionNative_DeflateEnd(stream) : Unix.CompressionNative_DeflateEnd(stream);

    private static int InflateInit(Stream* stream, int windowBits = Raw) => OperatingSystem.IsWindows()
        ? Windows.CompressionNative_InflateInit2_(stream, windowBits)
        : Unix.CompressionNative_InflateInit2_(stream, windowBits);

    public static int InflateReset(Stream* stream, int windowBits = Raw) => OperatingSystem.IsWindows()
        ? Windows.CompressionNative_InflateReset2_(stream, windowBits)
        : Unix.CompressionNative_InflateReset2_(stream, windowBits);

    public static int Inflate(Stream* stream, int flush) =>
        OperatingSystem.IsWindows() ? Windows.CompressionNative_Inflate(stream, flush) : Unix.CompressionNative_Inflate(stream, flush);

    private static int InflateEnd(Stream* stream) =>
        OperatingSystem.IsWindows() ? Windows.CompressionNative_InflateEnd(stream) : Unix.CompressionNative_InflateEnd(stream);

    /// <summary>A decompressor, which <see cref="CloseInflater"/> gives back.</summary>
    /// <exception cref="InsufficientMemoryException">There is none for it.</exception>
    public static Stream* OpenInflater(int windowBits = Raw)
    {
        var stream = (Stream*)NativeMemory.AllocZeroed((nuint)sizeof(Stream));
        if (InflateInit(stream, windowBits) == Ok) return stream;

        NativeMemory.Free(stream);
        throw new InsufficientMemoryException("There is no memory for a decompressor.");
    }

    /// <summary>Null is none, as of an object that was never finished, whose finalizer runs, too.</summary>
    public static void CloseInflater(Stream* stream)
    {
        if (stream is null) return;
        InflateEnd(stream);
        NativeMemory.Free(stream);
    }

    private static partial class Unix
    {
        private const string Name = "libSystem.IO.Compression.Native";

        [LibraryImport(Name)] public static partial int CompressionNative_DeflateInit2_(Stream* stream, int level, int method, int windowBits, int memoryLevel, int strategy);
        [LibraryImport(Name)] public static partial int CompressionNative_Deflate(Stream* stream, int flush);
        [LibraryImport(Name)] public static partial int CompressionNative_DeflateEnd(Stream* stream);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateInit2_(Stream* stream, int windowBits);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateReset2_(Stream* stream, int windowBits);
        [LibraryImport(Name)] public static partial int CompressionNative_Inflate(Stream* stream, int flush);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateEnd(Stream* stream);
    }

    private static partial class Windows
    {
        private const string Name = "System.IO.Compression.Native";

        [LibraryImport(Name)] public static partial int CompressionNative_DeflateInit2_(Stream* stream, int level, int method, int windowBits, int memoryLevel, int strategy);
        [LibraryImport(Name)] public static partial int CompressionNative_Deflate(Stream* stream, int flush);
        [LibraryImport(Name)] public static partial int CompressionNative_DeflateEnd(Stream* stream);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateInit2_(Stream* stream, int windowBits);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateReset2_(Stream* stream, int windowBits);
        [LibraryImport(Name)] public static partial int CompressionNative_Inflate(Stream* stream, int flush);
        [LibraryImport(Name)] public static partial int CompressionNative_InflateEnd(Stream* stream);
    }
}
