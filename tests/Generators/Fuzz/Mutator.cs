using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Tests.Fuzz;

/// <summary>Damages a source the way people do who are in the middle of something: tokens, attributes and members are lost, doubled, swapped, moved and cut off.</summary>
internal sealed class Mutator(Random random, string[] corpus)
{
    // What a mutation puts in: the names and characters that the generator cares about
    private static readonly string[] s_spices =
    [
        "[Get(\"/x\")]", "[Get]", "[Get(]", "[Static(\"/s\")]", "[Fetch]", "[Error]", "[Health]", "[Serve]", "[Route(\"/r\", \"M\")]", "[Query]", "[Body]", "[Header(\"X\")]", "[Cookie]",
        "[Provide]", "[Provide(Challenge = \"B\")]", "[Provided]", "[Guard(\"G\")]", "[Guard(nameof(", "[Open]", "[Routes(Guarded = true)]",
        "[property: Static(\"/p\")]", "[File(\"/f\", \"f\")]", "[Redirect(\"/a\", \"/b\")]", "[Obsolete(\"\", true)]", "[System.Diagnostics.CodeAnalysis.Experimental(\"X1\")]",
        "async", "void", "partial", "static", "abstract", "private", "record", "struct", "interface", "enum", "file", "@class", "exchange", "_app", "error", "id_", "int?", "string?", "Gui", "List<",
        "Task<Task>", "(int A, int B)", "Lazy<string>", "ref", "out", "params", "this", "null", "default", "<T>", "\"\\u2028\"", "\"\\ud800\"", "\"/{id}\"", "\"/{id\"", "\"/%00\"", "{", "}", "(", ")", "[", "]",
        ";", "=>", ",", "?", "\"", "#if X", "#endif", "double.NaN", "int.MinValue", "long.MaxValue", "RouteTable", "Paths", "App",
    ];

    public string Next()
    {
        string source = Pick(corpus);
        for (int left = random.Next(1, 5); left > 0; left--) source = Mutate(source);
        return source;
    }

    private string Mutate(string source)
    {
        SyntaxNode root = CSharpSyntaxTree.ParseText(source, Harness.ParseOptions).GetRoot();
        SyntaxToken[] tokens = root.DescendantTokens().Where(token => token.Span.Length > 0).ToArray();
        if (tokens.Length < 2) return source + Pick(s_spices);

        SyntaxToken token = Pick(tokens), other = Pick(tokens);
        switch (random.Next(13))
        {
            case 0: return source.Remove(token.SpanStart, token.Span.Length);
            case 1: return source.Insert(token.Span.End, " " + token.Text);
            case 2: return Swap(source, token.Span, other.Span);
            case 3: return source[..token.SpanStart];
            case 4: return source[..(token.SpanStart + random.Next(token.Span.Length))] + source[token.Span.End..];
            case 5: return Replace(source, token.Span, Pick(s_spices));
            case 6: return source.Insert(token.SpanStart, Pick(s_spices) + " ");
            case 7: return Replace(source, token.Span, other.Text);
            case 8: return Node<AttributeSyntax>(root) is { } attribute ? Replace(source, attribute.Span, Node<AttributeSyntax>(root)!.ToString()) : source;
            case 9: return Node<AttributeListSyntax>(root) is { } list ? source.Remove(list.SpanStart, list.Span.Length).Insert(Math.Min(token.SpanStart, source.Length - list.Span.Length), list + " ") : source;
            case 10: return Node<MemberDeclarationSyntax>(root) is { } lost ? source.Remove(lost.SpanStart, lost.Span.Length) : source;
            case 11: return Node<MemberDeclarationSyntax>(root) is { } twice ? source.Insert(twice.Span.End, "\n" + twice) : source;
            default: return Node<MemberDeclarationSyntax>(root) is { } one && Node<MemberDeclarationSyntax>(root) is { } two ? Swap(source, one.Span, two.Span) : source;
        }
    }

    private TNode? Node<TNode>(SyntaxNode root) where TNode : SyntaxNode
    {
        TNode[] nodes = root.DescendantNodes().OfType<TNode>().ToArray();
        return nodes.Length == 0 ? null : Pick(nodes);
    }

    private T Pick<T>(T[] items) => items[random.Next(items.Length)];

    private static string Replace(string source, Microsoft.CodeAnalysis.Text.TextSpan span, string text) => source[..span.Start] + text + source[span.End..];

    private static string Swap(string source, Microsoft.CodeAnalysis.Text.TextSpan one, Microsoft.CodeAnalysis.Text.TextSpan two)
    {
        if (one.Start > two.Start) (one, two) = (two, one);
        if (one.OverlapsWith(two)) return source;

        return new StringBuilder().Append(source, 0, one.Start).Append(source, two.Start, two.Length).Append(source, one.End, two.Start - one.End)
            .Append(source, one.Start, one.Length).Append(source, two.End, source.Length - two.End).ToString();
    }
}
