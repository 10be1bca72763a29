using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Checks what is written into a <c>CrossOrigin</c>, as far as it is literal. When the program starts the object checks the rest.</summary>
internal static class CrossOriginParser
{
    public const string Type = "Prebake.CrossOrigin";

    public static void Check(SyntaxNode declaration, SemanticModel semantics, List<Problem> problems)
    {
        ExpressionSyntax? value = declaration switch
        {
            VariableDeclaratorSyntax { Initializer.Value: var given } => given,
            PropertyDeclarationSyntax { Initializer.Value: var given } => given,
            _ => null,
        };
        if (value is not BaseObjectCreationExpressionSyntax { Initializer.Expressions: var assignments }) return;

        bool allowsAll = false;
        foreach (ExpressionSyntax element in ElementsOf(ValueOf(assignments, "Origins")))
        {
            if (semantics.GetConstantValue(element) is not { HasValue: true, Value: string origin }) continue;

            allowsAll |= origin == "*";
            if (OriginSyntax.ReasonAgainst(origin) is not { } reason) continue;

            string name = origin.Length == 0 ? "an empty text" : origin;
            problems.Add(Problem.At(Diagnostics.NotAnOrigin, element.GetLocation(), name, reason));
        }

        if (allowsAll && ValueOf(assignments, "Credentials") is { } credentials && semantics.GetConstantValue(credentials).Value is true)
            problems.Add(Problem.At(Diagnostics.CredentialsForAll, credentials.GetLocation()));
    }

    private static ExpressionSyntax? ValueOf(SeparatedSyntaxList<ExpressionSyntax> assignments, string name) => assignments.OfType<AssignmentExpressionSyntax>()
        .FirstOrDefault(assignment => assignment.Left is IdentifierNameSyntax { Identifier.ValueText: var left } && left == name)?.Right;

    private static IEnumerable<ExpressionSyntax> ElementsOf(ExpressionSyntax? list) => list switch
    {
        CollectionExpressionSyntax collection => collection.Elements.OfType<ExpressionElementSyntax>().Select(element => element.Expression),
        ArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements,
        ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements,
        _ => [],
    };
}
