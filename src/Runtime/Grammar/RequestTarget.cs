using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Prebake.Grammar;

/// <summary>What may stand in a request target.</summary>
internal static class RequestTarget
{
    /// <summary>
    /// The first octet that cannot be part of a target (the space behind it, normally), or −1. Allowed is visible ASCII but <c>#</c>: a fragment is never
    /// sent (RFC 9112 section 3.2), and an octet that no address has is somebody's trick.
    /// </summary>
    public static int IndexOfInvalid(ReadOnlySpan<byte> text)
    {
        int at = 0;

        if (text.Length >= Vector128<byte>.Count)
        {
            ref byte start = ref MemoryMarshal.GetReference(text);
            int last = text.Length - Vector128<byte>.Count;

            while (true)
            {
                Vector128<byte> bytes = Vector128.LoadUnsafe(ref start, (nuint)at);
                // Signed, so that what is above 127 is below '!' too
                Vector128<byte> outside = Vector128.LessThan(bytes.AsSByte(), Vector128.Create((sbyte)'!')).AsByte() | Vector128.Equals(bytes, Vector128.Create((byte)0x7f));
                uint invalid = (outside | Vector128.Equals(bytes, Vector128.Create((byte)'#'))).ExtractMostSignificantBits();
                if (invalid != 0) return at + BitOperations.TrailingZeroCount(invalid);

                if (at == last) return -1;
                at = Math.Min(at + Vector128<byte>.Count, last);        // the last step overlaps the one before
            }
        }

        for (; at < text.Length; at++)
            if (text[at] is < (byte)'!' or > (byte)'~' or (byte)'#') return at;

        return -1;
    }
}
