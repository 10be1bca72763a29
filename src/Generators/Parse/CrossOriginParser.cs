using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;
using Prebake.Generators.Parse.Folding;
using Prebake.Shared;

namespace Prebake.Generators.Parse;

/// <summary>Checks what is written into a <c>CrossOrigin</c>, as far as it is literal. When the program starts the object checks the rest.</summary>
internal static class CrossOriginParser
{
    public const string Type = "Prebake.CrossOrigin";

    public static void Check(SyntaxNode declaration, SemanticModel semantics, List<Problem> problems)
    {
        if (InitializerOf(declaration) is not BaseObjectCreationExpressionSyntax { Initializer.Expressions: var assignments }) return;

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

    /// <summary>
    /// What it adds to a response of a constant route, whoever asks: with <c>*</c> that every page may read it, without
    /// origins nothing. Null when it depends on who asks, or is not certain.
    /// </summary>
    public static EquatableArray<StaticField>? Fold(ISymbol member, SyntaxNode declaration, SemanticModel semantics)
    {
        if (member is not (IFieldSymbol { IsReadOnly: true } or IPropertySymbol { SetMethod: null })) return null;
        // One that is written could give it another object
        if (member.ContainingType.Constructors.Any(constructor => constructor is { IsImplicitlyDeclared: false, DeclaringSyntaxReferences: [{ } reference] } && reference.GetSyntax() is ConstructorDeclarationSyntax)) return null;
        if (InitializerOf(declaration) is not BaseObjectCreationExpressionSyntax { ArgumentList: null or { Arguments.Count: 0 } } creation) return null;
        if (semantics.GetTypeInfo(creation).Type?.PlainName() != Type) return null;

        SeparatedSyntaxList<ExpressionSyntax> assignments = creation.Initializer?.Expressions ?? default;
        if (TextsOf(ValueOf(assignments, "Origins"), semantics) is not { } origins || TextsOf(ValueOf(assignments, "ExposedHeaders"), semantics) is not { } exposed) return null;
        if (origins.Length == 0) return EquatableArray<StaticField>.Empty;
        if (origins is not ["*"]) return null;

        StaticField[] fields = exposed.Length == 0
            ? [new("Access-Control-Allow-Origin", "*")]
            : [new("Access-Control-Allow-Origin", "*"), new("Access-Control-Expose-Headers", string.Join(", ", exposed))];
        return fields.All(field => HeaderFolder.CanFold(field.Name, field.Value)) ? fields.ToEquatable() : null;
    }

    private static ExpressionSyntax? InitializerOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var given } => given,
        PropertyDeclarationSyntax { Initializer.Value: var given } => given,
        _ => null,
    };

    /// <summary>The texts of a list; null when one is not known at build.</summary>
    private static string[]? TextsOf(ExpressionSyntax? list, SemanticModel semantics)
    {
        if (list is null or CollectionExpressionSyntax { Elements.Count: 0 }) return [];

        ExpressionSyntax[] elements = ElementsOf(list).ToArray();
        if (elements.Length == 0 || list is CollectionExpressionSyntax { Elements: var all } && all.Count != elements.Length) return null;

        string?[] texts = elements.Select(element => semantics.GetConstantValue(element).Value as string).ToArray();
        return texts.Any(text => text is null) ? null : texts.Select(text => text!).ToArray();
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
