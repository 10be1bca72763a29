using System.Buffers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>
/// The parts of an earlier version of a file that an edit has left as they are, found by their text: what is in front of the
/// first character that differs, and what is behind the last one. A declaration is parsed as it was where its text, its kind
/// and what is around it are the same, nothing is wrong with it and no directive is in it.
/// </summary>
internal sealed class OutlineReuse
{
    private const int Chunk = 512;

    private readonly Outline _before;
    // Where the two versions begin and cease to differ, in the new one
    private readonly int _first, _end, _added;

    private OutlineReuse(Outline before, int first, int end, int added) => (_before, _first, _end, _added) = (before, first, end, added);

    public Outline Before => _before;

    /// <summary>Null when there is nothing to be used again.</summary>
    public static OutlineReuse? Of(Outline? before, SourceText now)
    {
        if (before?.Text is not { } old) return null;

        int length = Math.Min(old.Length, now.Length);
        char[] ours = ArrayPool<char>.Shared.Rent(old.Length + 1), theirs = ArrayPool<char>.Shared.Rent(now.Length + 1);
        try
        {
            old.CopyTo(0, ours, 0, old.Length);
            now.CopyTo(0, theirs, 0, now.Length);
            int front = 0, back = 0;
            while (front + Chunk <= length && ours.AsSpan(front, Chunk).SequenceEqual(theirs.AsSpan(front, Chunk))) front += Chunk;
            while (front < length && ours[front] == theirs[front]) front++;

            int most = length - front;
            while (back + Chunk <= most
                && ours.AsSpan(old.Length - back - Chunk, Chunk).SequenceEqual(theirs.AsSpan(now.Length - back - Chunk, Chunk))) back += Chunk;
            while (back < most && ours[old.Length - back - 1] == theirs[now.Length - back - 1]) back++;
            return new OutlineReuse(before, front, now.Length - back, now.Length - old.Length);
        }
        finally
        {
            ArrayPool<char>.Shared.Return(ours);
            ArrayPool<char>.Shared.Return(theirs);
        }
    }

    /// <summary>The number of the part that a declaration was, and how far it has moved; −1 when it was none.</summary>
    /// <param name="member">The declaration, one that is a part by itself.</param>
    /// <param name="place">Where it is, as a fingerprint.</param>
    /// <param name="hasAliases">There are other names for types in front of it.</param>
    public (int Part, int Moved) Find(MemberDeclarationSyntax member, Fingerprint place, bool hasAliases)
    {
        TextSpan span = member.FullSpan;
        int moved = span.End <= _first ? 0 : span.Start >= _end ? _added : int.MinValue;
        if (moved == int.MinValue || !IsWhole(member)) return (-1, 0);

        int part = _before.PartFrom(span.Start - moved);
        if (part < 0 || _before.Parts[part].Leaf is not { } leaf) return (-1, 0);

        return leaf.Span.Length == span.Length && leaf.Kind == member.RawKind && leaf.HasAliases == hasAliases && leaf.Place.Equals(place)
            ? (part, moved)
            : (-1, 0);
    }

    /// <summary>Its text says all there is to say about it.</summary>
    public static bool IsWhole(SyntaxNode member) => !member.ContainsDiagnostics && !member.ContainsDirectives;
}
