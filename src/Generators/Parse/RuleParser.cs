using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads the attributes of <c>System.ComponentModel.DataAnnotations</c> on one value.</summary>
/// <param name="name">Of the parameter or the property.</param>
/// <param name="type">Of the value, without <c>Nullable&lt;T&gt;</c>.</param>
/// <param name="place">Where to say what is wrong when the attribute has no place: it is in another project.</param>
/// <param name="problems">Where to say it.</param>
internal sealed class RuleParser(string name, ITypeSymbol type, Location? place, List<Problem> problems)
{
    private const string Annotations = "System.ComponentModel.DataAnnotations.";

    /// <summary>Whether the value may be null; <c>[Required]</c> says nothing of one that is not.</summary>
    public bool CanBeNull { get; init; }

    /// <summary>Something else sees to it that the value is there.</summary>
    public bool IsAlwaysThere { get; init; }

    /// <summary>Of the type around it, for <c>[Compare]</c>: whether it has such a property. Null where the values are not members of one object yet.</summary>
    public Func<string, bool>? HasProperty { get; init; }

    /// <summary>Whether the project that is built can name a type of an attribute: one of another project may be internal there.</summary>
    public Func<INamedTypeSymbol, bool> IsCallable { get; init; } = static _ => true;

    public EquatableArray<RuleModel> Parse(IEnumerable<AttributeData> attributes)
    {
        List<RuleModel>? rules = null;
        foreach (AttributeData attribute in attributes)
        {
            if (attribute.AttributeClass is not { } kind || !IsValidation(kind) || attribute.AttributeConstructor is null) continue;
            if (attribute.ConstructorArguments.Any(argument => argument.Kind == TypedConstantKind.Error)) continue;

            if (ParseOne(attribute, kind) is { } rule) (rules ??= []).Add(rule);
        }

        // What nobody says need not be read
        if (rules?.Exists(rule => rule.Message.IndexOf(RuleModel.Name) >= 0) == true && attributes.FirstOrDefault(IsNamedByResource) is { } display)
            Mistake(display, "has its name in a resource, which is looked up by reflection; write the name itself, without ResourceType");
        return rules is null ? EquatableArray<RuleModel>.Empty : rules.OrderBy(rule => rule.Kind != RuleKind.Required).ToEquatable();
    }

    public static bool IsValidation(INamedTypeSymbol kind)
    {
        for (INamedTypeSymbol? ancestor = kind; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.IsCalled(Annotations + "ValidationAttribute")) return true;

        return false;
    }

    private static bool IsNamedByResource(AttributeData attribute) => attribute.AttributeClass?.PlainName() == Annotations + "DisplayAttribute"
        && attribute.NamedArguments.Any(argument => argument is { Key: "ResourceType", Value.Value: not null });

    /// <summary>The name that <c>[Display]</c> or <c>[DisplayName]</c> gives, or null.</summary>
    public static string? DisplayNameOf(ISymbol member) =>
        member.Find(Annotations + "DisplayAttribute")?.Named<string?>("Name", null)
        ?? member.Find("System.ComponentModel.DisplayNameAttribute")?.Text(0);

