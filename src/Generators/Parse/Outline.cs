using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// What of a file can matter to a declaration elsewhere: all of its tokens, but for the bodies of methods and the
/// strings in the attributes of methods, which nobody but the method itself can see. Files of equal outlines mean the
/// same to everybody else.
/// </summary>
internal sealed class Outline
{
    // Below it, nothing is gained by comparing with an earlier version
    private const int FewParts = 4;

    // Trees never change, and nothing here holds on to one
    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_known = new();

    private readonly List<int> _starts, _ends;
    private readonly ParseOptions _options;
    private readonly Fingerprint _fingerprint = new();

    private Outline(SyntaxTree tree, Outline? before, CancellationToken cancellation)
    {
        Path = tree.FilePath;
        _options = tree.Options;
        SourceText text = tree.GetText(cancellation);
        var writer = new OutlineWriter(text, OutlineReuse.Of(before is not null && IsOfSame(before) ? before : null, text));
        if (tree.GetRoot(cancellation) is CompilationUnitSyntax root) writer.Visit(root);
        (Parts, _starts, _ends) = (writer.Parts, writer.Starts, writer.Ends);
        (GlobalAliases, Namespaces, IsWhole) = (writer.GlobalAliases, writer.Namespaces, writer.IsWhole);
        foreach (OutlinePart part in Parts) _fingerprint.Add(part.Fingerprint);
        if (Parts.Count >= FewParts) Text = text;
    }

    public string Path { get; }

    /// <summary>Of a file with many parts: a later version is compared with it.</summary>
    public SourceText? Text { get; }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<OutlinePart> Parts { get; }

    /// <summary>Of <c>global using</c>.</summary>
    public IReadOnlyCollection<string> GlobalAliases { get; }

    /// <summary>Full names of those that it declares something in, the outer ones in front of the inner ones.</summary>
    public IReadOnlyCollection<string> Namespaces { get; }

    /// <summary>
    /// Something in the middle of it, such as <c>#nullable</c>, can change what all the rest means: its parts are not
    /// compared one by one.
    /// </summary>
    public bool IsWhole { get; }

    public int TokenCount => _starts.Count;

    /// <param name="tree">The file.</param>
    /// <param name="before">An earlier version of it, if there is one.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static Outline Of(SyntaxTree tree, Outline? before, CancellationToken cancellation) =>
        s_known.TryGetValue(tree, out Outline? known)
            ? known
            : s_known.GetValue(tree, _ => new Outline(tree, before, cancellation));

    public bool IsOfSame(Outline other) => Path == other.Path && _options.Equals(other._options);

    /// <summary>For files of one name and with the same options.</summary>
    public bool IsLike(Outline other) => ReferenceEquals(this, other) || _fingerprint.Equals(other._fingerprint);

    /// <summary>The number of the token at a position; −1 where there is none that others see.</summary>
    public int TokenAt(int position)
    {
        int index = _starts.BinarySearch(position);
        if (index < 0) index = ~index - 1;
        return index >= 0 && position < _ends[index] ? index : -1;
    }

    /// <summary>The part that has a token.</summary>
    public int PartOf(int token)
    {
        int low = 0, high = Parts.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Parts[middle].FirstToken <= token) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    /// <summary>The part that is a declaration by itself and has a position; −1 where there is none.</summary>
    public int LeafAt(int position)
    {
        int low = 0, high = Parts.Count - 1;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            if (Parts[middle].Start <= position) low = middle;
            else high = middle - 1;
        }

        return low < Parts.Count && Parts[low].Leaf is { } leaf && leaf.Span.Start <= position && position <= leaf.Span.End ? low : -1;
    }

    /// <summary>The part that is a declaration by itself and begins at a position; −1 where there is none.</summary>
    public int PartFrom(int start) => LeafAt(start) is >= 0 and int part && Parts[part].Leaf!.Span.Start == start ? part : -1;

    /// <summary>Hands the tokens of a part to a later version of the file.</summary>
    public void CopyTokens(int part, int moved, List<int> starts, List<int> ends)
    {
        int end = EndOf(part + 1);
        if (moved == 0)
        {
            starts.AddRange(_starts.GetRange(Parts[part].FirstToken, end - Parts[part].FirstToken));
            ends.AddRange(_ends.GetRange(Parts[part].FirstToken, end - Parts[part].FirstToken));
            return;
        }

        for (int token = Parts[part].FirstToken; token < end; token++)
        {
            starts.Add(_starts[token] + moved);
            ends.Add(_ends[token] + moved);
        }
    }

    public int EndOf(int part) => part < Parts.Count ? Parts[part].FirstToken : TokenCount;

    /// <summary>Where a place is in another version of the file, if it is in a declaration whose text is the same in both.</summary>
    /// <param name="now">The other version.</param>
    /// <param name="change">What has changed in it.</param>
    /// <param name="place">The place.</param>
    /// <param name="part">The declaration that the last place was in, and that this one is in; −1 for none.</param>
    public (TextSpan Span, LinePositionSpan Lines)? MoveLeaf(Outline now, OutlineChange change, Place place, ref int part)
    {
        if (part < 0 || !IsIn(Parts[part].Leaf!.Span, place.Span)) part = LeafAt(place.Span.Start);
        if (part < 0 || !IsIn(Parts[part].Leaf!.Span, place.Span)) return null;

        OutlineLeaf leaf = Parts[part].Leaf!;
        int other = change.PartOf(part);
        return other >= 0 && now.Parts[other].Leaf is { } moved && ReferenceEquals(moved.Same, leaf.Same) ? leaf.Move(moved, place.Span, place.Lines) : null;
    }

    private static bool IsIn(TextSpan outer, TextSpan inner) => outer.Start <= inner.Start && inner.End <= outer.End;

    /// <summary>Where a span is in another version of the file; null when it is not made of tokens that both have.</summary>
    public TextSpan? MoveTo(Outline now, OutlineChange change, TextSpan span)
    {
        int first = TokenAt(span.Start), last = span.IsEmpty ? first : TokenAt(span.End - 1);
        if (first < 0 || last < 0) return null;

        int movedFirst = change.TokenOf(first), movedLast = change.TokenOf(last);
        if (movedFirst < 0 || movedLast < 0) return null;

        int start = now._starts[movedFirst] + span.Start - _starts[first];
        return TextSpan.FromBounds(start, span.IsEmpty ? start : now._starts[movedLast] + span.End - _starts[last]);
    }
}
