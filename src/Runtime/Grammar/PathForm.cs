using System.Buffers;
using System.Text.Unicode;

namespace Prebake.Grammar;

/// <summary>What is wrong with a path, if anything is.</summary>
internal enum PathStatus : byte { Valid, BadEscape, AboveRoot }

/// <summary>
/// The canonical form of a path, which is what routes are compared with: needless escapes decoded, others in upper
/// case, what an address cannot have escaped, no dot segments, no empty segments but a last one. So one resource has
/// one spelling, and no spelling gets past a route.
/// </summary>
internal static class PathForm
{
    // unreserved, RFC 3986 section 2.3: the characters whose escape means the same as themselves
    private static readonly SearchValues<byte> s_unreserved = SearchValues.Create(
        "-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    /// <summary>Most paths are; one look instead of a copy.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> path)
    {
        for (int i = 0; i < path.Length; i++)
        {
            byte c = path[i];
            if (!Characters.IsPath(c)) return false;
            if (c == '/' && i + 1 < path.Length && path[i + 1] is (byte)'/' or (byte)'.') return false;
        }

        return true;
    }

    /// <summary>The most bytes that the canonical form of a path needs while it is written.</summary>
    public static int MaxLength(ReadOnlySpan<byte> path)
    {
        // Room to spare: one slash is written before a segment is known to be dropped
        int length = path.Length + 1;
        foreach (byte c in path)
            if (!Characters.IsPath(c) && c != '%') length += 2;

        return length;
    }

    /// <summary>
    /// Writes the canonical form into room for <see cref="MaxLength"/> bytes. The path starts with a slash.
    /// </summary>
    public static PathStatus Canonicalize(ReadOnlySpan<byte> path, Span<byte> to, out int length)
    {
        length = 0;
        int at = 1;
        bool hasHighEscape = false;

        while (true)
        {
            int segment = length;
            to[length++] = (byte)'/';

            while (at < path.Length && path[at] != '/')
            {
                byte c = path[at];
                if (Characters.IsPath(c))
                {
                    to[length++] = c;
                    at++;
                    continue;
                }

                // RFC 3986 has no such character, though clients send them. A browser and Uri would take a backslash
                // for a slash.
                if (c != '%')
                {
                    PutEscape(to, ref length, c);
                    at++;
                    continue;
                }

                if (at + 2 >= path.Length || !TryDecode(path, at, out byte value) || value == 0) return PathStatus.BadEscape;

                if (s_unreserved.Contains(value)) to[length++] = value;
                else
                {
                    PutEscape(to, ref length, value);
                    hasHighEscape |= value >= 0x80;
                }

                at += 3;
            }

            bool isLast = at >= path.Length;
            ReadOnlySpan<byte> name = to[(segment + 1)..length];

            if (name is [(byte)'.'])
            {
                length = segment;
                if (isLast) to[length++] = (byte)'/';
            }
            else if (name is [(byte)'.', (byte)'.'])
            {
                if (segment == 0) return PathStatus.AboveRoot;
                length = to[..segment].LastIndexOf((byte)'/');
                if (isLast) to[length++] = (byte)'/';
            }
            else if (name.IsEmpty && !isLast) length = segment;

            if (isLast) break;
            at++;
        }

        if (length == 0) to[length++] = (byte)'/';
        return !hasHighEscape || IsUtf8(path) ? PathStatus.Valid : PathStatus.BadEscape;
    }

    private static bool TryDecode(ReadOnlySpan<byte> path, int at, out byte value)
    {
        int high = Digits.Hex(path[at + 1]), low = Digits.Hex(path[at + 2]);
        value = (byte)(high << 4 | low);
        return high >= 0 && low >= 0;
    }

    private static void PutEscape(Span<byte> to, ref int length, byte value)
    {
        to[length++] = (byte)'%';
        to[length++] = "0123456789ABCDEF"u8[value >> 4];
        to[length++] = "0123456789ABCDEF"u8[value & 0xf];
    }

    // Escapes that are not text are refused, rather than given to a handler as something else.
    private static bool IsUtf8(ReadOnlySpan<byte> path)
    {
        byte[] decoded = ArrayPool<byte>.Shared.Rent(path.Length);
        int length = 0;

        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] != '%') decoded[length++] = path[i];
            else
            {
                TryDecode(path, i, out decoded[length++]);
                i += 2;
            }
        }

        bool valid = Utf8.IsValid(decoded.AsSpan(0, length));
        ArrayPool<byte>.Shared.Return(decoded);
        return valid;
    }
}