    private RuleModel? ParseOne(AttributeData attribute, INamedTypeSymbol kind)
    {
        bool isText = type.SpecialType == SpecialType.System_String || ResultParser.IsSpanOf(type, SpecialType.System_Char);
        bool isKnown = kind.ContainingType is null && kind.PlainName() == Annotations + kind.Name;
        switch (isKnown ? kind.Name : "")
        {
            case "RequiredAttribute": return Required(attribute);
            case "RangeAttribute": return RangeParser.Parse(this, attribute);
            case "StringLengthAttribute":
                return isText
                    ? LengthRule(attribute, attribute.Named("MinimumLength", 0), NumberOf(attribute, 0) ?? -1, [NumberOf(attribute, 0) ?? 0, attribute.Named("MinimumLength", 0)])
                    : Refuse(attribute, "it is for text; use [Length] for lists");
            case "MinLengthAttribute": return LengthRule(attribute, NumberOf(attribute, 0) ?? 0, null, [NumberOf(attribute, 0) ?? 0]);
            case "MaxLengthAttribute":
                // Without an argument it is what a database allows
                if (NumberOf(attribute, 0) is not { } most || most == -1) return null;
                return LengthRule(attribute, 0, most, [most]);
            case "LengthAttribute":
                return LengthRule(attribute, NumberOf(attribute, 0) ?? 0, NumberOf(attribute, 1), [NumberOf(attribute, 0) ?? 0, NumberOf(attribute, 1) ?? 0]);
            case "RegularExpressionAttribute": return isText ? Pattern(attribute) : Refuse(attribute, "it is for text");
            case "EmailAddressAttribute": return OfText(RuleKind.Email, "is not an e-mail address");
            case "UrlAttribute": return OfText(RuleKind.Url, "is not an address that begins with http://, https:// or ftp://");
            case "PhoneAttribute": return OfText(RuleKind.Phone, "is not a phone number");
            case "CreditCardAttribute": return OfText(RuleKind.CreditCard, "is not the number of a card");
            case "Base64StringAttribute": return OfText(RuleKind.Base64, "is not base64");
            case "AllowedValuesAttribute": return Values(attribute, RuleKind.Allowed, "is not one of the allowed values");
            case "DeniedValuesAttribute": return Values(attribute, RuleKind.Denied, "is one of the values that are not allowed");
            case "EnumDataTypeAttribute": return type.TypeKind == TypeKind.Enum
                ? Rule(attribute, RuleKind.EnumMember, "is not one of the values that there are", [])
                : Refuse(attribute, attribute.ConstructorArguments is [{ Value: INamedTypeSymbol { TypeKind: TypeKind.Enum } named }]
                    ? $"it is for enums; declare it as '{named.ShortName()}', whose names JSON and the query have"
                    : "it is for enums");
            case "CompareAttribute": return Compare(attribute);
            // Says what a value is for, and checks nothing
            case "DataTypeAttribute": return null;
            default: return CustomRuleParser.Parse(this, attribute, kind);
        }

        RuleModel? OfText(RuleKind rule, string message) => isText && type.SpecialType == SpecialType.System_String
            ? Rule(attribute, rule, message, [])
            : Refuse(attribute, "it is for 'string'");
    }

    public string Name => name;

    public ITypeSymbol Type => type;

    /// <summary>A rule with the user's message, or ours.</summary>
    /// <param name="attribute">The attribute.</param>
    /// <param name="kind">What is demanded.</param>
    /// <param name="message">What is said otherwise.</param>
    /// <param name="values">What stands for <c>{1}</c> and so on in a message.</param>
    public RuleModel? Rule(AttributeData attribute, RuleKind kind, string message, object[] values)
    {
        if (attribute.Named<string?>("ErrorMessageResourceName", null) is not null || attribute.NamedArguments.Any(argument => argument.Key == "ErrorMessageResourceType"))
            return Mistake(attribute, "has its message in a resource, which is looked up by reflection; use ErrorMessage");
        // An empty one is none, as DataAnnotations has it
        if (attribute.Named<string?>("ErrorMessage", null) is not { Length: > 0 } given) return new RuleModel(kind, message);

        try
        {
            object[] all = [RuleModel.Name.ToString(), .. values];
            return new RuleModel(kind, string.Format(CultureInfo.InvariantCulture, given, all));
        }
        catch (FormatException)
        {
            string known = values.Length == 0 ? "'{0}'" : "'{0}' to '{" + values.Length.ToString(CultureInfo.InvariantCulture) + "}'";
            return Mistake(attribute, "has a message that is not a format: write " + known + " for the values, and '{{' for a brace");
        }
    }

    public RuleModel? Refuse(AttributeData attribute, string reason)
    {
        problems.Add(Problem.At(Diagnostics.RuleType, PlaceOf(attribute), ShortName(attribute), name, type.ShortName(), reason));
        return null;
    }

    public RuleModel? Mistake(AttributeData attribute, string what)
    {
        problems.Add(Problem.At(Diagnostics.RuleArgument, PlaceOf(attribute), ShortName(attribute), name, what));
        return null;
    }

    public RuleModel? CannotAsk(AttributeData attribute, string reason)
    {
        problems.Add(Problem.At(Diagnostics.CustomRule, PlaceOf(attribute), ShortName(attribute), name, reason));
        return null;
    }

    public static string ShortName(AttributeData attribute)
    {
        string full = attribute.AttributeClass!.Name;
        return full.EndsWith("Attribute", StringComparison.Ordinal) ? full.Substring(0, full.Length - "Attribute".Length) : full;
    }

    private static int? NumberOf(AttributeData attribute, int index) =>
        index < attribute.ConstructorArguments.Length && attribute.ConstructorArguments[index].Value is int number ? number : null;

    private Location? PlaceOf(AttributeData attribute) => attribute.ApplicationSyntaxReference?.GetSyntax().GetLocation() ?? place;

