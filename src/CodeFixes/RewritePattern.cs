using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.CodeFixes;

/// <summary>PB0012 and PB0013: <c>:id</c> becomes <c>{id}</c>, <c>*</c> becomes <c>{*rest}</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class RewritePattern() : Fix("PB1012")
{
    private protected override string? Title(SyntaxNode node, string? what) => Literal(node) is null || what is null ? null : $"Write \"{what}\"";

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        LiteralExpressionSyntax literal = Literal(node)!;
        LiteralExpressionSyntax changed = SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(what!)).WithTriviaFrom(literal);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(literal, changed)));
    }

    private static LiteralExpressionSyntax? Literal(SyntaxNode node) => node as LiteralExpressionSyntax ?? (node as AttributeArgumentSyntax)?.Expression as LiteralExpressionSyntax;
}
