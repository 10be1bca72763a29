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
    /// <summary>Where attributes belong to no declaration of their own, so that no symbol has them; null elsewhere.</summary>
    public static string? PlaceOf(AttributeListSyntax list) => (list.Target?.Identifier.ValueText, list.Parent) switch
    {
        (_, LambdaExpressionSyntax or AnonymousMethodExpressionSyntax) => "a lambda",
        ("property" or "field", ParameterSyntax) => "a parameter of a record",
        ("field", PropertyDeclarationSyntax) => "the field of a property",
        ("field" or "method", EventFieldDeclarationSyntax) => "an event",
        _ => null,
    };

    /// <summary>Null when the attribute is on a member that can be a route.</summary>
    public static Parsed? Parse(string attributeName, Annotated context)
    {
        ISymbol symbol = context.TargetSymbol;
        if (symbol.ContainingType?.IsNamed() == false) return Parsed.None;

        bool isStatic = attributeName is KnownNames.Static or KnownNames.Mount;
        string? what = symbol switch
        {
            // Half of a method: the compiler has said what is missing
            { ContainingType: null } => "",
            { Name.Length: 0 } when symbol is not IMethodSymbol { MethodKind: MethodKind.AnonymousFunction } => "",
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
        AppParser.Host? host = symbol.ContainingType is { TypeKind: TypeKind.Class } type
            && (KnownNames.IsMemberAttribute(attributeName) || attributeName == KnownNames.Mount || AppParser.HasRoutes(type))
            ? AppParser.Parse(type, context.SemanticModel.Compilation, problems)
            : null;
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), (host?.Places ?? []).ToEquatable()) { Host = host?.App };
    }

    public static Parsed ParseOther(AttributeSyntax attribute, SemanticModel semantics, CancellationToken cancellation)
    {
        var list = (AttributeListSyntax)attribute.Parent!;
        string? kind = (semantics.GetSymbolInfo(attribute, cancellation).Symbol as IMethodSymbol)?.ContainingType.ToDisplayString();
        if (kind is null || !KnownNames.IsMemberAttribute(kind) && kind is not (KnownNames.Mount or KnownNames.Provide)) return Parsed.None;

        // An attribute of methods behind "field:" is the compiler's matter
        if (kind is not (KnownNames.Static or KnownNames.Mount) && list.Target?.Identifier.ValueText is "field" or "property") return Parsed.None;

        return Parsed.None with { Problems = new[] { Refuse(ShortName(kind), PlaceOf(list)!, attribute.GetLocation()) }.ToEquatable() };
    }

    private static Problem Refuse(string attribute, string what, Location? place) => Problem.At(Diagnostics.MisplacedRoute, place, attribute, what,
        attribute switch { "Static" => "a method, a property or a field of a class", "Mount" => "a property or a field of a class", _ => "a method of a class" });

    private static string ShortName(string attribute) => attribute.Substring("Prebake.".Length, attribute.Length - "Prebake.Attribute".Length);
}
