using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.RegularExpressions;

namespace Prebake.Routing;

/// <summary>What emitted code needs to gather what is wrong with a request, and to look at values where a comparison does not do.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static partial class Check
{
    private const string Bad = "is missing or has an invalid value";

    /// <summary>A value does not hold.</summary>
    public static void Add(ref Errors? errors, string name, string message) => (errors ??= []).Add(name, message);

    /// <summary>A value that is required is missing, or it does not parse.</summary>
    public static void AddBad(ref Errors? errors, string name)
    {
        (errors ??= []).Fault($"The parameter '{name}' is missing or has an invalid value.");
        errors.Add(name, Bad);
    }

    /// <summary>There is no body.</summary>
    public static void AddMissingBody(ref Errors? errors)
    {
        (errors ??= []).Fault("This route needs a body.");
        errors.Add("$", "is required");
    }

    /// <summary>What is wrong within a property.</summary>
    public static void Nest(ref Errors? errors, string name, Errors inner)
    {
        errors ??= [];
        foreach (FieldError error in inner)
            errors.Add(error.Name is [] or ['[', ..] || name.Length == 0 ? name + error.Name : name + "." + error.Name, error.Message);
    }

    /// <summary>What is wrong within an item of a list.</summary>
    public static void Nest(ref Errors? errors, string name, int index, Errors inner) => Nest(ref errors, $"{name}[{index}]", inner);

    /// <summary>What is wrong within a value of a dictionary.</summary>
    public static void Nest(ref Errors? errors, string name, string key, Errors inner) =>
        Nest(ref errors, name.Length == 0 ? key : name + "." + key, inner);

    /// <summary>Whether to look at further values: of one request only so many errors are kept.</summary>
    public static bool IsFull(Errors? errors) => errors is { IsFull: true };

    /// <summary>Gives what a <c>[Validate]</c> method has added since then the names that the client knows.</summary>
    public static void Rename(Errors errors, int from, Func<string, string> rename) => errors.Rename(from, rename);

    /// <summary>A text between an at sign and another, as <see cref="EmailAddressAttribute"/> has it.</summary>
    public static bool IsEmail(string text)
    {
        int at = text.IndexOf('@', StringComparison.Ordinal);
        return at > 0 && at < text.Length - 1 && at == text.LastIndexOf('@') && text.AsSpan().IndexOfAny('\r', '\n') < 0;
    }

    /// <summary>A text that begins with http, https or ftp, as <see cref="UrlAttribute"/> has it.</summary>
    public static bool IsUrl(string text) =>
        text.StartsWith("http://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("ftp://", StringComparison.OrdinalIgnoreCase);

    /// <summary>Standard base64 with its padding.</summary>
    public static bool IsBase64(string text) => System.Buffers.Text.Base64.IsValid(text);

    /// <summary>Whether the whole text matches. A pattern that takes too long with this text does not.</summary>
    public static bool Matches(ReadOnlySpan<char> text, Regex pattern)
    {
        try
        {
            foreach (ValueMatch match in pattern.EnumerateMatches(text)) return match.Index == 0 && match.Length == text.Length;
            return false;
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }

    /// <summary>Asks an attribute that is the user's own, or that has no shorter form.</summary>
    /// <param name="attribute">Made once.</param>
    /// <param name="value">What it is about.</param>
    /// <param name="owner">The object that has the value, or the value.</param>
    /// <param name="member">The name in C#.</param>
    /// <param name="name">What the client calls it.</param>
    /// <param name="errors">What is wrong so far.</param>
    public static void Ask(ValidationAttribute attribute, object? value, object? owner, string member, string name, ref Errors? errors)
    {
        var context = new ValidationContext(owner ?? "", name, serviceProvider: null, items: null) { MemberName = member };
        if (attribute.GetValidationResult(value, context) is { } result && result != ValidationResult.Success)
            Add(ref errors, name, result.ErrorMessage ?? "has an invalid value");
    }

    /// <summary>Asks an object about itself.</summary>
    public static void Ask(IValidatableObject value, Func<string, string> rename, ref Errors? errors)
    {
        var context = new ValidationContext(value, value.GetType().Name, serviceProvider: null, items: null);
        foreach (ValidationResult? result in value.Validate(context))
        {
            if (result is null || result == ValidationResult.Success) continue;

            bool isNamed = false;
            foreach (string member in result.MemberNames)
            {
                isNamed = true;
                Add(ref errors, rename(member), result.ErrorMessage ?? "has an invalid value");
            }

            if (!isNamed) Add(ref errors, "", result.ErrorMessage ?? "has invalid values");
        }
    }
}
