using System.Buffers.Binary;

namespace Prebake.WebSockets;

/// <summary>How far the head of a frame has been understood.</summary>
internal enum FrameStatus : byte
{
    /// <summary>It has not come whole.</summary>
    NeedMore,

    /// <summary>All of it.</summary>
    Complete,

    /// <summary>Section 5.1: a client must mask.</summary>
    NotMasked,

    /// <summary>A reserved bit without an extension that gives it a meaning.</summary>
    ReservedBit,

    /// <summary>3 to 7, 11 to 15.</summary>
    UnknownOpcode,

    /// <summary>Section 5.5: control frames are neither long nor fragmented.</summary>
    BadControlFrame,

    /// <summary>Section 5.2: the shortest form, and no length beyond 2⁶³.</summary>
    BadLength,

    /// <summary>A continuation of nothing.</summary>
    NothingToContinue,

    /// <summary>A new message in the middle of another one.</summary>
    ExpectedContinuation,
}

/// <summary>The head of one frame from a client (RFC 6455 section 5.2).</summary>
internal readonly ref struct FrameHead
{
    private const byte Final = 0x80, Compressed = 0x40, Reserved = 0x30, Masked = 0x80;

    private FrameHead(byte first, int size, long length, uint key)
    {
        IsFinal = (first & Final) != 0;
        IsCompressed = (first & Compressed) != 0;
        Opcode = (Opcode)(first & 0x0F);
        Size = size;
        Length = length;
        Key = key;
    }

    public bool IsFinal { get; }

    /// <summary>RFC 7692 section 6: the message that it begins is compressed.</summary>
    public bool IsCompressed { get; }

    public Opcode Opcode { get; }

    /// <summary>How long the head is itself.</summary>
    public int Size { get; }

    /// <summary>How much follows it.</summary>
    public long Length { get; }

    /// <summary>The key of the mask.</summary>
    public uint Key { get; }

    public bool IsControl => IsControlOpcode((byte)Opcode);

    /// <summary>
    /// What is wrong is said as soon as it is there. <paramref name="isInMessage"/>: an earlier frame has begun a
    /// message and not ended
    /// it; <paramref name="mayCompress"/>: the extension was agreed upon.
    /// </summary>
    public static FrameStatus Parse(ReadOnlySpan<byte> input, bool isInMessage, bool mayCompress, out FrameHead head)
    {
        head = default;
        if (input.IsEmpty) return FrameStatus.NeedMore;

        byte first = input[0];
        FrameStatus status = Judge(first, isInMessage, mayCompress);
        if (status is not FrameStatus.Complete || input.Length < 2)
            return status is FrameStatus.Complete ? FrameStatus.NeedMore : status;

        byte second = input[1];
        if ((second & Masked) == 0) return FrameStatus.NotMasked;

        int shortLength = second & ~Masked;
        if (IsControlOpcode(first) && shortLength > 125) return FrameStatus.BadControlFrame;

        int size = shortLength switch { < 126 => 6, 126 => 8, _ => 14 };
        if (input.Length < size)
            return shortLength == 127 && input.Length > 2 && (input[2] & 0x80) != 0
                ? FrameStatus.BadLength : FrameStatus.NeedMore;

        long length = shortLength;
        if (shortLength == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(input[2..]);
            if (length < 126) return FrameStatus.BadLength;
        }
        else if (shortLength == 127)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(input[2..]);
            if (length <= ushort.MaxValue) return FrameStatus.BadLength;
        }

        head = new FrameHead(first, size, length, Masking.ReadKey(input[(size - 4)..]));
        return FrameStatus.Complete;
    }

    private static FrameStatus Judge(byte first, bool isInMessage, bool mayCompress)
    {
        if ((first & Reserved) != 0) return FrameStatus.ReservedBit;

        switch ((Opcode)(first & 0x0F))
        {
            case Opcode.Text or Opcode.Binary:
                if ((first & Compressed) != 0 && !mayCompress) return FrameStatus.ReservedBit;
                return isInMessage ? FrameStatus.ExpectedContinuation : FrameStatus.Complete;
            case Opcode.Continuation:
                // RFC 7692 section 6.1: the bit is the first frame's alone
                if ((first & Compressed) != 0) return FrameStatus.ReservedBit;
                return isInMessage ? FrameStatus.Complete : FrameStatus.NothingToContinue;
            case Opcode.Close or Opcode.Ping or Opcode.Pong:
                if ((first & Compressed) != 0) return FrameStatus.ReservedBit;
                return (first & Final) != 0 ? FrameStatus.Complete : FrameStatus.BadControlFrame;
            default:
                return FrameStatus.UnknownOpcode;
        }
    }

    private static bool IsControlOpcode(byte first) => (first & 0x08) != 0;
}
