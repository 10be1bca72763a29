using System.Buffers;
using System.Diagnostics;

namespace Prebake.Transports;

/// <summary>
/// Rented memory. In debug builds what goes back is overwritten first, so that whoever still reads it sees nonsense at once, and not,
/// now and then, the bytes of another client.
/// </summary>
internal static class Buffers
{
    // Not a character of any head, and easy to recognise in a dump
    private const byte Overwritten = 0xDD;

    /// <summary>An array of at least so many bytes, with whatever was in it.</summary>
    public static byte[] Rent(int atLeast) => ArrayPool<byte>.Shared.Rent(atLeast);

    /// <summary>Gives an array back. Nobody may look at it any more.</summary>
    public static void Return(byte[] buffer)
    {
        Overwrite(buffer);
        ArrayPool<byte>.Shared.Return(buffer);
    }

    /// <summary>Debug builds: the same for memory that is not rented but used again for somebody else.</summary>
    [Conditional("DEBUG")]
    public static void Overwrite(Span<byte> buffer) => buffer.Fill(Overwritten);
}
