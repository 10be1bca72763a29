using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.CodeFixes;

/// <summary>PB0001: adds <c>partial</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class MakePartial() : Fix("PB1001")
{
    private protected override string? Title(SyntaxNode node, string? what) => node is TypeDeclarationSyntax type ? $"Make '{type.Identifier.Text}' partial" : null;

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        var type = (TypeDeclarationSyntax)node;
        SyntaxToken partial = SyntaxFactory.Token(SyntaxKind.PartialKeyword).WithTrailingTrivia(SyntaxFactory.Space);

        TypeDeclarationSyntax changed;
        if (type.Modifiers.Count > 0) changed = type.AddModifiers(partial);
        else
        {
            // The comment in front of the class stays in front of it
            changed = type.WithKeyword(type.Keyword.WithLeadingTrivia()).WithModifiers(SyntaxFactory.TokenList(partial.WithLeadingTrivia(type.Keyword.LeadingTrivia)));
        }

        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(type, changed)));
    }
}
