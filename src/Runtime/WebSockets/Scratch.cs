using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>Room for one message while it is compressed or the opposite: the loop's own, or rented for a long
/// one.</summary>
internal sealed class Scratch
{
    private const int OwnSize = 64 << 10;

    private readonly byte[] _own = GC.AllocateUninitializedArray<byte>(OwnSize);
    private byte[]? _rented;

    public int Length { get; set; }

    public Span<byte> Written => (_rented ?? _own).AsSpan(0, Length);

    /// <summary>Where more may be written; <paramref name="most"/> bytes in all.</summary>
    public Span<byte> Room(int most)
    {
        byte[] buffer = _rented ?? _own;
        if (Length == buffer.Length && most > Length) buffer = Grow(buffer, most);
        return buffer.AsSpan(Length, Math.Max(0, Math.Min(buffer.Length, most) - Length));
    }

    /// <summary>What was written has been used.</summary>
    public void Clear()
    {
        Length = 0;
        if (_rented is null) return;
        Buffers.Return(_rented);
        _rented = null;
    }

    private byte[] Grow(byte[] buffer, int most)
    {
        byte[] larger = Buffers.Rent((int)Math.Min(most, buffer.Length * 4L));
        buffer.AsSpan(0, Length).CopyTo(larger);
        if (_rented is not null) Buffers.Return(_rented);
        return _rented = larger;
    }
}
