using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[Range]</c>: bounds become literals of the type that is compared.</summary>
internal static class RangeParser
{
    public static RuleModel? Parse(RuleParser rules, AttributeData attribute)
    {
        ITypeSymbol type = rules.Type;
        object?[] given = attribute.ConstructorArguments.Select(argument => argument.Kind == TypedConstantKind.Array ? null : argument.Value).ToArray();
        if (given is [_, string first, string second])
        {
            if (BoundOf(type, first) is not { } low || BoundOf(type, second) is not { } high)
                return KindOf(type) is null
                    ? rules.Refuse(attribute, "it is for numbers, dates and times")
                    : rules.Mistake(attribute, $"goes from '{first}' to '{second}', which are not both values of type '{type.ShortName()}'");
            return Rule(rules, attribute, low, high, first, second);
        }

        if (!IsNumber(type))
            return rules.Refuse(attribute, "it is for numbers; for dates and times, write [Range(typeof(…), \"…\", "
                + "\"…\")]");
        return given switch
        {
            [int low, int high] => Rule(rules, attribute, NumberOf(type, low), NumberOf(type, high), Text(low), Text(high)),
            [double low, double high] when type.SpecialType is SpecialType.System_Double or SpecialType.System_Single =>
                Rule(rules, attribute, Real(low), Real(high), Text(low), Text(high)),
            // What a whole number or a decimal is compared with as one
            [double low, double high] => Rule(rules, attribute, Real(low), Real(high), Text(low), Text(high)) is { } rule ? rule with { ComparedAs = "double" } : null,
            _ => null,
        };
    }

    public static bool IsNumber(ITypeSymbol type) => type.SpecialType is SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Int16
        or SpecialType.System_UInt16 or SpecialType.System_Int32 or SpecialType.System_UInt32 or SpecialType.System_Int64 or SpecialType.System_UInt64
        or SpecialType.System_Single or SpecialType.System_Double or SpecialType.System_Decimal;

    /// <summary>Whether a value of the type can be that number.</summary>
    public static bool Fits(ITypeSymbol type, long number) => LimitsOf(type) is not (var low, var high) || number >= low && number <= high;

    private static RuleModel? Rule(RuleParser rules, AttributeData attribute, Bound low, Bound high, string lowText, string highText)
    {
        if (low.Order > high.Order || low.IsNaN || high.IsNaN) return rules.Mistake(attribute, $"goes from {lowText} to {highText}, so no value is in it");

        bool excludesLow = attribute.Named("MinimumIsExclusive", false), excludesHigh = attribute.Named("MaximumIsExclusive", false);
        if (low.Order == high.Order && (excludesLow || excludesHigh)) return rules.Mistake(attribute, $"goes from {lowText} to {highText} without its ends, so no value is in it");

        string ends = excludesLow && excludesHigh ? " without its ends" : "";
        if (IsEmpty(rules.Type, low, high, excludesLow, excludesHigh))
            return rules.Mistake(attribute, $"goes from {lowText} to {highText}{ends}, so no value of type '{rules.Type.ShortName()}' is in it");

        bool hasLow = !low.IsLeast || excludesLow && !low.IsBeyond, hasHigh = !high.IsMost || excludesHigh && !high.IsBeyond;
        string message = (hasLow, hasHigh) switch
        {
            (true, true) when !excludesLow && !excludesHigh => $"must be from {lowText} to {highText}",
            (true, true) => $"must be {(excludesLow ? "greater than" : "at least")} {lowText} and {(excludesHigh ? "less than" : "at most")} {highText}",
            (true, false) => $"must be {(excludesLow ? "greater than" : "at least")} {lowText}",
            _ => $"must be {(excludesHigh ? "less than" : "at most")} {highText}",
        };
        return rules.Rule(attribute, RuleKind.Range, message, [lowText, highText]) is { } rule
            ? rule with { Low = hasLow ? low.Code : null, High = hasHigh ? high.Code : null, ExcludesLow = excludesLow, ExcludesHigh = excludesHigh }
            : null;
    }

    /// <summary>Whether no whole number of the type lies between the bounds.</summary>
    private static bool IsEmpty(ITypeSymbol type, Bound low, Bound high, bool excludesLow, bool excludesHigh)
    {
        if (LimitsOf(type) is not (var least, var most)) return false;

        decimal from = Math.Max(least - 1, Math.Min(most + 1, low.Order)), to = Math.Max(least - 1, Math.Min(most + 1, high.Order));
        decimal first = excludesLow ? Math.Floor(from) + 1 : Math.Ceiling(from), last = excludesHigh ? Math.Ceiling(to) - 1 : Math.Floor(to);
        return Math.Max(first, least) > Math.Min(last, most);
    }

