using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Parse;

/// <summary>The questions that several parsers ask of symbols.</summary>
internal static class SymbolExtensions
{
    /// <summary>With <c>global::</c>, without the nullability of reference types.</summary>
    public static string FullName(this ITypeSymbol type) => type.SpecialType switch
    {
        // Most parameters are one of these
        SpecialType.System_Int32 => "int",
        SpecialType.System_Int64 => "long",
        SpecialType.System_String => "string",
        SpecialType.System_Boolean => "bool",
        SpecialType.System_Double => "double",
        SpecialType.None when IsPlainlyNamed(type) => "global::" + type.PlainName(),
        _ => type.ToDisplayString(s_fullName),
    };

    /// <summary>Its name is that of its namespace and its own, and none of them is written with <c>@</c>.</summary>
    private static bool IsPlainlyNamed(ITypeSymbol type)
    {
        if (type is not INamedTypeSymbol { Arity: 0, ContainingType: null, IsTupleType: false, IsAnonymousType: false, IsFileLocal: false }) return false;
        if (type.TypeKind is not (TypeKind.Class or TypeKind.Struct or TypeKind.Interface or TypeKind.Enum)) return false;

        if (!IsNoKeyword(type.Name)) return false;
        for (INamespaceSymbol? space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
            if (!IsNoKeyword(space.Name)) return false;

        return type.ContainingNamespace is not null;
    }

    private static bool IsNoKeyword(string name) =>
        name.Length > 0 && SyntaxFacts.GetKeywordKind(name) == SyntaxKind.None && SyntaxFacts.GetContextualKeywordKind(name) == SyntaxKind.None;

    // The names of a tuple's elements make no other type of it
    private static readonly SymbolDisplayFormat s_fullName =
        SymbolDisplayFormat.FullyQualifiedFormat.AddMiscellaneousOptions(SymbolDisplayMiscellaneousOptions.ExpandValueTuple);

    /// <summary>Whether a type comes with .NET.</summary>
    public static bool IsOfFramework(this ITypeSymbol type)
    {
        INamespaceSymbol? root = type.ContainingNamespace;
        while (root?.ContainingNamespace is { IsGlobalNamespace: false } outer) root = outer;
        return root is { IsGlobalNamespace: false, Name: "System" };
    }

    /// <summary>As the user would write it.</summary>
    public static string ShortName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    /// <summary>Namespace and name without type arguments: <c>System.Threading.Tasks.Task</c>.</summary>
    public static string PlainName(this ITypeSymbol type) => type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } space
        ? NameOf(space) + "." + type.Name
        : type.Name;

    /// <summary>Whether <see cref="PlainName"/> is this, without making it: most names are others.</summary>
    public static bool Is(this ITypeSymbol type, string name)
    {
        if (type.Name.Length == 0 || !name.EndsWith(type.Name, StringComparison.Ordinal)) return false;

        return type.PlainName() == name;
    }

    // Asked of every parameter: what the compiler writes for a message takes ten times as long
    private static string NameOf(INamespaceSymbol space) => space.ContainingNamespace is { IsGlobalNamespace: false } outer ? NameOf(outer) + "." + space.Name : space.Name;

    /// <summary>
    /// A type that does not exist is somewhere in it, or one that no member of an app can have, since it is static or local to its file: the compiler
    /// has said so, and nothing else can be said.
    /// </summary>
    public static bool IsBroken(this ITypeSymbol type) => type.IsStatic || type.Has(static named => named.IsFileLocal);

    /// <summary>
    /// Nobody can call it: the type of a parameter is broken, its name has not been typed yet, or the class has another
    /// method like it. The compiler has said so.
    /// </summary>
    public static bool IsUncallable(this IMethodSymbol method) =>
        method.Parameters.Any(parameter => parameter.Type.IsBroken() || parameter.Name.Length == 0) || method.HasTwin();

    /// <summary>Its class has another member of the same name and, for methods, the same parameters: a copy that has not been changed yet.</summary>
    public static bool HasTwin(this ISymbol member)
    {
        foreach (ISymbol other in member.ContainingType.GetMembers(member.Name))
        {
            if (SymbolEqualityComparer.Default.Equals(DefinitionOf(other), DefinitionOf(member))) continue;
            if (other is not IMethodSymbol one || member is not IMethodSymbol two || HaveSameParameters(one, two)) return true;
        }

        return false;
    }

    // Of a partial member there are two symbols
    private static ISymbol DefinitionOf(ISymbol member) => member switch
    {
        IMethodSymbol { PartialDefinitionPart: { } definition } => definition,
        IPropertySymbol { PartialDefinitionPart: { } definition } => definition,
        _ => member,
    };

    private static bool HaveSameParameters(IMethodSymbol one, IMethodSymbol two) =>
        one.Arity == two.Arity && one.Parameters.Length == two.Parameters.Length && one.Parameters.Zip(two.Parameters, (first, second) =>
            SymbolEqualityComparer.Default.Equals(first.Type, second.Type) && first.RefKind == RefKind.None == (second.RefKind == RefKind.None)).All(static same => same);

