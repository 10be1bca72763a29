using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>
/// Rules in places where nobody asks them: DataAnnotations has validators that look there, and ours looks at properties
/// and parameters. Unsaid, a request would pass that they were meant to refuse.
/// </summary>
internal static class IdleRules
{
    private const string Annotations = "System.ComponentModel.DataAnnotations.";
    private const string JsonInclude = "System.Text.Json.Serialization.JsonIncludeAttribute";

    /// <summary>Of a type that JSON fills.</summary>
    /// <param name="type">The type.</param>
    /// <param name="place">Where to say it of a type of another project.</param>
    /// <param name="problems">Where to say it.</param>
    public static void OfJson(INamedTypeSymbol type, Location? place, List<Problem> problems)
    {
        OfType(type, place, "implement IValidatableObject, or use a [Validate] method", problems);
        foreach (ISymbol member in type.GetMembers())
        {
            if (member is not (IFieldSymbol or IPropertySymbol)) continue;

            bool isRead = member.Find(JsonInclude) is not null;
            string? reason = member switch
            {
                IFieldSymbol { AssociatedSymbol: null, IsStatic: false } field when isRead || field.DeclaredAccessibility == Accessibility.Public =>
                    "the values of fields are not looked at; make it a property",
                IPropertySymbol { IsStatic: false } property when isRead && property.DeclaredAccessibility != Accessibility.Public =>
                    "only public properties are looked at; make it public",
                _ => null,
            };
            if (reason is null) continue;

            foreach (AttributeData attribute in member.GetAttributes().Where(IsRule))
                Say(attribute, $"'{type.Name}.{member.Name}'", reason, place, problems);
        }
    }

    /// <summary>Of a type that stands for several parameters: of it there are its members, each of which is asked.</summary>
    public static void OfMembers(INamedTypeSymbol type, Location? place, List<Problem> problems)
    {
        OfType(type, place, "use a [Validate] method", problems);
        if (type.AllInterfaces.Any(one => one.IsCalled(Annotations + "IValidatableObject")))
            problems.Add(Problem.At(Diagnostics.IdleRule, place, $"'Validate' of '{type.Name}'",
                "only an object that is read from JSON is asked about itself; use a [Validate] method"));
    }

    private static void OfType(INamedTypeSymbol type, Location? place, string instead, List<Problem> problems)
    {
        for (INamedTypeSymbol? ancestor = type; ancestor is { SpecialType: SpecialType.None }; ancestor = ancestor.BaseType)
            foreach (AttributeData attribute in ancestor.GetAttributes())
                if (attribute.AttributeClass?.IsCalled(Annotations + "MetadataTypeAttribute") == true)
                    Say(attribute, $"'{ancestor.Name}'", "the attributes of another type are not looked up; put them on the properties", place, problems);
                else if (IsRule(attribute))
                    Say(attribute, $"'{ancestor.Name}'", "rules of a type are not looked up; " + instead, place, problems);
    }

    private static bool IsRule(AttributeData attribute) => attribute.AttributeClass is { } kind && RuleParser.IsValidation(kind);

    private static void Say(AttributeData attribute, string where, string reason, Location? place, List<Problem> problems) =>
        problems.Add(Problem.At(Diagnostics.IdleRule, attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? place,
            $"[{RuleParser.ShortName(attribute)}] on {where}", reason));
}
