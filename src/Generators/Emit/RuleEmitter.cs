using Prebake.Generators.Model;
using Prebake.Generators.Plan;

namespace Prebake.Generators.Emit;

/// <summary>What is demanded of a value, as comparisons.</summary>
internal static class RuleEmitter
{
    public const string Check = EmitContext.Routing + "Check.";

    /// <summary>The test that fails, over a value that is there.</summary>
    /// <param name="rule">What is demanded.</param>
    /// <param name="value">What it is demanded of.</param>
    /// <param name="x">The value in C#.</param>
    /// <param name="owner">The object that has it, or null.</param>
    public static string? FailureOf(RuleModel rule, CheckedValue value, string x, string? owner) => rule.Kind switch
    {
        RuleKind.Range => RangeOf(rule, value, x),
        RuleKind.Length => LengthOf(rule, x + "." + value.Length),
        RuleKind.Regex => $"{x}.Length > 0 && !{Check}Matches({x}, Rules.{CheckPlan.ObjectOf(rule)})",
        RuleKind.Email => $"!{Check}IsEmail({x})",
        RuleKind.Url => $"!{Check}IsUrl({x})",
        RuleKind.Phone => $"!{Check}IsPhone({x})",
        RuleKind.CreditCard => $"!{Check}IsCreditCard({x})",
        RuleKind.Base64 => $"!{Check}IsBase64({x})",
        RuleKind.EnumMember => $"!global::System.Enum.IsDefined<{value.Type}>({x})",
        RuleKind.Allowed => $"{x} is not ({string.Join(" or ", rule.Values)})",
        RuleKind.Denied => $"{x} is {string.Join(" or ", rule.Values)}",
        RuleKind.SameAs => $"!object.Equals({x}, {owner}.{rule.Text!.Escaped()})",
        _ => null,
    };

    private static string? RangeOf(RuleModel rule, CheckedValue value, string x)
    {
        bool isReal = rule.ComparedAs is not null || value.Type is "double" or "float";
        if (rule.ComparedAs is { } type) x = $"({type}){x}";
        // What is no number is neither below nor above
        string[] tests = isReal
            ? [Test(rule.Low, rule.ExcludesLow ? ">" : ">="), Test(rule.High, rule.ExcludesHigh ? "<" : "<=")]
            : [Test(rule.Low, rule.ExcludesLow ? "<=" : "<"), Test(rule.High, rule.ExcludesHigh ? ">=" : ">")];
        string[] said = tests.Where(test => test.Length > 0).ToArray();
        if (said.Length == 0) return null;

        return isReal ? $"!({string.Join(" && ", said)})" : string.Join(" || ", said);

        string Test(string? bound, string comparison) => bound is null ? "" : $"{x} {comparison} {bound}";
    }

    private static string? LengthOf(RuleModel rule, string length) => (rule.Low, rule.High) switch
    {
        (null, null) => null,
        ({ } low, null) => $"{length} < {low}",
        (null, { } high) => $"{length} > {high}",
        ({ } low, { } high) when low == high => $"{length} != {low}",
        ({ } low, { } high) => $"{length} < {low} || {length} > {high}",
    };
}
