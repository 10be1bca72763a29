using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Prebake.WebSockets;

/// <summary>
/// Frames as a client writes and reads them (RFC 6455 section 5.2). Trusts the server, which is this one.
/// </summary>
internal static class ClientFrame
{
    private const byte Final = 0x80, Masked = 0x80, Compressed = 0x40;

    /// <summary>A whole message or control frame, masked.</summary>
    public static byte[] Make(byte opcode, ReadOnlySpan<byte> payload)
    {
        Span<byte> head = stackalloc byte[14];
        int size = 2;
        head[0] = (byte)(Final | opcode);
        if (payload.Length < 126) head[1] = (byte)payload.Length;
        else if (payload.Length <= ushort.MaxValue)
        {
            head[1] = 126;
            BinaryPrimitives.WriteUInt16BigEndian(head[2..], (ushort)payload.Length);
            size = 4;
        }
        else
        {
            head[1] = 127;
            BinaryPrimitives.WriteInt64BigEndian(head[2..], payload.Length);
            size = 10;
        }

        head[1] |= Masked;
        Span<byte> key = head.Slice(size, 4);
        RandomNumberGenerator.Fill(key);

        byte[] frame = new byte[size + 4 + payload.Length];
        head[..(size + 4)].CopyTo(frame);
        payload.CopyTo(frame.AsSpan(size + 4));
        for (int i = 0; i < payload.Length; i++) frame[size + 4 + i] ^= key[i & 3];
        return frame;
    }

    /// <summary>What begins with these bytes; false if the head has not come whole.</summary>
    public static bool TryParseHead(
        in ReadOnlySequence<byte> buffer, out byte opcode, out int size, out long length)
    {
        Span<byte> head = stackalloc byte[10];
        int have = (int)Math.Min(head.Length, buffer.Length);
        buffer.Slice(0, have).CopyTo(head);

        opcode = (byte)(head[0] & 0x0F);
        length = head[1] & 0x7F;
        size = length switch { 126 => 4, 127 => 10, _ => 2 };
        if (have < size) return false;
        if ((head[0] & Compressed) != 0)
            throw new NotSupportedException("This client does not read compressed messages.");

        if (size == 4) length = BinaryPrimitives.ReadUInt16BigEndian(head[2..]);
        else if (size == 10) length = BinaryPrimitives.ReadInt64BigEndian(head[2..]);
        return true;
    }
}
