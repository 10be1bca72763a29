namespace Prebake.Generators.Model;

/// <summary>What an attribute of <c>System.ComponentModel.DataAnnotations</c> demands.</summary>
internal enum RuleKind { Required, Range, Length, Regex, Email, Url, Phone, CreditCard, Base64, Allowed, Denied, EnumMember, SameAs, Custom }

/// <summary>One demand on a value.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Message">What is said when it does not hold; <see cref="Name"/> stands for what the client calls the value.</param>
internal sealed record RuleModel(RuleKind Kind, string Message)
{
    /// <summary>In a message: the name of the value.</summary>
    public const char Name = '\u0001';

    /// <summary>In a message: the name of the property that it is compared with.</summary>
    public const char Other = '\u0002';

    /// <summary>The lower bound as C#; the least length; null for none.</summary>
    public string? Low { get; init; }

    /// <summary>The upper bound as C#; the greatest length; null for none.</summary>
    public string? High { get; init; }

    public bool ExcludesLow { get; init; }

    public bool ExcludesHigh { get; init; }

    /// <summary>Of <see cref="RuleKind.Range"/>: what the value is compared as, or null for what it is.</summary>
    public string? ComparedAs { get; init; }

    /// <summary>Of <see cref="RuleKind.Required"/>: text of nothing but white space is missing, too.</summary>
    public bool RefusesBlank { get; init; }

    /// <summary>Of <see cref="RuleKind.Allowed"/> and <see cref="RuleKind.Denied"/>: the values as C# patterns.</summary>
    public EquatableArray<string> Values { get; init; } = EquatableArray<string>.Empty;

    /// <summary>The pattern of a regular expression; the name of the property to be like; the attribute as C#.</summary>
    public string? Text { get; init; }

    /// <summary>Of a regular expression: the options as C#.</summary>
    public string? Options { get; init; }

    /// <summary>Null is looked at, too.</summary>
    public bool SeesNull => Kind is RuleKind.Allowed or RuleKind.Denied or RuleKind.SameAs or RuleKind.Custom;
}

/// <summary>How the items of a value are gone through.</summary>
internal enum ItemsKind { None, Indexed, Sequence, Map }

/// <summary>A value that is checked: a parameter, a property, an item of a list.</summary>
/// <param name="Type">With <c>global::</c>, without nullability.</param>
/// <param name="CanBeNull">It is of a reference type, or a <c>Nullable&lt;T&gt;</c>.</param>
/// <param name="IsValueType">Of a <c>Nullable&lt;T&gt;</c>: what it holds.</param>
/// <param name="Length">The property that counts it, or null.</param>
/// <param name="Rules">What is demanded.</param>
internal sealed record CheckedValue(string Type, bool CanBeNull, bool IsValueType, string? Length, EquatableArray<RuleModel> Rules)
{
    /// <summary>The type whose members are checked, or null.</summary>
    public string? Object { get; init; }

    public ItemsKind Items { get; init; }

    /// <summary>It is a value type with a default that nothing may be asked of.</summary>
    public bool IsDefaultable { get; init; }

    /// <summary>What a list or a dictionary holds, if that is checked.</summary>
    public CheckedValue? Item { get; init; }
}

/// <summary>A property.</summary>
/// <param name="Name">In C#.</param>
/// <param name="JsonName">As <c>[JsonPropertyName]</c> has it; null when the context's policy decides.</param>
/// <param name="DisplayName">What messages call it when <c>[Display]</c> says so.</param>
/// <param name="Value">What is checked; null when only the name matters.</param>
internal sealed record CheckedMember(string Name, string? JsonName, string? DisplayName, CheckedValue? Value);

/// <summary>A type whose members are checked.</summary>
/// <param name="Type">With <c>global::</c>.</param>
/// <param name="Members">All that JSON has, base types included.</param>
/// <param name="Derived">Types that JSON may have in its place, the most derived first.</param>
/// <param name="IsValidatable">It implements <c>IValidatableObject</c>.</param>
/// <param name="IsRecursive">It can hold itself.</param>
internal sealed record CheckedType(string Type, EquatableArray<CheckedMember> Members, EquatableArray<string> Derived, bool IsValidatable, bool IsRecursive)
{
    /// <summary>
    /// The types, itself and those that it derives from, whose members have attributes that say they are unfit for trimming, as
    /// documentation names them: nobody makes an object of such an attribute, so what the linker says of it is taken back.
    /// </summary>
    public EquatableArray<string> Untrimmable { get; init; } = EquatableArray<string>.Empty;

    /// <summary>A property that is checked is obsolete as an error.</summary>
    public bool IsForbidden { get; init; }

    /// <summary>Something of it, or of what it holds, is demanded; else only its names matter.</summary>
    public bool HasRules { get; init; }
}

/// <summary>What is demanded of a parameter.</summary>
/// <param name="Value">Of the parameter itself.</param>
/// <param name="Types">All types that are reached.</param>
internal sealed record CheckModel(CheckedValue Value, EquatableArray<CheckedType> Types)
{
    /// <summary>Whether anything is demanded.</summary>
    public bool HasRules { get; init; }

    /// <summary>What messages call it when <c>[Display]</c> says so.</summary>
    public string? DisplayName { get; init; }
}

/// <summary>A <c>[Validate]</c> method.</summary>
/// <param name="Key">Finds the place in the source again.</param>
/// <param name="Label">What a message calls it.</param>
/// <param name="Name">Of the method.</param>
/// <param name="IsStatic">Whether it needs no object.</param>
/// <param name="Awaiting">What it returns.</param>
/// <param name="Parameters">In order.</param>
internal sealed record ValidatorModel(
    string Key, string Label, string Name, bool IsStatic, Awaiting Awaiting, EquatableArray<ValidatorParameter> Parameters)
{
    public bool IsForbidden { get; init; }

    /// <summary>The first that is a value: who has one of its type is validated.</summary>
    public ValidatorParameter Subject => Parameters.First(parameter => parameter.Source == Source.Body);
}

/// <summary>A parameter of a <c>[Validate]</c> method.</summary>
/// <param name="Source"><see cref="Source.Body"/> for a value, else what of the request it is.</param>
internal sealed record ValidatorParameter(string Name, string Type, Source Source);
