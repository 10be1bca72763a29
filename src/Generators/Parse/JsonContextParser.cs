using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Reads the project's <c>JsonSerializerContext</c> classes. Their generated halves are invisible here, but their attributes are
/// user source, and the names of the generated properties follow from them.
/// </summary>
internal static class JsonContextParser
{
    public static Parsed Parse(Annotated context) => context.TargetNode is not ClassDeclarationSyntax ? Parsed.None : Guard.Run(
        StepNames.Json, context.TargetSymbol.Name,
        () => TypesOf(context) is { Count: > 0 } types ? Parsed.None with { Json = types } : Parsed.None,
        exception => Parsed.Failed(Guard.ProblemOf(exception, context.TargetSymbol.Name, context.TargetNode.GetLocation())));

    private static EquatableArray<JsonTypeModel> TypesOf(Annotated context)
    {
        var type = (INamedTypeSymbol)context.TargetSymbol;
        if (!IsContext(type)) return EquatableArray<JsonTypeModel>.Empty;

        JsonStyle style = StyleOf(type);
        string? unusable = !type.IsVisible() ? "is private, so emitted code cannot use it; make it internal"
            : type.IsInGeneric() ? "is generic, so there is no single object of it; remove the type parameters of it and of the types around it"
            : null;
        HashSet<string> twice = NamedTwice(type);
        string name = type.FullName();
        var models = new List<JsonTypeModel>();
        foreach ((AttributeData attribute, _) in context.OwnAttributes())
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol serializable }] || serializable.IsMissing()) continue;

            string property = PropertyName(attribute, serializable);
            models.Add(new JsonTypeModel(serializable.FullName(), name, property.Escaped(), style)
            {
                Unusable = unusable ?? (twice.Contains(property)
                    ? $"another of its types is called '{property}' too; give one of the two a TypeInfoPropertyName in its [JsonSerializable]"
                    : null),
            });
        }

        return models.ToEquatable();
    }

    /// <summary>The names that two types of a context have: System.Text.Json makes a property for one of the two only.</summary>
    private static HashSet<string> NamedTwice(INamedTypeSymbol context)
    {
        var owners = new Dictionary<string, string>();
        var twice = new HashSet<string>();
        foreach (AttributeData attribute in context.FindAll(KnownNames.JsonSerializable))
        {
            if (attribute.ConstructorArguments is not [{ Value: ITypeSymbol type }] || type.IsMissing()) continue;

            string name = PropertyName(attribute, type);
            if (!owners.TryGetValue(name, out string? owner)) owners.Add(name, type.FullName());
            else if (owner != type.FullName()) twice.Add(name);
        }

        return twice;
    }

    private static string PropertyName(AttributeData attribute, ITypeSymbol type) => attribute.Named("TypeInfoPropertyName", PropertyName(type));

    /// <summary>Options that only matter for reading are passed over; of one that is not understood nothing is concluded.</summary>
    public static JsonStyle StyleOf(INamedTypeSymbol context)
    {
        bool camelCase = false, leavesNull = false;
        int policy = 0;
        string? doubt = context.GetMembers().Any(member => !member.IsImplicitlyDeclared) ? $"'{context.Name}' has members of its own" : null;

        foreach (AttributeData attribute in context.FindAll(KnownNames.JsonOptions))
        {
            // JsonSerializerDefaults: General, Web, Strict
            if (attribute.ConstructorArguments is [{ Value: int defaults }])
            {
                if (defaults == 1) camelCase = true;
                else if (defaults != 0) doubt ??= $"'{context.Name}' has defaults that Prebake does not know";
            }

            policy = attribute.Named("PropertyNamingPolicy", camelCase ? 1 : 0);
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

        return new JsonStyle(camelCase, leavesNull, doubt) { Policy = policy };
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
