using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>
/// A message of which some has come: its bytes so far, and how its frame goes on. Only the loop ever sees one, so they
/// are used again.
/// </summary>
internal sealed class PartialMessage
{
    // So much is rented for what has come, however long the frame claims to be; then four times as much, so that little
    // is copied
    private const int FirstSize = 4 << 10;

    private byte[] _buffer = [];

    public MessageKind Kind { get; private set; }

    public bool IsCompressed { get; private set; }

    /// <summary>The frame that comes now is the message's last.</summary>
    public bool IsLastFrame { get; private set; }

    /// <summary>What is missing of the frame that comes now.</summary>
    public long Missing { get; private set; }

    public int Length { get; private set; }

    public ReadOnlySpan<byte> Bytes => _buffer.AsSpan(0, Length);

    public Utf8State Text;

    private uint _key;

    /// <summary>How much is held for it.</summary>
    public int Held => _buffer.Length;

    public void Begin(in FrameHead head)
    {
        Kind = (MessageKind)head.Opcode;
        IsCompressed = head.IsCompressed;
        Length = 0;
        Text = default;
        BeginFrame(head);
    }

    /// <summary>The first frame, or one more.</summary>
    public void BeginFrame(in FrameHead head)
    {
        IsLastFrame = head.IsFinal;
        Missing = head.Length;
        _key = head.Key;
    }

    /// <summary>Takes the mask off what has come of the frame, in place.</summary>
    public void Unmask(Span<byte> part)
    {
        Masking.Apply(part, _key);
        _key = Masking.Rotate(_key, part.Length);
        Missing -= part.Length;
    }

    /// <summary>Room for so much more; says how much more is held now than before.</summary>
    public int Reserve(int count)
    {
        int needed = Length + count;
        if (needed <= _buffer.Length) return 0;

        // As much as the frame will need, if not too much of that is only announced; more frames may follow one that is
        // not the last
        long size = Math.Min(needed + Missing, Math.Max(needed * 4L, FirstSize));
        if (!IsLastFrame) size = Math.Max(size, needed * 2L);

        int before = _buffer.Length;
        byte[] larger = Buffers.Rent((int)Math.Min(size, Array.MaxLength));
        Bytes.CopyTo(larger);
        if (before > 0) Buffers.Return(_buffer);
        _buffer = larger;
        return larger.Length - before;
    }

    public void Append(ReadOnlySpan<byte> part)
    {
        part.CopyTo(_buffer.AsSpan(Length));
        Length += part.Length;
    }

    /// <summary>Gives the memory back.</summary>
    public void Release()
    {
        if (_buffer.Length > 0) Buffers.Return(_buffer);
        _buffer = [];
        Length = 0;
    }
}
