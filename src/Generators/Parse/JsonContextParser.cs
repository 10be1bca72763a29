using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Reads the project's <c>JsonSerializerContext</c> classes. Their generated halves are invisible here, but their attributes are
/// user source, and the names of the generated properties follow from them.
/// </summary>
internal static class JsonContextParser
{
    public static ParsedJson Parse(GeneratorAttributeSyntaxContext context)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!IsContext(type)) return ParsedJson.None;

        JsonStyle style = StyleOf(type);
        string? unusable = type.IsVisible() ? null : "is private, so emitted code cannot use it; make it internal";
        var models = new List<JsonTypeModel>();
        foreach ((AttributeData attribute, _) in context.OwnAttributes())
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol serializable }] || serializable.IsBroken()) continue;

            models.Add(new JsonTypeModel(serializable.FullName(), type.FullName(), attribute.Named("TypeInfoPropertyName", PropertyName(serializable)).Escaped(), style)
            {
                Unusable = unusable,
            });
        }

        return ParsedJson.None with { Types = models.ToEquatable() };
    }

    /// <summary>Options that only matter for reading are passed over; of one that is not understood nothing is concluded.</summary>
    public static JsonStyle StyleOf(INamedTypeSymbol context)
    {
        bool camelCase = false, leavesNull = false;
        string? doubt = context.GetMembers().Any(member => !member.IsImplicitlyDeclared) ? $"'{context.Name}' has members of its own" : null;

        foreach (AttributeData attribute in context.FindAll(KnownNames.JsonOptions))
        {
            // JsonSerializerDefaults: General, Web, Strict
            if (attribute.ConstructorArguments is [{ Value: int defaults }])
            {
                if (defaults == 1) camelCase = true;
                else if (defaults != 0) doubt ??= $"'{context.Name}' has defaults that Prebake does not know";
            }

            foreach (KeyValuePair<string, TypedConstant> option in attribute.NamedArguments)
            {
                object? given = option.Value.Kind == TypedConstantKind.Array ? null : option.Value.Value;
                switch (option.Key, given)
                {
                    case ("PropertyNamingPolicy", 0): camelCase = false; break;
                    case ("PropertyNamingPolicy", 1): camelCase = true; break;
                    case ("DefaultIgnoreCondition", 0): leavesNull = false; break;
                    case ("DefaultIgnoreCondition", 3): leavesNull = true; break;
                    case ("WriteIndented" or "IncludeFields" or "IgnoreReadOnlyProperties" or "UseStringEnumConverter" or "RespectNullableAnnotations", false): break;
                    case ("NumberHandling", 0 or 1): break;
                    case ("AllowTrailingCommas" or "DefaultBufferSize" or "GenerationMode" or "IgnoreReadOnlyFields" or "MaxDepth" or "PropertyNameCaseInsensitive"
                        or "PreferredObjectCreationHandling" or "ReadCommentHandling" or "UnmappedMemberHandling", _): break;
                    default: doubt ??= $"'{context.Name}' sets {option.Key}"; break;
                }
            }
        }

        return new JsonStyle(camelCase, leavesNull, doubt);
    }

    public static bool IsContext(INamedTypeSymbol type)
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
