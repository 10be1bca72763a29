using System.Buffers;
using System.Text.Unicode;

namespace Prebake.Grammar;

/// <summary>What is wrong with a path, if anything is.</summary>
internal enum PathStatus : byte { Valid, BadEscape, AboveRoot }

/// <summary>
/// The canonical form of a path, which is what routes are compared with: what a segment may hold as it is stands there
/// as it is, everything else is
/// escaped in upper case, no dot segments, no empty segments but a last one. So one resource has one spelling, no
/// spelling gets past a route, and
/// a canonical path can be a Location: it leads to this host, whatever a browser makes of a backslash.
/// </summary>
internal static class PathForm
{
    private const byte Plain = 0, Slash = 1;

    // Sixteen octets a line, from NUL: 0 is pchar (RFC 3986 section 3.3), 1 the slash, 2 everything else, which is
    // escaped
    private static ReadOnlySpan<byte> Kinds =>
    [
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 0, 2, 2, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 2, 2,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 2, 0,
        2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 2, 2, 0, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
        2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2,
    ];

    /// <summary>Most paths are; one look instead of a copy.</summary>
    public static bool IsCanonical(ReadOnlySpan<byte> path)
    {
        ReadOnlySpan<byte> kinds = Kinds;
        for (int i = 0; i < path.Length; i++)
        {
            byte kind = kinds[path[i]];
            if (kind == Plain) continue;
            if (kind != Slash) return false;
            if (i + 1 < path.Length && path[i + 1] is (byte)'/' or (byte)'.') return false;
        }

        return true;
    }

    /// <summary>
    /// How much room <see cref="Canonicalize"/> needs: one slash is written before a segment is known to be dropped.
    /// </summary>
    public static int RoomFor(ReadOnlySpan<byte> path)
    {
        int room = path.Length + 1;
        foreach (byte c in path)
            if (Kinds[c] > Slash) room += 2;

        return room;
    }

    /// <summary>
    /// Writes the canonical form, which takes at most <see cref="RoomFor"/>. The path starts with a slash.
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
                if (c != '%')
                {
                    if (Kinds[c] == Plain) to[length++] = c;
                    else AppendEscape(to, ref length, c);
                    at++;
                    continue;
                }

                if (at + 2 >= path.Length || !TryDecode(path, at, out byte value) || value == 0) return PathStatus.BadEscape;

                // Also sub-delims, ":" and "@": they delimit nothing here, and clients escape them or do not (RFC 3986
                // section 6.2.2)
                if (Kinds[value] == Plain) to[length++] = value;
                else
                {
                    AppendEscape(to, ref length, value);
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

    private static void AppendEscape(Span<byte> to, ref int length, byte value)
    {
        to[length++] = (byte)'%';
        to[length++] = "0123456789ABCDEF"u8[value >> 4];
        to[length++] = "0123456789ABCDEF"u8[value & 15];
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
