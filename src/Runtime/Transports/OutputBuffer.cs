using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Prebake.Transports;

/// <summary>
/// Where the answers of one turn gather, so that they leave in one send. One per loop, and between <see cref="Loop.BeginTurn"/> and
/// <see cref="Connection.EndTurn"/> it belongs to one connection. Small things are copied in; a large body is only pointed to.
/// In front of a turn's bytes may lie those of earlier turns, which wait for a system call that sends many at once.
/// </summary>
internal sealed class OutputBuffer : IBufferWriter<byte>
{
    /// <summary>As large as a read: 600 pipelined requests with small answers leave in one send.</summary>
    public const int Size = 64 << 10;

    /// <summary>Bodies from here on are sent from where they lie. Below, one copy is cheaper than a second entry in the send.</summary>
    public const int ReferenceThreshold = 16 << 10;

    // 64: far more than one turn's large bodies; when they run out, the turn flushes and goes on.
    private const int MaxReferences = 64;

    /// <summary>The most that <see cref="SegmentCount"/> can be.</summary>
    public const int MaxSegments = (MaxReferences * 2) + 1;

    // Pinned, so that a send needs no handle
    private readonly byte[] _buffer = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private readonly nint _address;
    private readonly Segment[] _references = new Segment[MaxReferences];
    private readonly int[] _referenceAt = new int[MaxReferences];       // how much of _buffer goes before the reference
    private int _referenceCount;
    private int _start;             // of this turn's bytes
    private int _used;
    private long _referenced;

    public unsafe OutputBuffer() => _address = (nint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(_buffer));

    /// <summary>Whose turn it is.</summary>
    public Connection? Owner { get; set; }

    public bool IsEmpty => _used == _start && _referenceCount == 0;
    public long Length => _used - _start + _referenced;

    /// <summary>How much of that others send, too, from the same memory.</summary>
    public long SharedLength { get; private set; }

    /// <summary>Nothing is pointed to: all bytes are in <see cref="Plain"/>.</summary>
    public bool IsPlain => _referenceCount == 0;
    public ReadOnlySpan<byte> Plain => _buffer.AsSpan(_start, _used - _start);

    /// <summary>Where <see cref="Plain"/> starts, counted from the first byte of the buffer.</summary>
    public int Start => _start;

    /// <summary>Where the first byte of the buffer lies, for a system call.</summary>
    public nint Address => _address;

    /// <summary>How much more fits in.</summary>
    public int Room => Size - _used;

    /// <summary>What is plain stays where it is until <see cref="Reclaim"/>, and the turn goes on with an empty output.</summary>
    public void SetAside() => _start = _used;

    /// <summary>What was set aside has been sent. No effect on the bytes of a turn.</summary>
    public void Reclaim()
    {
        if (IsEmpty) _start = _used = 0;
    }

    /// <summary>Bytes that were set aside.</summary>
    public ReadOnlySpan<byte> AsideAt(int start, int length) => _buffer.AsSpan(start, length);

    /// <summary>Room for at least <paramref name="sizeHint"/> bytes, which may be 32 KiB at most. May flush to make it.</summary>
    public Span<byte> GetSpan(int sizeHint)
    {
        if (Size - _used < sizeHint) MakeRoom();
        return _buffer.AsSpan(_used);
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        if (Size - _used < Math.Max(sizeHint, 1)) MakeRoom();
        return _buffer.AsMemory(_used);
    }

    Span<byte> IBufferWriter<byte>.GetSpan(int sizeHint) => GetSpan(Math.Max(sizeHint, 1));

    public void Advance(int count) => _used += count;

    /// <summary>Forgets the last bytes that were copied in; false, and nothing happens, when they are not all here any more.</summary>
    public bool TryTakeBack(long count)
    {
        if (!IsPlain || count < 0 || count > _used - _start) return false;
        _used -= (int)count;
        return true;
    }

    /// <summary>Copies, in pieces if need be.</summary>
    public void Write(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > Size - _used)
        {
            int part = Size - _used;
            bytes[..part].CopyTo(_buffer.AsSpan(_used));
            _used += part;
            bytes = bytes[part..];
            MakeRoom();
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    /// <summary>Sends an array from where it lies, if it is large. It must not change until it has been sent.</summary>
    public void WriteReference(ReadOnlyMemory<byte> bytes)
    {
        if (bytes.Length < ReferenceThreshold) Write(bytes.Span);
        else Add(Segment.Of(bytes));
    }

    /// <summary>Sends from where it lies what many connections share, however small it is.</summary>
    public void WriteShared(SharedBytes bytes)
    {
        Add(Segment.OfShared(bytes));
        SharedLength += bytes.Memory.Length;
    }

    /// <summary>
    /// Sends bytes that do not move from where they lie, if they are many. They live as long as <paramref name="owner"/>, which is kept
    /// until they have been sent; null for the read-only data of the binary.
    /// </summary>
    public void WriteFixed(ReadOnlySpan<byte> bytes, object? owner)
    {
        if (bytes.Length < ReferenceThreshold) Write(bytes);
        else Add(Segment.OfFixed(bytes, owner));
    }

    /// <summary>In sending order, the copied parts and the references. Copied parts may be empty.</summary>
    public int SegmentCount => _referenceCount * 2 + 1;

    public ReadOnlySpan<byte> SegmentAt(int index)
    {
        int reference = index / 2;
        if (index % 2 == 1) return _references[reference].Span;

        int start = reference == 0 ? _start : _referenceAt[reference - 1];
        int end = reference == _referenceCount ? _used : _referenceAt[reference];
        return _buffer.AsSpan(start, end - start);
    }

    /// <summary>The same, held in place for a system call.</summary>
    public unsafe MemoryHandle PinAt(int index, out int length)
    {
        if (index % 2 == 1)
        {
            length = _references[index / 2].Length;
            return _references[index / 2].Pin();
        }

        ReadOnlySpan<byte> copied = SegmentAt(index);
        length = copied.Length;
        return new MemoryHandle(Unsafe.AsPointer(ref MemoryMarshal.GetReference(copied)));      // _buffer is pinned
    }

    /// <summary>Hands what was not sent to the connection's own keeping and empties the buffer.</summary>
    public void MoveTo(ParkedOutput parked, long skip)
    {
        for (int i = 0; i < SegmentCount; i++)
        {
            ReadOnlySpan<byte> bytes = SegmentAt(i);
            if (skip >= bytes.Length) { skip -= bytes.Length; continue; }

            if (i % 2 == 0) parked.Copy(bytes[(int)skip..]);
            else parked.Add(_references[i / 2].From((int)skip));

            skip = 0;
        }

        Clear();
    }

    public void Clear()
    {
        if (_referenceCount > 0) Array.Clear(_references, 0, _referenceCount);
        _referenceCount = 0;
        _referenced = 0;
        SharedLength = 0;
        _used = _start;
    }

    private void Add(Segment segment)
    {
        if (_referenceCount == MaxReferences) MakeRoom();

        _references[_referenceCount] = segment;
        _referenceAt[_referenceCount++] = _used;
        _referenced += segment.Length;
    }

    private void MakeRoom()
    {
        Owner!.Flush();
        Owner.Loop.MakeRoom();
    }
}
