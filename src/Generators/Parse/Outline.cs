using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>
/// What of a file can matter to a declaration elsewhere: all of its tokens, but for the bodies of methods and the
/// strings in the attributes of methods, which nobody but the method itself can see. Files of equal outlines mean the
/// same to everybody else.
/// </summary>
internal sealed class Outline
{
    // Trees never change, and nothing here holds on to one
    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_known = new();

    private readonly List<int> _starts, _ends;
    private readonly string _path;
    private readonly ParseOptions _options;
    private readonly Fingerprint _fingerprint = new();

    private Outline(SyntaxTree tree, CancellationToken cancellation)
    {
        _path = tree.FilePath;
        _options = tree.Options;
        var writer = new OutlineWriter();
        if (tree.GetRoot(cancellation) is CompilationUnitSyntax root) writer.Visit(root);
        (Parts, _starts, _ends) = (writer.Parts, writer.Starts, writer.Ends);
        (GlobalAliases, IsWhole) = (writer.GlobalAliases, writer.IsWhole);
        foreach (OutlinePart part in Parts) _fingerprint.Add(part.Fingerprint);
    }

    /// <summary>In the order of the file.</summary>
    public IReadOnlyList<OutlinePart> Parts { get; }

    /// <summary>Of <c>global using</c>.</summary>
    public IReadOnlyCollection<string> GlobalAliases { get; }

    /// <summary>
    /// Something in the middle of it, such as <c>#nullable</c>, can change what all the rest means: its parts are not
    /// compared one by one.
    /// </summary>
    public bool IsWhole { get; }

    public int TokenCount => _starts.Count;

    public static Outline Of(SyntaxTree tree, CancellationToken cancellation) =>
        s_known.TryGetValue(tree, out Outline? known)
            ? known
            : s_known.GetValue(tree, _ => new Outline(tree, cancellation));

    public bool IsOfSame(Outline other) => _path == other._path && _options.Equals(other._options);

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

    public int EndOf(int part) => part < Parts.Count ? Parts[part].FirstToken : TokenCount;

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
