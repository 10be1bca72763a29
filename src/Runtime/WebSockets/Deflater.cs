using System.Diagnostics;
using System.Runtime.InteropServices;
using Prebake.Codings;

namespace Prebake.WebSockets;

/// <summary>
/// Compresses messages (RFC 7692 section 7.2.1). One serves all sockets of a loop that have agreed upon the same
/// window; a socket's own
/// earlier messages are shown to it again before each new one.
/// </summary>
internal sealed unsafe class Deflater : IDisposable
{
    // zlib-ng's 2: measured with JSON of 1 KiB, see docs/design/websockets.md
    private const int Level = 2;

    // 8: what zlib itself takes. Its window is never below 9 bits; with Huffman codes alone nothing refers to anything,
    // which fits any window
    private const int MemoryLevel = 8, LeastWindow = 9;

    // RFC 7692 section 7.2.1: what a flush ends with, and no message carries
    private const int Tail = 4;

    // A message without a byte is an empty block (section 7.2.3.6)
    private static ReadOnlySpan<byte> Empty => [0];

    private readonly int _windowBits;
    private ZLib.Stream* _stream;
    private bool _isRunning;            // also after an exception in the middle of a message

    public Deflater(int windowBits)
    {
        _windowBits = windowBits;
        Begin();
    }

    // Of those of a loop that has ended
    ~Deflater() => Free();

    /// <summary>Compresses a message that may refer to <paramref name="before"/>, and forgets both.</summary>
    public ReadOnlySpan<byte> Compress(ReadOnlySpan<byte> message, ReadOnlySpan<byte> before, Scratch to)
    {
        if (message.IsEmpty) return Empty;

        to.Length = 0;                  // an earlier message may have been broken off by an exception
        if (!before.IsEmpty)
        {
            Run(before, ZLib.SyncFlush, to);
            to.Length = 0;
        }

        Run(message, ZLib.FullFlush, to);
        return to.Written[..^Tail];
    }

    /// <summary>Compresses a message of the one socket whose compressor this is, and remembers it.</summary>
    public ReadOnlySpan<byte> CompressNext(ReadOnlySpan<byte> message, Scratch to)
    {
        if (message.IsEmpty) return Empty;

        to.Length = 0;
        Run(message, ZLib.SyncFlush, to);
        return to.Written[..^Tail];
    }

    public void Dispose()
    {
        Free();
        GC.SuppressFinalize(this);
    }

    private void Begin()
    {
        _stream = (ZLib.Stream*)NativeMemory.AllocZeroed((nuint)sizeof(ZLib.Stream));
        int strategy = _windowBits < LeastWindow ? ZLib.HuffmanOnly : ZLib.DefaultStrategy;
        if (ZLib.DeflateInit(_stream, Level, Math.Max(_windowBits, LeastWindow),
            MemoryLevel, strategy) == ZLib.Ok) return;

        NativeMemory.Free(_stream);
        _stream = null;
        throw new InsufficientMemoryException("There is no memory for a compressor.");
    }

    private void Free()
    {
        if (_stream is null) return;
        ZLib.DeflateEnd(_stream);
        NativeMemory.Free(_stream);
        _stream = null;
    }

    // A message was broken off, and a part of it would come out in front of the next one, perhaps another client's. One
    // that begins anew refers to nothing, which fits whatever a client remembers
    private void BeginAnew()
    {
        Free();
        Begin();
        _isRunning = false;
    }

    private void Run(ReadOnlySpan<byte> input, int flush, Scratch to)
    {
        if (_isRunning) BeginAnew();
        _isRunning = true;
        fixed (byte* start = input)
        {
            _stream->NextIn = start;
            _stream->AvailableIn = (uint)input.Length;
            do
            {
                Span<byte> room = to.Room(Array.MaxLength);
                fixed (byte* into = room)
                {
                    _stream->NextOut = into;
                    _stream->AvailableOut = (uint)room.Length;
                    int result = ZLib.Deflate(_stream, flush);
                    Debug.Assert(result is ZLib.Ok or ZLib.BufferError);
                    to.Length += room.Length - (int)_stream->AvailableOut;
                }
            }
            while (_stream->AvailableOut == 0);         // a flush is complete when there is room left

            _stream->NextIn = null;
            _stream->NextOut = null;
        }

        _isRunning = false;
        GC.KeepAlive(this);
    }
}
