using System.Buffers;

namespace Prebake.Transports;

/// <summary>
/// Bytes that are sent from where they lie: an array that somebody keeps alive, or memory that never moves and never dies (read-only
/// data of the binary, the pinned object heap of the route table).
/// </summary>
internal readonly struct Segment
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly unsafe byte* _fixed;

    private Segment(ReadOnlyMemory<byte> memory)
    {
        _memory = memory;
        Length = memory.Length;
    }

    private unsafe Segment(byte* start, int length)
    {
        _fixed = start;
        Length = length;
    }

    public int Length { get; }

    public unsafe ReadOnlySpan<byte> Span => _fixed is null ? _memory.Span : new ReadOnlySpan<byte>(_fixed, Length);

    public static Segment Of(ReadOnlyMemory<byte> memory) => new(memory);

    /// <summary>The caller knows that these bytes neither move nor die.</summary>
    public static unsafe Segment OfFixed(ReadOnlySpan<byte> bytes) =>
        new((byte*)System.Runtime.CompilerServices.Unsafe.AsPointer(ref System.Runtime.InteropServices.MemoryMarshal.GetReference(bytes)), bytes.Length);

    /// <summary>Holds the bytes in place for a system call.</summary>
    public unsafe MemoryHandle Pin() => _fixed is null ? _memory.Pin() : new MemoryHandle(_fixed);

    public unsafe Segment From(int start) => _fixed is null ? new(_memory[start..]) : new(_fixed + start, Length - start);
}