    private RuleModel? Required(AttributeData attribute)
    {
        if (!CanBeNull)
        {
            if (!IsAlwaysThere) problems.Add(Problem.At(Diagnostics.RequiredValue, PlaceOf(attribute), name, type.ShortName()));
            return null;
        }

        bool refusesBlank = type.SpecialType == SpecialType.System_String && !attribute.Named("AllowEmptyStrings", false);
        return Rule(attribute, RuleKind.Required, "is required", []) is { } rule ? rule with { RefusesBlank = refusesBlank } : null;
    }

    private RuleModel? LengthRule(AttributeData attribute, int least, int? most, object[] values)
    {
        if (CheckParser.LengthOf(type) is null)
            return Refuse(attribute, "only text, arrays and collections with a Count have a length");
        if (least < 0 || most < 0) return Mistake(attribute, "has a length below zero");
        if (least > most) return Mistake(attribute, $"asks for at least {least} and at most {most}, which nothing can be");

        bool isText = type.SpecialType == SpecialType.System_String || ResultParser.IsSpanOf(type, SpecialType.System_Char);
        string Of(int count) => isText ? count == 1 ? "character" : "characters" : count == 1 ? "item" : "items";
        string message = (least, most) switch
        {
            (0, { } high) => $"must have at most {high} {Of(high)}",
            ({ } low, null) => $"must have at least {low} {Of(low)}",
            ({ } low, { } high) when low == high => $"must have {low} {Of(low)}",
            ({ } low, { } high) => $"must have from {low} to {high} {Of(high)}",
        };
        return Rule(attribute, RuleKind.Length, message, values) is { } rule
            ? rule with { Low = least > 0 ? Literal.Number(least) : null, High = most is { } limit ? Literal.Number(limit) : null }
            : null;
    }

    private RuleModel? Pattern(AttributeData attribute)
    {
        string pattern = attribute.Text(0) ?? "";
        if (pattern.Length == 0) return Mistake(attribute, "has no pattern; write one, or remove it");

        try
        {
            _ = new Regex(pattern);
        }
        catch (ArgumentException e)
        {
            return Mistake(attribute, "has a pattern that is not a regular expression: " + e.Message.Split('\n')[0].TrimEnd('.', '\r'));
        }

        int given = attribute.Named("MatchTimeoutInMilliseconds", 0);
        return Rule(attribute, RuleKind.Regex, "does not have the right form", [pattern]) is { } rule
            ? rule with { Text = pattern, Options = RegexChoice.OptionsOf(pattern, given) }
            : null;
    }

    private RuleModel? Values(AttributeData attribute, RuleKind kind, string message)
    {
        var patterns = new List<string>();
        foreach (TypedConstant constant in attribute.ConstructorArguments.FirstOrDefault() is { Kind: TypedConstantKind.Array, IsNull: false } list ? list.Values : [])
        {
            if (PatternOf(constant) is not { } pattern)
                return Mistake(attribute, $"names the value '{constant.Value}', which a value of type '{type.ShortName()}' never is");

            patterns.Add(pattern);
        }

        if (patterns.Count == 0) return Mistake(attribute, "names no value");
        return Rule(attribute, kind, message, []) is { } rule ? rule with { Values = patterns.ToEquatable() } : null;
    }

    private string? PatternOf(TypedConstant constant)
    {
        if (constant.IsNull) return CanBeNull ? "null" : null;
        if (constant.Kind is TypedConstantKind.Enum)
            return SymbolEqualityComparer.Default.Equals(constant.Type, type) ? $"({type.FullName()})({Literal.Constant(constant.Value)})" : null;
        if (constant.Kind is not TypedConstantKind.Primitive) return null;

        bool isSame = SymbolEqualityComparer.Default.Equals(constant.Type, type);
        if (isSame) return Literal.Constant(constant.Value);

        // C# knows whether a number fits
        return constant.Value is int number && RangeParser.IsNumber(type) && RangeParser.Fits(type, number) ? $"({type.FullName()}){Literal.Number(number)}" : null;
    }

    private RuleModel? Compare(AttributeData attribute)
    {
        string other = attribute.Text(0) ?? "";
        if (HasProperty is null) return Mistake(attribute, $"compares with '{other}', which is done in JSON bodies only; write a [Validate] method");
        if (!HasProperty(other)) return Mistake(attribute, $"compares with '{other}', and there is no such property");

        return Rule(attribute, RuleKind.SameAs, $"is not the same as '{RuleModel.Other}'", [RuleModel.Other.ToString()]) is { } rule ? rule with { Text = other } : null;
    }
}
