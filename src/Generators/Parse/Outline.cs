using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Text;

namespace Prebake.Generators.Parse;

/// <summary>
/// What of a file can matter to a declaration elsewhere: all of its tokens, but for the bodies of methods and the strings in the attributes of
/// methods, which nobody but the method itself can see. Files of equal outlines mean the same to everybody else.
/// </summary>
internal sealed class Outline
{
    // Trees never change, and nothing here holds on to one
    private static readonly ConditionalWeakTable<SyntaxTree, Outline> s_known = new();

    private readonly List<int> _starts = [], _ends = [];
    private readonly StringBuilder _text = new();
    private readonly string _path;
    private readonly ParseOptions _options;
    private readonly string _hash;

    private Outline(SyntaxTree tree, CancellationToken cancellation)
    {
        _path = tree.FilePath;
        _options = tree.Options;
        if (tree.GetRoot(cancellation) is CompilationUnitSyntax root) Visit(root);
        _hash = Convert.ToBase64String(SourceText.From(_text.ToString(), Encoding.Unicode, SourceHashAlgorithm.Sha256).GetChecksum().ToArray());
        _text.Clear().Capacity = 0;
    }

    /// <summary>Of <c>global using</c>.</summary>
    public List<string> GlobalAliases { get; } = [];

    public static Outline Of(SyntaxTree tree, CancellationToken cancellation) =>
        s_known.TryGetValue(tree, out Outline? known) ? known : s_known.GetValue(tree, _ => new Outline(tree, cancellation));

    public bool IsLike(Outline other) => ReferenceEquals(this, other) || _hash == other._hash && _path == other._path && _options.Equals(other._options);

    /// <summary>The number of the token at a position; −1 where there is none that others see.</summary>
    public int TokenAt(int position)
    {
        int index = _starts.BinarySearch(position);
        if (index < 0) index = ~index - 1;
        return index >= 0 && position < _ends[index] ? index : -1;
    }

    /// <summary>Where a span of this file is in another version of it that has a like outline; null when it is not made of tokens that are in the outline.</summary>
    public TextSpan? MoveTo(Outline now, TextSpan span)
    {
        int first = TokenAt(span.Start), last = span.IsEmpty ? first : TokenAt(span.End - 1);
        if (first < 0 || last < 0) return null;

        int start = now._starts[first] + span.Start - _starts[first];
        return TextSpan.FromBounds(start, span.IsEmpty ? start : now._starts[last] + span.End - _starts[last]);
    }

    private void Visit(SyntaxNode node)
    {
        Mark(node.RawKind);
        foreach (SyntaxNodeOrToken child in node.ChildNodesAndTokens())
        {
            switch (child.AsNode())
            {
                case null: Add(child.AsToken(), isHidden: false); break;
                case BaseNamespaceDeclarationSyntax or TypeDeclarationSyntax: Visit(child.AsNode()!); break;
                case MethodDeclarationSyntax method when !method.Modifiers.Any(SyntaxKind.PartialKeyword): AddMethod(method); break;
                // No type sees the locals of a program
                case GlobalStatementSyntax { ContainsDirectives: false }: Mark((int)SyntaxKind.GlobalStatement); break;
                case { } other: AddAll(other, inAttributeOfMethod: false); break;
            }
        }
    }

    private void AddMethod(MethodDeclarationSyntax method)
    {
        Mark(method.RawKind);
        foreach (SyntaxNodeOrToken child in method.ChildNodesAndTokens())
        {
            switch (child.AsNode())
            {
                case null: Add(child.AsToken(), isHidden: false); break;
                case BlockSyntax or ArrowExpressionClauseSyntax when !child.ContainsDirectives: Mark((int)SyntaxKind.Block); break;
                case { } other: AddAll(other, inAttributeOfMethod: other is AttributeListSyntax); break;
            }
        }
    }

    private void AddAll(SyntaxNode node, bool inAttributeOfMethod)
    {
        Mark(node.RawKind);
        // Where something is missing, the tokens alone do not say what they mean
        if (node.ContainsDiagnostics)
        {
            foreach (SyntaxNode inner in node.DescendantNodes()) Mark(inner.RawKind);
            _text.Append(node.ToFullString());
        }

        if (node is UsingDirectiveSyntax { Alias.Name.Identifier.ValueText: var alias, GlobalKeyword.RawKind: (int)SyntaxKind.GlobalKeyword }) GlobalAliases.Add(alias);
        bool hides = inAttributeOfMethod && !node.ContainsDiagnostics;
        foreach (SyntaxToken token in node.DescendantTokens())
        {
            // Only where the string is all there is of an argument: it is no part of a name or a constant that somebody else has
            Add(token, hides && token.IsKind(SyntaxKind.StringLiteralToken) && token.Parent is { Parent: AttributeArgumentSyntax });
        }
    }

    private void Add(SyntaxToken token, bool isHidden)
    {
        if (token.ContainsDirectives) AddDirectives(token);
        if (token.IsMissing) Mark(-1);
        if (token.Span.IsEmpty) return;

        _starts.Add(token.SpanStart);
        _ends.Add(token.Span.End);
        if (isHidden) Mark(token.RawKind);
        else _text.Append(token.Text).Append(' ');
    }

    /// <summary>They may switch on nullability, or decide which code there is.</summary>
    private void AddDirectives(SyntaxToken token)
    {
        foreach (SyntaxTrivia trivia in token.LeadingTrivia.Concat(token.TrailingTrivia))
            if (trivia.IsDirective && !trivia.IsKind(SyntaxKind.RegionDirectiveTrivia) && !trivia.IsKind(SyntaxKind.EndRegionDirectiveTrivia)) _text.Append(trivia.ToFullString()).Append('\n');
    }

    private void Mark(int kind) => _text.Append('\u0001').Append((char)(kind & 0xFFFF));
}
