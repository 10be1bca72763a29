using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.CodeFixes;

/// <summary>PB0030: adds the parameter that the pattern names, as a string, in front of the others.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AddParameter() : Fix("PB1030")
{
    private protected override string? Title(SyntaxNode node, string? what) =>
        node.FirstAncestorOrSelf<MethodDeclarationSyntax>() is { } method && what is not null ? $"Add 'string {what}' to '{method.Identifier.Text}'" : null;

    // One at a time: two for the same method would both change its list
    /// <inheritdoc/>
    public override FixAllProvider? GetFixAllProvider() => null;

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        var method = node.FirstAncestorOrSelf<MethodDeclarationSyntax>()!;
        SyntaxToken name = SyntaxFacts.GetKeywordKind(what!) == SyntaxKind.None
            ? SyntaxFactory.Identifier(what!)
            : SyntaxFactory.VerbatimIdentifier(SyntaxTriviaList.Empty, what!, what!, SyntaxTriviaList.Empty);
        ParameterSyntax parameter = SyntaxFactory.Parameter(name)
            .WithType(SyntaxFactory.PredefinedType(SyntaxFactory.Token(SyntaxKind.StringKeyword)).WithTrailingTrivia(SyntaxFactory.Space));

        ParameterSyntax[] others = method.ParameterList.Parameters.ToArray();
        // In the order of the pattern: behind the parameters that it names already
        int at = Math.Min(others.Length, Index(node, what!, others));
        SeparatedSyntaxList<ParameterSyntax> list = method.ParameterList.Parameters.Insert(at, parameter);
        list = SyntaxFactory.SeparatedList(list, Enumerable.Repeat(SyntaxFactory.Token(SyntaxKind.CommaToken).WithTrailingTrivia(SyntaxFactory.Space), list.Count - 1));
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(method, method.WithParameterList(method.ParameterList.WithParameters(list)))));
    }

    private static int Index(SyntaxNode node, string what, ParameterSyntax[] others)
    {
        string pattern = node.ToString();
        int place = pattern.IndexOf(what, StringComparison.Ordinal);
        return others.TakeWhile(other => pattern.IndexOf("{" + other.Identifier.ValueText + "}", StringComparison.Ordinal) is >= 0 and int own && own < place).Count();
    }
}
