using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Simplification;

namespace Prebake.CodeFixes;

/// <summary>PB0056: <c>async void</c> becomes <c>async Task</c>.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class ReturnTask() : Fix("PB1056")
{
    private protected override string? Title(SyntaxNode node, string? what) =>
        Method(node) is { ReturnType: PredefinedTypeSyntax { Keyword.RawKind: (int)SyntaxKind.VoidKeyword } } method ? $"Let '{method.Identifier.Text}' return Task" : null;

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        TypeSyntax type = Method(node)!.ReturnType;
        TypeSyntax task = SyntaxFactory.ParseTypeName("global::System.Threading.Tasks.Task").WithTriviaFrom(type).WithAdditionalAnnotations(Simplifier.Annotation);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(type, task)));
    }

    private static MethodDeclarationSyntax? Method(SyntaxNode node) => node.FirstAncestorOrSelf<MethodDeclarationSyntax>();
}
