using System.Text;
using System.ComponentModel;
using System.Runtime.CompilerServices;

namespace Prebake.Routing;

/// <summary>
/// What emitted dispatchers and binders call: walking a canonical path, and reading values from paths, queries and fields. Each
/// function that takes a literal has a twin that takes a string: debug builds hold literals as strings, since the runtime stops
/// applying hot reloads to methods with literal data (dotnet/runtime#131752).
/// </summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Bind
{
    /// <summary>Whether a canonical path is the prefix, or below it.</summary>
    /// <param name="path">The path.</param>
    /// <param name="prefix">ASCII, without a slash at its end.</param>
    /// <param name="ignoreCase">Whether ASCII letters are compared without their case.</param>
    public static bool IsBelow(ReadOnlySpan<byte> path, string prefix, bool ignoreCase)
    {
        if (path.Length < prefix.Length || path.Length > prefix.Length && path[prefix.Length] != '/') return false;
        ReadOnlySpan<byte> front = path[..prefix.Length];
        return ignoreCase ? Ascii.EqualsIgnoreCase(front, prefix) : Ascii.Equals(front, prefix);
    }

    // Longer segments than this are rare, and a page of the stack is not
    private const int StackBytes = 256;

    /// <summary>Whether the whole path is that literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Is(ReadOnlySpan<byte> path, ReadOnlySpan<byte> literal) => path.SequenceEqual(literal);

    /// <inheritdoc cref="Is(ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static bool Is(ReadOnlySpan<byte> path, string literal) => System.Text.Ascii.Equals(path, literal);

    /// <summary>Whether the literal stands in the path at <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool HasAt(ReadOnlySpan<byte> path, int at, ReadOnlySpan<byte> literal) =>
        path.Length - at >= literal.Length && path.Slice(at, literal.Length).SequenceEqual(literal);

    /// <inheritdoc cref="HasAt(ReadOnlySpan{byte}, int, ReadOnlySpan{byte})"/>
    public static bool HasAt(ReadOnlySpan<byte> path, int at, string literal) =>
        path.Length - at >= literal.Length && System.Text.Ascii.Equals(path.Slice(at, literal.Length), literal);

    /// <summary>Whether the path from <paramref name="at"/> to its end is that literal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool EndsAt(ReadOnlySpan<byte> path, int at, ReadOnlySpan<byte> literal) =>
        path.Length - at == literal.Length && path.Slice(at).SequenceEqual(literal);

    /// <inheritdoc cref="EndsAt(ReadOnlySpan{byte}, int, ReadOnlySpan{byte})"/>
    public static bool EndsAt(ReadOnlySpan<byte> path, int at, string literal) =>
        path.Length - at == literal.Length && System.Text.Ascii.Equals(path.Slice(at), literal);

    /// <summary>Where the segment that starts at <paramref name="at"/> ends.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int SegmentEnd(ReadOnlySpan<byte> path, int at)
    {
        int length = path.Slice(at).IndexOf((byte)'/');
        return length < 0 ? path.Length : at + length;
    }

    /// <summary>The segment that starts at <paramref name="at"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ReadOnlySpan<byte> Segment(ReadOnlySpan<byte> path, int at) => path[at..SegmentEnd(path, at)];

    /// <summary>Takes the literals in front of the first and behind the last parameter away; false unless something is left between them.</summary>
    public static bool Strip(ref ReadOnlySpan<byte> segment, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix)
    {
        int inner = segment.Length - prefix.Length - suffix.Length;
        if (inner <= 0 || !segment.StartsWith(prefix) || !segment.EndsWith(suffix) || IsInsideEscape(segment, prefix.Length + inner)) return false;

        segment = segment.Slice(prefix.Length, inner);
        return true;
    }

    /// <inheritdoc cref="Strip(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static bool Strip(ref ReadOnlySpan<byte> segment, string prefix, string suffix) =>
        Strip(ref segment, System.Text.Encoding.ASCII.GetBytes(prefix), System.Text.Encoding.ASCII.GetBytes(suffix));

    /// <summary>
    /// Cuts at the last occurrence of the literal that leaves something behind it: <paramref name="last"/>. What is in front stays in
    /// <paramref name="segment"/> and must not be empty either. Taken from right to left, the last occurrence is always the right one.
    /// </summary>
    public static bool Cut(ref ReadOnlySpan<byte> segment, ReadOnlySpan<byte> literal, out ReadOnlySpan<byte> last)
    {
        last = default;
        int limit = segment.Length - 1;
        while (limit > literal.Length)
        {
            int at = segment[..limit].LastIndexOf(literal);
            if (at <= 0) return false;

            if (!IsInsideEscape(segment, at))
            {
                last = segment[(at + literal.Length)..];
                segment = segment[..at];
                return true;
            }

            limit = at + literal.Length - 1;
        }

        return false;
    }

    /// <inheritdoc cref="Cut(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool Cut(ref ReadOnlySpan<byte> segment, string literal, out ReadOnlySpan<byte> last) =>
        Cut(ref segment, System.Text.Encoding.ASCII.GetBytes(literal), out last);

    /// <summary>A path with small ASCII letters, for apps that ignore case; what is not ASCII stays as it is.</summary>
    /// <param name="path">A path, or a segment of one.</param>
    /// <param name="room">Where it is written to; at least as long.</param>
    public static ReadOnlySpan<byte> Fold(ReadOnlySpan<byte> path, Span<byte> room)
    {
        if (System.Text.Ascii.ToLower(path, room, out _) is not System.Buffers.OperationStatus.Done)
            for (int i = 0; i < path.Length; i++) room[i] = path[i] is >= (byte)'A' and <= (byte)'Z' ? (byte)(path[i] | 0x20) : path[i];

        return room[..path.Length];
    }

    /// <summary><see cref="Strip(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/> by literals with small letters from a segment with any.</summary>
    public static bool StripFolded(ref ReadOnlySpan<byte> segment, ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> suffix)
    {
        ReadOnlySpan<byte> folded = Fold(segment, segment.Length <= StackBytes ? stackalloc byte[StackBytes] : new byte[segment.Length]);
        if (!Strip(ref folded, prefix, suffix)) return false;

        segment = segment.Slice(prefix.Length, folded.Length);
        return true;
    }

    /// <inheritdoc cref="StripFolded(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, ReadOnlySpan{byte})"/>
    public static bool StripFolded(ref ReadOnlySpan<byte> segment, string prefix, string suffix) =>
        StripFolded(ref segment, System.Text.Encoding.ASCII.GetBytes(prefix), System.Text.Encoding.ASCII.GetBytes(suffix));

    /// <summary><see cref="Cut(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/> at a literal with small letters in a segment with any.</summary>
    public static bool CutFolded(ref ReadOnlySpan<byte> segment, ReadOnlySpan<byte> literal, out ReadOnlySpan<byte> last)
    {
        ReadOnlySpan<byte> folded = Fold(segment, segment.Length <= StackBytes ? stackalloc byte[StackBytes] : new byte[segment.Length]);
        if (!Cut(ref folded, literal, out ReadOnlySpan<byte> lastFolded))
        {
            last = default;
            return false;
        }

        last = segment[^lastFolded.Length..];
        segment = segment[..folded.Length];
        return true;
    }

    /// <inheritdoc cref="CutFolded(ref ReadOnlySpan{byte}, ReadOnlySpan{byte}, out ReadOnlySpan{byte})"/>
    public static bool CutFolded(ref ReadOnlySpan<byte> segment, string literal, out ReadOnlySpan<byte> last) =>
        CutFolded(ref segment, System.Text.Encoding.ASCII.GetBytes(literal), out last);

    // The two digits behind a % are not text: a literal "2" must not be found in "%2F". In a canonical path each % starts an escape.
    private static bool IsInsideEscape(ReadOnlySpan<byte> segment, int at) =>
        at < segment.Length && ((at >= 1 && segment[at - 1] == '%') || (at >= 2 && segment[at - 2] == '%'));
}
