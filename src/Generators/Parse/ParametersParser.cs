using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads a type that stands for several parameters: those of its constructor, and properties that can be set.</summary>
internal static class ParametersParser
{
    private static readonly string[] s_get = ["GET"];

    /// <summary>The members, or null and a problem.</summary>
    public static IReadOnlyList<ParameterModel>? Parse(IParameterSymbol parameter, ITypeSymbol declared, PatternModel? pattern, bool isForm, List<Problem> problems)
    {
        if (declared is not INamedTypeSymbol { TypeKind: TypeKind.Class or TypeKind.Struct, IsAbstract: false, IsTupleType: false, IsRefLikeType: false } type)
            return Refuse("it is not a record, a class or a struct that can be made");
        if (type.SpecialType != SpecialType.None || type.IsOfFramework())
            return Refuse("it is not a type of your own; declare a record that has the values as its parameters");
        if (parameter.RefKind == RefKind.In) return Refuse("it is passed with 'in'; pass it by value");

        IMethodSymbol[] constructors = type.InstanceConstructors.Where(one => one.DeclaredAccessibility is Accessibility.Public or Accessibility.Internal
            && !(one.Parameters.Length == 1 && SymbolEqualityComparer.Default.Equals(one.Parameters[0].Type, type))).ToArray();
        IMethodSymbol? constructor = constructors.Length == 1 ? constructors[0]
            : constructors.Where(one => one.Parameters.Length > 0).ToArray() is [var only] ? only
            : null;
        if (constructor is null)
            return Refuse(constructors.Length == 0 ? "it has no constructor that can be called from here" : "it has "
                + "several constructors; leave one");

        var members = new List<ParameterModel>();
        int before = problems.Count;
        foreach (IParameterSymbol one in constructor.Parameters)
        {
            if (one.Type.IsBroken()) return null;

            IPropertySymbol? property = PropertyOf(type, one.Name, StringComparison.OrdinalIgnoreCase);
            var slot = new Slot(one, parameter.Name + "." + one.Name, JsonNaming.CamelCase(one.Name), one.Type,
                property is null ? one.GetAttributes() : one.GetAttributes().Concat(property.GetAttributes()))
            {
                Default = ParameterParser.DefaultOf(one),
                RefKind = one.RefKind,
                IsMember = true,
                IsForm = isForm,
                Project = parameter.ContainingAssembly,
            };
            if (ParameterParser.ParseOne(slot, pattern, s_get, isError: false, problems) is { } model) members.Add(Checked(model, parameter, problems));
        }

        foreach (IPropertySymbol property in PropertiesOf(type))
        {
            if (constructor.Parameters.Any(one => one.Name.Equals(property.Name, StringComparison.OrdinalIgnoreCase))) continue;
            if (property.Type.IsBroken()) return null;

            bool keeps = !property.IsRequired && !property.SetMethod!.IsInitOnly;
            bool isNullable = property.Type.NullableAnnotation == NullableAnnotation.Annotated
                || property.Type.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
            if (property is { IsRequired: false, SetMethod.IsInitOnly: true } && (!isNullable || HasInitializer(property)) && ListParser.Parse(property.Type, out _) is null)
            {
                problems.Add(Problem.At(Diagnostics.ParametersType, parameter.NameLocation(), parameter.Name, type.ShortName(),
                    $"'{property.Name}' has 'init' and a value of its own, which nothing could leave as it is; use "
                        + $"'set', or a parameter of the constructor with a default"));
                continue;
            }

            var slot = new Slot(property, parameter.Name + "." + property.Name, JsonNaming.CamelCase(property.Name), property.Type, property.GetAttributes())
            {
                Default = keeps ? "default" : null,
                IsMember = true,
                IsForm = isForm,
                Project = parameter.ContainingAssembly,
            };
            if (ParameterParser.ParseOne(slot, pattern, s_get, isError: false, problems) is { } model)
                members.Add(Checked(model, parameter, problems) with { Assignment = new MemberAssignment(property.Name, keeps) });
        }

        foreach (ISymbol required in RequiredBy(constructor))
        {
            if (members.Any(member => member.Assignment?.Property == required.Name)) continue;

            return Refuse(required is IFieldSymbol
                ? $"'{required.Name}' is a required field; make it a property"
                : $"'{required.Name}' is required, and a parameter of the constructor has its name; remove 'required'");
        }

        IdleRules.OfMembers(type, parameter.NameLocation(), problems);
        if (members.Count == 0 && problems.Count == before)
            return Refuse("nothing of it can be set; give its constructor parameters, or its properties 'set'");
        return problems.Skip(before).Any(problem => problem.IsError) ? null : members;

        IReadOnlyList<ParameterModel>? Refuse(string reason)
        {
            problems.Add(Problem.At(Diagnostics.ParametersType, parameter.NameLocation(), parameter.Name, declared.ShortName(), reason));
            return null;
        }
    }

    /// <summary>What an initializer must set beside this constructor.</summary>
    private static IEnumerable<ISymbol> RequiredBy(IMethodSymbol constructor)
    {
        if (constructor.Find("System.Diagnostics.CodeAnalysis.SetsRequiredMembersAttribute") is not null) yield break;

        for (INamedTypeSymbol? type = constructor.ContainingType; type is not null; type = type.BaseType)
            foreach (ISymbol member in type.GetMembers())
                if (member is IFieldSymbol { IsRequired: true } or IPropertySymbol { IsRequired: true }) yield return member;
    }

    private static ParameterModel Checked(ParameterModel member, IParameterSymbol parameter, List<Problem> problems)
    {
        if (member.Value is ValueKind.CharSpan or ValueKind.ByteSpan || member.Source is not (Source.Path or Source.Query or Source.Field or Source.Cookie or Source.Form or Source.File))
            problems.Add(Problem.At(Diagnostics.ParametersType, parameter.NameLocation(), parameter.Name, parameter.Type.ShortName(),
                $"its '{member.Name.Substring(member.Name.LastIndexOf('.') + 1)}' is not a value of the path, the "
                    + $"query, a header or a cookie"));
        return member;
    }

    private static IEnumerable<IPropertySymbol> PropertiesOf(INamedTypeSymbol type)
    {
        var seen = new HashSet<string>();
        for (INamedTypeSymbol? ancestor = type; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            foreach (IPropertySymbol property in ancestor.GetMembers().OfType<IPropertySymbol>())
                if (property is { IsStatic: false, IsIndexer: false, DeclaredAccessibility: Accessibility.Public, SetMethod.DeclaredAccessibility: Accessibility.Public } && seen.Add(property.Name))
                    yield return property;
    }

    private static IPropertySymbol? PropertyOf(INamedTypeSymbol type, string name, StringComparison comparison) =>
        type.GetMembers().OfType<IPropertySymbol>().FirstOrDefault(property => property.Name.Equals(name, comparison));

    private static bool HasInitializer(IPropertySymbol property) =>
        property.DeclaringSyntaxReferences.Any(part => part.GetSyntax() is PropertyDeclarationSyntax { Initializer: not null });
}