    /// <summary>A type that does not exist is somewhere in it.</summary>
    public static bool IsMissing(this ITypeSymbol type) => type.Has(static _ => false);

    private static bool Has(this ITypeSymbol type, Func<INamedTypeSymbol, bool> flaw) => type switch
    {
        IErrorTypeSymbol => true,
        IArrayTypeSymbol array => array.ElementType.Has(flaw),
        IPointerTypeSymbol pointer => pointer.PointedAtType.Has(flaw),
        INamedTypeSymbol named => flaw(named) || named.TypeArguments.Any(argument => argument.Has(flaw)) || named.ContainingType?.Has(flaw) == true,
        _ => type.TypeKind == TypeKind.Error,
    };

    /// <summary>Whether all of the assembly can name the type.</summary>
    public static bool IsVisible(this ITypeSymbol type) => type.HiddenPart() is null;

    /// <summary>Whether a project can name a type: it is not internal to another.</summary>
    public static bool CanBeUsedIn(this INamedTypeSymbol type, IAssemblySymbol? project)
    {
        if (project is null || SymbolEqualityComparer.Default.Equals(type.ContainingAssembly, project)) return true;

        bool isFriend = type.ContainingAssembly.GivesAccessTo(project);
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
            if (outer.DeclaredAccessibility != Accessibility.Public && !(isFriend && outer.DeclaredAccessibility is Accessibility.Internal or Accessibility.ProtectedOrInternal)) return false;

        return true;
    }

    /// <summary>What of a type the rest of the assembly cannot name, or null: the type, one around it, or an argument.</summary>
    public static INamedTypeSymbol? HiddenPart(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return array.ElementType.HiddenPart();

        for (INamedTypeSymbol? outer = type as INamedTypeSymbol; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal || outer.IsFileLocal) return outer;
            foreach (ITypeSymbol argument in outer.TypeArguments)
                if (argument.HiddenPart() is { } hidden) return hidden;
        }

