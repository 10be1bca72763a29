using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prebake.Transports;

/// <summary>
/// Bytes that are sent from where they lie: memory that is pinned for the system call, or memory that does not move. The segment keeps
/// alive what it points to, since a slow reader may take its time when the owner has long been replaced.
/// </summary>
internal readonly struct Segment
{
    private readonly ReadOnlyMemory<byte> _memory;
    private readonly unsafe byte* _fixed;
    private readonly object? _owner;

    private Segment(ReadOnlyMemory<byte> memory, object? owner)
    {
        _memory = memory;
        _owner = owner;
        Length = memory.Length;
    }

    private unsafe Segment(byte* start, int length, object? owner)
    {
        _fixed = start;
        _owner = owner;
        Length = length;
    }

    public int Length { get; }

    public unsafe ReadOnlySpan<byte> Span => _fixed is null ? _memory.Span : new ReadOnlySpan<byte>(_fixed, Length);

    public static Segment Of(ReadOnlyMemory<byte> memory) => new(memory, owner: null);

    /// <summary>Bytes that many connections send.</summary>
    public static Segment OfShared(SharedBytes bytes) => new(bytes.Memory, bytes);

    /// <summary>What it is a part of, if many connections send that.</summary>
    public SharedBytes? Shared => _owner as SharedBytes;

    /// <summary>
    /// Bytes that do not move. <paramref name="owner"/> is the object whose end would be theirs, such as the pinned array in which they
    /// lie; null for the read-only data of the binary, which has no end.
    /// </summary>
    public static unsafe Segment OfFixed(ReadOnlySpan<byte> bytes, object? owner) =>
        new((byte*)Unsafe.AsPointer(ref MemoryMarshal.GetReference(bytes)), bytes.Length, owner);

    /// <summary>Holds the bytes in place for a system call.</summary>
    public unsafe MemoryHandle Pin() => _fixed is null ? _memory.Pin() : new MemoryHandle(_fixed);

    public unsafe Segment From(int start) =>
        _fixed is null ? new(_memory[start..], _owner) : new(_fixed + start, Length - start, _owner);
}
