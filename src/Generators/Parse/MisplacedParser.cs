using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Attributes of routes where there is nothing to call: on local functions, lambdas, accessors, indexers, behind <c>property:</c> or <c>field:</c>.
/// C# lets them stand there. Where it does not, as for <c>[Get]</c> on a property, the compiler has said so.
/// </summary>
internal static class MisplacedParser
{
    public static bool IsCandidate(SyntaxNode node, CancellationToken cancellation) => node is AttributeSyntax { Parent.Parent: LambdaExpressionSyntax or AnonymousMethodExpressionSyntax };

    /// <summary>Null when the attribute is on a member that can be a route.</summary>
    public static Parsed? Parse(string attributeName, GeneratorAttributeSyntaxContext context)
    {
        ISymbol symbol = context.TargetSymbol;
        bool isStatic = attributeName == KnownNames.Static;
        string? what = symbol switch
        {
            // Half of a method: the compiler has said what is missing
            { ContainingType: null } or { Name.Length: 0 } => "",
            IMethodSymbol { MethodKind: MethodKind.LocalFunction } => "a local function",
            IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "a lambda",
            IMethodSymbol { MethodKind: MethodKind.PropertyGet or MethodKind.PropertySet or MethodKind.EventAdd or MethodKind.EventRemove } => "an accessor",
            IMethodSymbol { MethodKind: MethodKind.Conversion or MethodKind.UserDefinedOperator } => "an operator",
            IMethodSymbol { MethodKind: MethodKind.ExplicitInterfaceImplementation } or IPropertySymbol { ExplicitInterfaceImplementations.IsEmpty: false } =>
                "an explicit implementation of an interface",
            IMethodSymbol { MethodKind: MethodKind.Ordinary } method => context.TargetNode is MethodDeclarationSyntax ? null : "a method that the compiler makes",
            IMethodSymbol => "",
            IPropertySymbol { IsIndexer: true } when isStatic => "an indexer",
            IPropertySymbol when isStatic => context.TargetNode is PropertyDeclarationSyntax ? null : "a parameter of a record",
            IFieldSymbol { AssociatedSymbol: not null } when isStatic => "the field of a property",
            IFieldSymbol { ContainingType.TypeKind: TypeKind.Enum } when isStatic => "a member of an enum",
            IFieldSymbol when isStatic => null,
            IParameterSymbol when isStatic => "a parameter",
            _ => "",
        };
        if (what is null) return null;

        var problems = new List<Problem>();
        if (what.Length > 0)
            foreach ((AttributeData attribute, _) in context.OwnAttributes())
                problems.Add(Refuse(ShortName(attributeName), what, attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation()));

        // The class keeps its table: what is called a property today gets its parentheses with the next key
        AppParser.Host? host = symbol.ContainingType is { TypeKind: TypeKind.Class, Name.Length: > 0 } type
            ? AppParser.Parse(type, context.SemanticModel.Compilation, problems)
            : null;
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), (host?.Places ?? []).ToEquatable()) { Host = host?.App };
    }

    public static Parsed ParseLambda(GeneratorSyntaxContext context, CancellationToken cancellation)
    {
        string? kind = (context.SemanticModel.GetSymbolInfo(context.Node, cancellation).Symbol as IMethodSymbol)?.ContainingType.ToDisplayString();
        EquatableArray<Problem> problems = kind is not null && KnownNames.IsMemberAttribute(kind)
            ? new[] { Refuse(ShortName(kind), "a lambda", context.Node.GetLocation()) }.ToEquatable()
            : EquatableArray<Problem>.Empty;
        return new Parsed(EquatableArray<RouteModel>.Empty, problems, EquatableArray<RoutePlace>.Empty);
    }

    private static Problem Refuse(string attribute, string what, Location? place) => Problem.At(Diagnostics.MisplacedRoute, place, attribute, what,
        attribute == "Static" ? "a method, a property or a field of a class" : "a method of a class");

    private static string ShortName(string attribute) => attribute.Substring("Prebake.".Length, attribute.Length - "Prebake.Attribute".Length);
}
