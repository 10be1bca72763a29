using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Mount]</c>: whether the member can be a part. What its routes are is joined to it later.</summary>
internal static class MountParser
{
    public static Parsed Parse(Annotated context)
    {
        ISymbol member = context.TargetSymbol;
        if (MisplacedParser.Parse(KnownNames.Mount, context) is { } misplaced) return misplaced;

        // The compiler has said that it belongs on a field or a property
        if (member is not (IFieldSymbol or IPropertySymbol)) return Parsed.None;

        var problems = new List<Problem>();
        AppParser.Host host = AppParser.Parse(member.ContainingType, context.SemanticModel.Compilation, problems);
        AttributeData attribute = context.OwnAttributes().Select(own => own.Attribute).FirstOrDefault() ?? context.Attributes[0];
        string key = member.Key() + "|mount";
        var places = new List<RoutePlace>(host.Places) { new(key, Place.Of(member.NameLocation())), new(key + "|prefix", Place.Of(attribute.ArgumentLocation(0))) };

        MountModel? mount = ModelOf(context, host, attribute, key, problems);
        EquatableArray<GateModel> guards = GuardParser.Parse(member, problems, places);
        return new Parsed(EquatableArray<RouteModel>.Empty, problems.ToEquatable(), places.ToEquatable())
        {
            Host = host.App,
            Mounts = mount is null ? EquatableArray<MountModel>.Empty : new[] { mount with { Guards = guards } }.ToEquatable(),
        };
    }

    /// <summary>The class of a member that can be a part; null where there is none.</summary>
    public static INamedTypeSymbol? PartOf(ISymbol member) => member switch
    {
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    } as INamedTypeSymbol;

    private static MountModel? ModelOf(Annotated context, AppParser.Host host, AttributeData attribute, string key, List<Problem> problems)
    {
        ISymbol member = context.TargetSymbol;
        string label = RouteParser.LabelOf(member);
        ITypeSymbol type = member is IFieldSymbol field ? field.Type : ((IPropertySymbol)member).Type;

        // The compiler has said that the argument is missing or no constant, that the type does not exist, or that the member is there twice
        if (member.HasTwin() || attribute.AttributeConstructor is null || attribute.ConstructorArguments is not [{ Kind: not TypedConstantKind.Error }] || type.IsBroken()) return null;
        bool isPrefix = ParsePrefix(host, attribute, problems, out PatternModel? prefix);

        // That a part cannot be a struct is said where it has its routes
        if (type is INamedTypeSymbol { TypeKind: TypeKind.Struct, DeclaringSyntaxReferences.IsEmpty: false } value && AppParser.HasRoutes(value)) return null;

        string? reason = ReasonAgainst(type, context.SemanticModel.Compilation);
        if (reason is null && member is IPropertySymbol { GetMethod: null }) reason = "cannot be read, since the property has no 'get'";
        if (reason is not null)
        {
            problems.Add(Problem.At(Diagnostics.NotAPart, RouteParser.TypeLocation(member), label, type.ShortName(), reason));
            return null;
        }

        if (IsMadeNull(context.TargetNode))
        {
            problems.Add(Problem.At(Diagnostics.NullPart, ValueOf(context.TargetNode)!.GetLocation(), label));
            return null;
        }

        return !isPrefix ? null : new MountModel(
            key, label, member.Name, member.IsStatic, type.WithNullableAnnotation(NullableAnnotation.None).FullName(), AppParser.DisplayName((INamedTypeSymbol)type), prefix)
        {
            IsForbidden = member.IsForbiddenMember(),
            Foreign = SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, context.SemanticModel.Compilation.Assembly)
                ? null
                : ForeignPartParser.Parse((INamedTypeSymbol)type, key, context.SemanticModel.Compilation),
        };
    }

    private static string? ReasonAgainst(ITypeSymbol type, Compilation compilation) => type switch
    {
        { TypeKind: TypeKind.Interface } => "is an interface, so its routes cannot be known; use the class itself",
        not INamedTypeSymbol { TypeKind: TypeKind.Class } => "is not a class",
        _ when !SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, compilation.Assembly) =>
            AgainstForeign((INamedTypeSymbol)type),
        _ when AppParser.HasRoutes((INamedTypeSymbol)type) => null,
        { BaseType: { } ancestor } when AppParser.HasRoutes(ancestor) =>
            $"has no routes of its own; declare '{ancestor.ShortName()}', whose routes it inherits",
        _ => "has no routes; add [Get] or another attribute of a route to one of its members",
    };

    private static string? AgainstForeign(INamedTypeSymbol type) => type switch
    {
        _ when type.Find(KnownNames.Part) is null && !IsOfPrebake(type.ContainingAssembly) =>
            "has no routes; declare the class that has them, and one member for each object of it",
        _ when type.Find(KnownNames.Part) is null =>
            "belongs to another project, whose build has not written down its routes; it must be a public class "
                + "with routes of a library that is built with Prebake",
        _ when ForeignPartParser.IsOfOtherVersion(type) =>
            "belongs to another project, which was built with another version of Prebake; "
                + "build both with the same version",
        _ => null,
    };

    /// <summary>Whether a project knows of routes at all.</summary>
    private static bool IsOfPrebake(IAssemblySymbol assembly) =>
        assembly.Modules.Any(module => module.ReferencedAssemblies.Any(reference => reference.Name == "Prebake"));

    /// <summary>False, with a problem, when it is not literal; "/" is no prefix at all.</summary>
    private static bool ParsePrefix(AppParser.Host host, AttributeData attribute, List<Problem> problems, out PatternModel? prefix)
    {
        prefix = null;
        string given = attribute.Text(0) ?? "";
        string whole = given == "/" ? host.Prefix : host.Prefix + given;
        if (given.Length > 0 && whole.Length == 0) return true;

        PatternModel? alone = PatternParser.Parse(given, out PatternParser.Mistake? mistake);
        if (mistake is { } wrong)
        {
            problems.Add(Problem.At(wrong.Descriptor, attribute.ArgumentLocation(0), wrong.Arguments));
            return false;
        }

        prefix = PatternParser.Parse(whole, out mistake);
        if (mistake is null && prefix!.IsExact && (given == "/" || alone!.Segments[alone.Segments.Count - 1].Literals[0].Length > 0)) return true;

        problems.Add(Problem.At(Diagnostics.MountPrefix, attribute.ArgumentLocation(0), whole));
        return false;
    }

    /// <summary>Whether a field or a property is declared to be null.</summary>
    public static bool IsMadeNull(SyntaxNode declaration) => ValueOf(declaration) is { } value && IsNull(value);

    private static ExpressionSyntax? ValueOf(SyntaxNode declaration) => declaration switch
    {
        VariableDeclaratorSyntax { Initializer.Value: var value } => value,
        PropertyDeclarationSyntax { Initializer.Value: var value } => value,
        PropertyDeclarationSyntax { ExpressionBody.Expression: var value } => value,
        _ => null,
    };

    /// <summary>Whether an expression is null, however much it is said that it is not.</summary>
    public static bool IsNull(ExpressionSyntax value) => value switch
    {
        PostfixUnaryExpressionSyntax { RawKind: (int)SyntaxKind.SuppressNullableWarningExpression } sure => IsNull(sure.Operand),
        ParenthesizedExpressionSyntax inner => IsNull(inner.Expression),
        _ => value.IsKind(SyntaxKind.NullLiteralExpression) || value.IsKind(SyntaxKind.DefaultLiteralExpression) || value is DefaultExpressionSyntax,
    };
}
