using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Prebake.Generators.Parse;

/// <summary>The questions that several parsers ask of symbols.</summary>
internal static class SymbolExtensions
{
    /// <summary>With <c>global::</c>, without the nullability of reference types.</summary>
    public static string FullName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.FullyQualifiedFormat);

    /// <summary>As the user would write it.</summary>
    public static string ShortName(this ITypeSymbol type) => type.ToDisplayString(SymbolDisplayFormat.CSharpShortErrorMessageFormat);

    /// <summary>Namespace and name without type arguments: <c>System.Threading.Tasks.Task</c>.</summary>
    public static string PlainName(this ITypeSymbol type) => type.ContainingType is null && type.ContainingNamespace is { IsGlobalNamespace: false } space
        ? space.ToDisplayString() + "." + type.Name
        : type.Name;

    public static string Escaped(this string identifier) =>
        SyntaxFacts.GetKeywordKind(identifier) != SyntaxKind.None || SyntaxFacts.GetContextualKeywordKind(identifier) != SyntaxKind.None
            ? "@" + identifier
            : identifier;

    /// <summary>Whether all of the assembly can name the type.</summary>
    public static bool IsVisible(this ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return array.ElementType.IsVisible();

        for (INamedTypeSymbol? outer = type as INamedTypeSymbol; outer is not null; outer = outer.ContainingType)
        {
            if (outer.DeclaredAccessibility is Accessibility.Private or Accessibility.Protected or Accessibility.ProtectedAndInternal || outer.IsFileLocal) return false;
            foreach (ITypeSymbol argument in outer.TypeArguments)
                if (!argument.IsVisible()) return false;
        }

        return true;
    }

    public static AttributeData? Find(this ISymbol symbol, string attribute) =>
        symbol.GetAttributes().FirstOrDefault(data => data.AttributeClass?.ToDisplayString() == attribute);

    public static IEnumerable<AttributeData> FindAll(this ISymbol symbol, string attribute) =>
        symbol.GetAttributes().Where(data => data.AttributeClass?.ToDisplayString() == attribute);

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

    /// <summary>Where the argument with that index, or the whole attribute, is written.</summary>
    public static Location? ArgumentLocation(this AttributeData data, int index)
    {
        if (data.ApplicationSyntaxReference?.GetSyntax() is not AttributeSyntax syntax) return null;
        SeparatedSyntaxList<AttributeArgumentSyntax>? arguments = syntax.ArgumentList?.Arguments;
        return arguments?.Count > index ? arguments.Value[index].Expression.GetLocation() : syntax.GetLocation();
    }

    /// <summary>Where a named argument is written.</summary>
    public static Location? NamedLocation(this AttributeData data, string name)
    {
        var syntax = data.ApplicationSyntaxReference?.GetSyntax() as AttributeSyntax;
        return syntax?.ArgumentList?.Arguments.FirstOrDefault(argument => argument.NameEquals?.Name.Identifier.ValueText == name)?.Expression.GetLocation()
            ?? syntax?.GetLocation();
    }

    /// <summary>The name in the declaration.</summary>
    public static Location? NameLocation(this ISymbol symbol) => symbol.Locations.FirstOrDefault();
}
