using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Reads the project's <c>JsonSerializerContext</c> classes. Their generated halves are invisible here, but their attributes are
/// user source, and the names of the generated properties follow from them.
/// </summary>
internal static class JsonContextParser
{
    public static EquatableArray<JsonTypeModel> Parse(GeneratorAttributeSyntaxContext context, CancellationToken cancellation)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!IsContext(type) || !type.IsVisible()) return EquatableArray<JsonTypeModel>.Empty;

        var models = new List<JsonTypeModel>();
        foreach (AttributeData attribute in context.Attributes)
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol serializable }]) continue;
            models.Add(new JsonTypeModel(serializable.FullName(), type.FullName(), attribute.Named("TypeInfoPropertyName", PropertyName(serializable))));
        }

        return models.ToEquatable();
    }

    private static bool IsContext(INamedTypeSymbol type)
    {
        for (INamedTypeSymbol? ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.ToDisplayString() == KnownNames.JsonContext) return true;

        return false;
    }

    /// <summary>The name that System.Text.Json's generator gives: <c>List&lt;Todo&gt;</c> is <c>ListTodo</c>, <c>int[]</c> is <c>Int32Array</c>.</summary>
    private static string PropertyName(ITypeSymbol type)
    {
        if (type is IArrayTypeSymbol array) return PropertyName(array.ElementType) + (array.Rank == 1 ? "Array" : "Array" + array.Rank + "D");
        if (type is not INamedTypeSymbol { IsGenericType: true } generic) return type.Name;

        string arguments = "";
        for (INamedTypeSymbol? outer = generic; outer is not null; outer = outer.ContainingType)
            arguments = string.Concat(outer.TypeArguments.Select(PropertyName)) + arguments;
        return generic.Name + arguments;
    }
}
