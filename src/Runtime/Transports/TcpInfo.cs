using System.Buffers.Binary;

namespace Prebake.Transports;

/// <summary>What Linux knows of a TCP connection (<c>struct tcp_info</c>, tcp(7)).</summary>
internal static class TcpInfo
{
    /// <summary>The option of IPPROTO_TCP, and its level.</summary>
    public const int Option = 11, Level = 6;

    /// <summary>As much of it as is asked for.</summary>
    public const int Size = NotSent + sizeof(uint);

    private const int Unacknowledged = 24, NotSent = 144;

    /// <summary>The peer's system has not confirmed all that was sent.</summary>
    public static bool HasBytesOnTheWay(ReadOnlySpan<byte> info) =>
        info.Length >= Size && (At(info, Unacknowledged) != 0 || At(info, NotSent) != 0);

    private static uint At(ReadOnlySpan<byte> info, int offset) =>
        BitConverter.IsLittleEndian
            ? BinaryPrimitives.ReadUInt32LittleEndian(info[offset..])
            : BinaryPrimitives.ReadUInt32BigEndian(info[offset..]);
}
