namespace Prebake.Transports;

/// <summary>
/// Output that a socket did not take, kept with its connection until it does. Small answers are copied into rented blocks; large bodies
/// stay where they lie. Empty, it owns nothing.
/// </summary>
internal sealed class ParkedOutput
{
    private const int BlockSize = 16 << 10;

    private readonly record struct Piece(Segment Segment, byte[]? Rented);

    private Queue<Piece>? _pieces;
    private Piece _first;
    private byte[]? _open;          // the last block, while it has room
    private int _openStart, _openUsed;
    private bool _hasFirst;

    public bool IsEmpty => !_hasFirst && _openUsed == _openStart;

    /// <summary>How many bytes wait.</summary>
    public long Length { get; private set; }

    /// <summary>How many of them others send, too, from the same memory.</summary>
    public long SharedLength { get; private set; }

    public void Copy(ReadOnlySpan<byte> bytes)
    {
        Length += bytes.Length;

        while (!bytes.IsEmpty)
        {
            if (_open is null)
            {
                _open = Buffers.Rent(Math.Clamp(bytes.Length, 1 << 10, BlockSize));
                _openStart = _openUsed = 0;
            }

            int part = Math.Min(bytes.Length, _open.Length - _openUsed);
            bytes[..part].CopyTo(_open.AsSpan(_openUsed));
            _openUsed += part;
            bytes = bytes[part..];

            if (_openUsed == _open.Length) CloseOpenBlock();
        }
    }

    public void Add(Segment segment)
    {
        Length += segment.Length;
        CloseOpenBlock();
        Enqueue(new Piece(segment, null));
        if (segment.Shared is not { } shared) return;

        SharedLength += segment.Length;
        shared.Hold();
    }

    public bool TryPeek(out ReadOnlySpan<byte> next)
    {
        if (!_hasFirst && _openUsed > _openStart)
        {
            next = _open.AsSpan(_openStart, _openUsed - _openStart);
            return true;
        }

        next = _hasFirst ? _first.Segment.Span : default;
        return _hasFirst;
    }

    /// <summary>The socket took <paramref name="count"/> bytes of what <see cref="TryPeek"/> showed.</summary>
    public void Advance(int count)
    {
        Length -= count;

        if (!_hasFirst) { _openStart += count; return; }

        SharedBytes? shared = _first.Segment.Shared;
        if (shared is not null) SharedLength -= count;
        if (count < _first.Segment.Length) { _first = _first with { Segment = _first.Segment.From(count) }; return; }

        if (_first.Rented is { } rented) Buffers.Return(rented);
        shared?.LetGo();
        _hasFirst = _pieces is not null && _pieces.TryDequeue(out _first);
        if (!_hasFirst) _first = default;
    }

    /// <summary>Gives everything back.</summary>
    public void Release()
    {
        while (_hasFirst) Advance(_first.Segment.Length);
        if (_open is not null) Buffers.Return(_open);
        _open = null;
        _openStart = _openUsed = 0;
        Length = 0;
    }

    private void CloseOpenBlock()
    {
        if (_open is null) return;

        byte[] block = _open;
        _open = null;
        if (_openUsed > _openStart) Enqueue(new Piece(Segment.Of(block.AsMemory(_openStart, _openUsed - _openStart)), block));
        else Buffers.Return(block);
        _openStart = _openUsed = 0;
    }

    private void Enqueue(Piece piece)
    {
        if (!_hasFirst) { _first = piece; _hasFirst = true; }
        else (_pieces ??= new Queue<Piece>()).Enqueue(piece);
    }
}
