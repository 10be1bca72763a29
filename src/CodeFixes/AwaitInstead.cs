using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.CodeFixes;

/// <summary>PB0090 in an async handler: <c>task.Result</c>, <c>task.Wait()</c>, <c>task.GetAwaiter().GetResult()</c> and <c>Thread.Sleep(…)</c> become an await.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp), Shared]
public sealed class AwaitInstead() : Fix("PB0090")
{
    private protected override string? Title(SyntaxNode node, string? what) => IsAsync(node) && Awaited(Call(node), what) is { } awaited ? $"Write 'await {awaited}'" : null;

    private protected override Task<Document> ApplyAsync(Document document, SyntaxNode root, SyntaxNode node, string? what, CancellationToken cancellation)
    {
        ExpressionSyntax call = Call(node);
        ExpressionSyntax changed = SyntaxFactory.AwaitExpression(SyntaxFactory.Token(SyntaxKind.AwaitKeyword).WithTrailingTrivia(SyntaxFactory.Space), Awaited(call, what)!.WithoutTrivia());
        if (call.Parent is MemberAccessExpressionSyntax or ConditionalAccessExpressionSyntax or ElementAccessExpressionSyntax or InvocationExpressionSyntax)
            changed = SyntaxFactory.ParenthesizedExpression(changed);
        return Task.FromResult(document.WithSyntaxRoot(root.ReplaceNode(call, changed.WithTriviaFrom(call))));
    }

    private static ExpressionSyntax Call(SyntaxNode node) => node as ExpressionSyntax ?? node.DescendantNodesAndSelf().OfType<ExpressionSyntax>().First();

    // What waits in a lock must give the lock up first: nobody but the user knows how
    private static bool IsAsync(SyntaxNode node) => !node.Ancestors().OfType<LockStatementSyntax>().Any() && node.FirstAncestorOrSelf<MethodDeclarationSyntax>()?.Modifiers.Any(SyntaxKind.AsyncKeyword) == true;

    private static ExpressionSyntax? Awaited(ExpressionSyntax call, string? what) => call switch
    {
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax access } wait when what is not null =>
            wait.WithExpression(access.WithName(SyntaxFactory.IdentifierName(what))),
        _ when what is not null => null,
        MemberAccessExpressionSyntax { Name.Identifier.Text: "Result" } result => result.Expression,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetResult", Expression: InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "GetAwaiter" } awaiter } } } => awaiter.Expression,
        InvocationExpressionSyntax { ArgumentList.Arguments.Count: 0, Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Wait" } wait } => wait.Expression,
        InvocationExpressionSyntax { Expression: MemberAccessExpressionSyntax { Name.Identifier.Text: "Sleep" } } sleep => SyntaxFactory.ParseExpression("Task.Delay" + sleep.ArgumentList.ToString()),
        _ => null,
    };
}