    /// <param name="Code">As C#.</param>
    /// <param name="Order">To compare two of them.</param>
    /// <param name="IsLeast">No value is below it.</param>
    /// <param name="IsMost">No value is above it.</param>
    private readonly record struct Bound(string Code, decimal Order, bool IsLeast = false, bool IsMost = false)
    {
        public bool IsNaN { get; init; }

        /// <summary>No value is as low, or as high.</summary>
        public bool IsBeyond { get; init; }
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static Bound Real(double number) => new(
        Literal.Constant(number), number >= 7e28 ? decimal.MaxValue : number <= -7e28 ? decimal.MinValue : double.IsNaN(number) ? 0 : (decimal)number,
        IsLeast: number <= double.MinValue, IsMost: number >= double.MaxValue) { IsNaN = double.IsNaN(number) };

    private static Bound NumberOf(ITypeSymbol type, decimal number)
    {
        (decimal least, decimal most) = LimitsOf(type) ?? (decimal.MinValue, decimal.MaxValue);
        string digits = Math.Max(least, Math.Min(most, number)).ToString(CultureInfo.InvariantCulture);
        return new(type.SpecialType switch
        {
            SpecialType.System_Decimal => digits + "m",
            SpecialType.System_Double or SpecialType.System_Single => digits + "d",
            SpecialType.System_UInt64 => digits + "UL",
            SpecialType.System_Int64 => digits + "L",
            SpecialType.System_UInt32 => digits + "u",
            _ => digits,
        }, number, number <= least, number >= most) { IsBeyond = number < least || number > most };
    }

    private static (decimal Low, decimal High)? LimitsOf(ITypeSymbol type) => type.SpecialType switch
    {
        SpecialType.System_SByte => (sbyte.MinValue, sbyte.MaxValue),
        SpecialType.System_Byte => (0, byte.MaxValue),
        SpecialType.System_Int16 => (short.MinValue, short.MaxValue),
        SpecialType.System_UInt16 => (0, ushort.MaxValue),
        SpecialType.System_Int32 => (int.MinValue, int.MaxValue),
        SpecialType.System_UInt32 => (0, uint.MaxValue),
        SpecialType.System_Int64 => (long.MinValue, long.MaxValue),
        SpecialType.System_UInt64 => (0, ulong.MaxValue),
        _ => null,
    };

    private static string? KindOf(ITypeSymbol type) => IsNumber(type) ? "number" : type.PlainName() switch
    {
        "System.DateTime" or "System.DateTimeOffset" or "System.DateOnly" or "System.TimeOnly" or "System.TimeSpan" => type.Name,
        _ => null,
    };

    private static Bound? BoundOf(ITypeSymbol type, string text)
    {
        CultureInfo culture = CultureInfo.InvariantCulture;
        if (IsNumber(type))
        {
            if (type.SpecialType is SpecialType.System_Double or SpecialType.System_Single)
                return double.TryParse(text, NumberStyles.Float, culture, out double real) ? Real(real) : null;

            bool isWhole = type.SpecialType != SpecialType.System_Decimal;
            return decimal.TryParse(text, NumberStyles.Number, culture, out decimal number) && (!isWhole || number == Math.Floor(number)) ? NumberOf(type, number) : null;
        }

        switch (KindOf(type))
        {
            case "TimeSpan":
                return TimeSpan.TryParse(text, culture, out TimeSpan span) ? new($"new global::System.TimeSpan({Literal.Number(span.Ticks)}L)", span.Ticks) : null;
            case "TimeOnly":
                return TimeSpan.TryParse(text, culture, out TimeSpan time) && time.Ticks is >= 0 and < TimeSpan.TicksPerDay
                    ? new($"new global::System.TimeOnly({Literal.Number(time.Ticks)}L)", time.Ticks)
                    : null;
            case "DateTime":
                return DateTime.TryParse(text, culture, DateTimeStyles.AdjustToUniversal, out DateTime moment)
                    ? new($"new global::System.DateTime({Literal.Number(moment.Ticks)}L)", moment.Ticks)
                    : null;
            case "DateOnly":
                return DateTime.TryParse(text, culture, DateTimeStyles.None, out DateTime day) && day.TimeOfDay == TimeSpan.Zero
                    ? new($"new global::System.DateOnly({day.Year}, {day.Month}, {day.Day})", day.Ticks)
                    : null;
            case "DateTimeOffset":
                return DateTimeOffset.TryParse(text, culture, DateTimeStyles.AssumeUniversal, out DateTimeOffset there)
                    ? new($"new global::System.DateTimeOffset({Literal.Number(there.UtcTicks)}L, global::System.TimeSpan.Zero)", there.UtcTicks)
                    : null;
            default: return null;
        }
    }
}