        return null;
    }

    /// <summary>The type or one around it has type parameters.</summary>
    public static bool IsInGeneric(this INamedTypeSymbol type) => type.IsGenericType || type.ContainingType?.IsInGeneric() == true;

    /// <summary>Using it is an error, even where the user's own code may: it is marked as not to be used at all.</summary>
    public static bool IsForbidden(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return array.ElementType.IsForbidden();

        for (INamedTypeSymbol? outer = type as INamedTypeSymbol; outer is not null; outer = outer.ContainingType)
        {
            if (outer.Find("System.ObsoleteAttribute") is { ConstructorArguments: [_, { Value: true }] } || outer.TypeArguments.Any(IsForbidden)) return true;
        }

        return false;
    }

    /// <summary>A member that is obsolete as an error, itself or in what it is of.</summary>
    public static bool IsForbiddenMember(this ISymbol member) =>
        member.Find("System.ObsoleteAttribute") is { ConstructorArguments: [_, { Value: true }] }
        || member is IPropertySymbol { GetMethod: { } getter } && getter.IsForbiddenMember()
        || member is IMethodSymbol method && (method.ReturnType.IsForbidden() || method.Parameters.Any(parameter => parameter.Type.IsForbidden()))
        || member is IPropertySymbol property && property.Type.IsForbidden()
        || member is IFieldSymbol field && field.Type.IsForbidden();

    public static AttributeData? Find(this ISymbol symbol, string attribute)
    {
        foreach (AttributeData data in symbol.GetAttributes())
            if (data.AttributeClass is { } kind && kind.IsCalled(attribute)) return data;

        return null;
    }

    public static IEnumerable<AttributeData> FindAll(this ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Where(data => data.AttributeClass is { } kind && kind.IsCalled(attribute));

    /// <summary>Whether namespace and name of a type are these. Asked of every attribute: the compiler's own way to a whole name takes many times as long.</summary>
    public static bool IsCalled(this INamedTypeSymbol type, string name)
    {
        if (type is { Arity: > 0 } or { ContainingType: not null } || !IsEndOf(type.Name, name, name.Length, out int rest)) return false;

        INamespaceSymbol? space = type.ContainingNamespace;
        for (; space is { IsGlobalNamespace: false } && rest > 0; space = space.ContainingNamespace)
            if (!IsEndOf(space.Name, name, rest, out rest)) return false;

        return rest == 0 && space is null or { IsGlobalNamespace: true };
    }

    /// <summary>Whether a part of a name stands in front of <paramref name="end"/>, up to a dot; then <paramref name="rest"/> is where that is, or 0.</summary>
    private static bool IsEndOf(string part, string name, int end, out int rest)
    {
        int start = end - part.Length;
        rest = Math.Max(0, start - 1);
        return start >= 0 && string.CompareOrdinal(name, start, part, 0, part.Length) == 0 && (start == 0 || name[start - 1] == '.' && start > 1);
    }

    /// <summary>A named argument that is set, or <paramref name="otherwise"/>.</summary>
    public static T Named<T>(this AttributeData data, string name, T otherwise)
    {
        foreach (KeyValuePair<string, TypedConstant> argument in data.NamedArguments)
            if (argument.Key == name && argument.Value.Value is T value) return value;

        return otherwise;
    }

    public static string? Text(this AttributeData data, int index) =>
        index < data.ConstructorArguments.Length && data.ConstructorArguments[index].Kind != TypedConstantKind.Array
            ? data.ConstructorArguments[index].Value as string
            : null;

    /// <summary>Where the argument of the constructor's parameter with that index, or the whole attribute, is written.</summary>
    public static Location? ArgumentLocation(this AttributeData data, int index)
    {
        if (data.ApplicationSyntaxReference?.GetSyntax() is not AttributeSyntax syntax) return null;

        // Those with a colon may stand in any order; those with '=' are properties
        AttributeArgumentSyntax[] arguments = syntax.ArgumentList?.Arguments.Where(argument => argument.NameEquals is null).ToArray() ?? [];
        string? name = data.AttributeConstructor?.Parameters.ElementAtOrDefault(index)?.Name;
        AttributeArgumentSyntax? found = arguments.FirstOrDefault(argument => name is not null && argument.NameColon?.Name.Identifier.ValueText == name)
            ?? arguments.Take(index == int.MaxValue ? 0 : index + 1).Skip(index).FirstOrDefault(argument => argument.NameColon is null);
        return found?.Expression.GetLocation() ?? syntax.GetLocation();
    }

    /// <summary>Where a named argument is written.</summary>
    public static Location? NamedLocation(this AttributeData data, string name)
    {
        var syntax = data.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        return syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression.GetLocation()
            ?? syntax?.GetLocation();
    }

    /// <summary>Where an element of a named argument that is an array is written.</summary>
    public static Location? ElementLocation(this AttributeData data, string name, int index)
    {
        var syntax = data.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        ExpressionSyntax? array = syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression;
        SyntaxNode? element = array switch
        {
            CollectionExpressionSyntax { Elements: var elements } => elements.ElementAtOrDefault(index),
            ArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements.ElementAtOrDefault(index),
            ImplicitArrayCreationExpressionSyntax { Initializer.Expressions: var elements } => elements.ElementAtOrDefault(index),
            _ => null,
        };
        return element?.GetLocation() ?? data.NamedLocation(name);
    }

    /// <summary>
    /// The attributes that are written at this declaration, each with its number among all of its kind: a class in several parts, or a partial method,
    /// is found once for each of them, and is told all attributes of the file each time.
    /// </summary>
    public static IEnumerable<(AttributeData Attribute, int Number)> OwnAttributes(this Annotated context) =>
        OwnAttributes(context.TargetSymbol, context.TargetNode, context.Attributes);

    /// <inheritdoc cref="OwnAttributes(Annotated)"/>
    public static IEnumerable<(AttributeData Attribute, int Number)> OwnAttributes(this GeneratorAttributeSyntaxContext context) =>
        OwnAttributes(context.TargetSymbol, context.TargetNode, context.Attributes);

    private static IEnumerable<(AttributeData Attribute, int Number)> OwnAttributes(ISymbol symbol, SyntaxNode target, ImmutableArray<AttributeData> attributes)
    {
        if (attributes.IsEmpty) yield break;

        INamedTypeSymbol? kind = attributes[0].AttributeClass;
        SyntaxNode node = target is VariableDeclaratorSyntax { Parent.Parent: { } field } ? field : target;
        int number = 0;
        foreach (AttributeData attribute in symbol.GetAttributes())
        {
            if (!SymbolEqualityComparer.Default.Equals(attribute.AttributeClass, kind)) continue;

            if (attribute.ApplicationSyntaxReference is { } place && place.SyntaxTree == node.SyntaxTree && node.FullSpan.Contains(place.Span)) yield return (attribute, number);
            number++;
        }
    }

    /// <summary>Whether a type has a name; where one is still to be typed, the compiler has said so.</summary>
    public static bool IsNamed(this INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? outer = type; outer is not null; outer = outer.ContainingType)
            if (!outer.CanBeReferencedByName && !outer.IsExtensionBlock()) return false;

        for (INamespaceSymbol? space = type.ContainingNamespace; space is { IsGlobalNamespace: false }; space = space.ContainingNamespace)
            if (space.Name.Length == 0) return false;

        return true;
    }

    // By its name: the oldest compiler that loads this has no such kind
    public static bool IsExtensionBlock(this INamedTypeSymbol type) => type.TypeKind.ToString() == "Extension";

    /// <summary>Tells a symbol from all others of the project.</summary>
    public static string Key(this ISymbol symbol) => symbol.GetDocumentationCommentId() is { Length: > 0 } id ? id : symbol.ToDisplayString();

    /// <summary>The name in the declaration.</summary>
    public static Location? NameLocation(this ISymbol symbol) => symbol.Locations.FirstOrDefault();
}
