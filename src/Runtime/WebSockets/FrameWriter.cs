using System.Buffers.Binary;
using Prebake.Transports;

namespace Prebake.WebSockets;

/// <summary>Frames from the server: not masked, and never fragmented (RFC 6455 section 5.2).</summary>
internal static class FrameWriter
{
    /// <summary>The longest head.</summary>
    public const int MaxHead = 10;

    // What is copied in one go; an output gives 32 KiB at most
    private const int Whole = (32 << 10) - MaxHead;

    /// <summary>Writes the head of a frame; says how long it is.</summary>
    public static int WriteHead(Span<byte> to, Opcode opcode, int length, bool isCompressed = false)
    {
        to[0] = (byte)(0x80 | (isCompressed ? 0x40 : 0) | (byte)opcode);
        if (length < 126)
        {
            to[1] = (byte)length;
            return 2;
        }

        if (length <= ushort.MaxValue)
        {
            to[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(to[2..], (ushort)length);
            return 4;
        }

        to[1] = 127;
        BinaryPrimitives.WriteUInt64BigEndian(to[2..], (ulong)length);
        return MaxHead;
    }

    /// <summary>How long the head of this frame of the server's is.</summary>
    public static int HeadIn(ReadOnlySpan<byte> frame) => frame[1] switch { < 126 => 2, 126 => 4, _ => MaxHead };

    /// <summary>How long the head of a frame with such a payload is.</summary>
    public static int HeadOf(int length) => length < 126 ? 2 : length <= ushort.MaxValue ? 4 : MaxHead;

    /// <summary>A whole frame into the output of the loop's turn.</summary>
    public static void Write(OutputBuffer output, Opcode opcode, ReadOnlySpan<byte> payload, bool isCompressed = false)
    {
        if (payload.Length <= Whole)
        {
            Span<byte> to = output.GetSpan(MaxHead + payload.Length);
            int head = WriteHead(to, opcode, payload.Length, isCompressed);
            payload.CopyTo(to[head..]);
            output.Advance(head + payload.Length);
            return;
        }

        output.Advance(WriteHead(output.GetSpan(MaxHead), opcode, payload.Length, isCompressed));
        output.Write(payload);
    }
}
