using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Parse;

/// <summary>Finds the value of a [Static] member when the build can know it: then it is the same each time it would be asked for.</summary>
internal static class ConstantFolder
{
    public static string? Fold(ISymbol member, SyntaxNode declaration, SemanticModel model, CancellationToken cancellation)
    {
        if (member is IFieldSymbol { HasConstantValue: true, ConstantValue: string text }) return text;
        // What a derived class may replace is not known here
        if (member.IsVirtual || member.IsAbstract || member.IsOverride) return null;

        ExpressionSyntax? value = declaration switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var initial } when member is IFieldSymbol { IsReadOnly: true } && !IsAssigned(member, cancellation) => initial,
            PropertyDeclarationSyntax { ExpressionBody.Expression: var body } => body,
            PropertyDeclarationSyntax { Initializer.Value: var initial } when member is IPropertySymbol { SetMethod: null } && !IsAssigned(member, cancellation) => initial,
            PropertyDeclarationSyntax { AccessorList.Accessors: [{ ExpressionBody.Expression: var body }] } => body,
            PropertyDeclarationSyntax { AccessorList.Accessors: [{ Body.Statements: [ReturnStatementSyntax { Expression: { } result }] }] } => result,
            MethodDeclarationSyntax { ExpressionBody.Expression: var body } method when !method.Modifiers.Any(SyntaxKind.AsyncKeyword) => body,
            MethodDeclarationSyntax { Body.Statements: [ReturnStatementSyntax { Expression: { } result }] } method when !method.Modifiers.Any(SyntaxKind.AsyncKeyword) => result,
            _ => null,
        };

        return value is null ? null : Fold(value, model, cancellation);
    }

    private static string? Fold(ExpressionSyntax value, SemanticModel model, CancellationToken cancellation)
    {
        switch (value)
        {
            case ParenthesizedExpressionSyntax inner:
                return Fold(inner.Expression, model, cancellation);

            case LiteralExpressionSyntax literal when literal.IsKind(SyntaxKind.Utf8StringLiteralExpression):
                return literal.Token.ValueText;

            case BinaryExpressionSyntax sum when sum.IsKind(SyntaxKind.AddExpression) && !model.GetConstantValue(sum, cancellation).HasValue:
                return Fold(sum.Left, model, cancellation) is { } left && Fold(sum.Right, model, cancellation) is { } right ? left + right : null;

            // "…"u8.ToArray()
            case InvocationExpressionSyntax
            {
                ArgumentList.Arguments.Count: 0,
                Expression: MemberAccessExpressionSyntax { Name.Identifier.ValueText: "ToArray", Expression: LiteralExpressionSyntax literal },
            } when literal.IsKind(SyntaxKind.Utf8StringLiteralExpression):
                return literal.Token.ValueText;
        }

        return model.GetConstantValue(value, cancellation) is { HasValue: true, Value: string text } ? text : null;
    }

    /// <summary>Whether a constructor gives the member another value. Syntax is enough: a wrong yes only costs the constant tier.</summary>
    private static bool IsAssigned(ISymbol member, CancellationToken cancellation) =>
        member.ContainingType.Constructors.Concat(member.ContainingType.StaticConstructors)
            .SelectMany(constructor => constructor.DeclaringSyntaxReferences)
            .Select(reference => reference.GetSyntax(cancellation))
            .OfType<ConstructorDeclarationSyntax>()
            .SelectMany(constructor => constructor.DescendantNodes().OfType<IdentifierNameSyntax>())
            .Any(name => name.Identifier.ValueText == member.Name);
}
