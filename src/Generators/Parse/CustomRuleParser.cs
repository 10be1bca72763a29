using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads a validation attribute that has no shorter form: an object of it is made once and asked.</summary>
internal static class CustomRuleParser
{
    private const string Unreferenced = "System.Diagnostics.CodeAnalysis.RequiresUnreferencedCodeAttribute";
    private const string Dynamic = "System.Diagnostics.CodeAnalysis.RequiresDynamicCodeAttribute";

    public static RuleModel? Parse(RuleParser rules, AttributeData attribute, INamedTypeSymbol kind)
    {
        if (rules.Type.IsRefLikeType) return rules.Refuse(attribute, "an attribute of your own cannot get a span");
        if (!rules.IsCallable(kind))
            return rules.CannotAsk(attribute, "it is internal to another project; make it public there");
        if (ReasonAgainst(attribute, kind) is { } reason) return rules.CannotAsk(attribute, reason);

        return new RuleModel(RuleKind.Custom, "") { Text = CodeOf(attribute, kind) };
    }

    private static string? ReasonAgainst(AttributeData attribute, INamedTypeSymbol kind)
    {
        if (kind.IsCalled("System.ComponentModel.DataAnnotations.CustomValidationAttribute"))
            return "it finds its method by reflection; use a [Validate] method";
        if (attribute.NamedArguments.Any(argument => argument.Key == "ErrorMessageResourceType"))
            return "its message is in a resource, which is looked up by reflection; use ErrorMessage";
        if (!kind.IsVisible()) return "it is private; make it internal or public";
        if (IsUnsafe(attribute.AttributeConstructor!))
            return "it needs reflection that a native binary does not have; use a [Validate] method";

        for (INamedTypeSymbol? ancestor = kind; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
        {
            if (ancestor.IsCalled("System.ComponentModel.DataAnnotations.ValidationAttribute")) break;
            if (IsUnsafe(ancestor) || ancestor.GetMembers("IsValid").Any(IsUnsafe))
                return "it needs reflection that a native binary does not have; use a [Validate] method";
        }

        return null;
    }

    private static bool IsUnsafe(ISymbol symbol) => symbol.Find(Unreferenced) is not null || symbol.Find(Dynamic) is not null;

    private static string CodeOf(AttributeData attribute, INamedTypeSymbol kind)
    {
        string code = $"new {kind.FullName()}({string.Join(", ", attribute.ConstructorArguments.Select(CodeOf))})";
        return attribute.NamedArguments.Length == 0
            ? code
            : code + " { " + string.Join(", ", attribute.NamedArguments.Select(argument => argument.Key.Escaped() + " = " + CodeOf(argument.Value))) + " }";
    }

    private static string CodeOf(TypedConstant constant) => constant.Kind switch
    {
        _ when constant.IsNull => constant.Type is null ? "null" : $"({constant.Type.FullName()})null",
        TypedConstantKind.Array => $"new {constant.Type!.FullName()} {{ {string.Join(", ", constant.Values.Select(CodeOf))} }}",
        TypedConstantKind.Type => $"typeof({((ITypeSymbol)constant.Value!).FullName()})",
        TypedConstantKind.Enum => $"({constant.Type!.FullName()})({Literal.Constant(constant.Value)})",
        _ when constant.Value is string or bool => Literal.Constant(constant.Value),
        _ => $"({constant.Type!.FullName()})({Literal.Constant(constant.Value)})",
    };
}
