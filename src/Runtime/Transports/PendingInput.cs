using System.Diagnostics;

namespace Prebake.Transports;

/// <summary>Input that its protocol could not use yet, in a rented buffer; empty, it owns nothing. A field of its connection.</summary>
internal struct PendingInput
{
    // A partial head starts in a small buffer, since most attackers and no browsers send one: thousands of them are to cost little
    private const int FirstSize = 1 << 10;

    private byte[]? _buffer;
    private int _start;

    /// <summary>How many bytes wait.</summary>
    public int Length { get; private set; }

    public readonly bool OwnsNothing => _buffer is null;

    /// <summary>Where they lie, when there are any.</summary>
    public readonly byte[] Buffer => _buffer!;

    public readonly int Start => _start;

    /// <summary>Room behind them, for a read. There must be some.</summary>
    public ArraySegment<byte> Room()
    {
        Debug.Assert(Length > 0);

        int end = _start + Length;
        if (end == _buffer!.Length)
        {
            if (_start > _buffer.Length / 2) _buffer.AsSpan(_start, Length).CopyTo(_buffer);
            else Move(_buffer.Length * 2);

            _start = 0;
            end = Length;
        }

        return new ArraySegment<byte>(_buffer, end, _buffer.Length - end);
    }

    /// <summary>Copies bytes behind them, which do not count yet.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_buffer is null || _buffer.Length - (_start + Length) < bytes.Length)
        {
            Move(Math.Max(Math.Max(Length + bytes.Length, Length * 2), FirstSize));
            _start = 0;
        }

        bytes.CopyTo(_buffer.AsSpan(_start + Length));
    }

    /// <summary>So many bytes behind them count from here on.</summary>
    public void Lengthen(int count) => Length += count;

    /// <summary>Of <paramref name="length"/> bytes, so many at the front have been used up.</summary>
    public void Use(int used, int length)
    {
        _start += used;
        Length = length - used;
    }

    /// <summary>The first bytes that wait.</summary>
    public void Keep(ReadOnlySpan<byte> bytes)
    {
        Debug.Assert(_buffer is null);

        _buffer = Buffers.Rent(Math.Max(bytes.Length, FirstSize));
        bytes.CopyTo(_buffer);
        _start = 0;
        Length = bytes.Length;
    }

    public void Release()
    {
        if (_buffer is not null) GiveBack(_buffer);
    }

    private void GiveBack(byte[] buffer)
    {
        _buffer = null;
        _start = 0;
        Length = 0;
        Buffers.Return(buffer);
    }

    private void Move(int size)
    {
        byte[] larger = Buffers.Rent(size);
        if (_buffer is { } buffer)
        {
            buffer.AsSpan(_start, Length).CopyTo(larger);
            Buffers.Return(buffer);
        }

        _buffer = larger;
    }
}
