using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[MaxBody]</c> and <c>[IdleTimeout]</c>.</summary>
internal static class LimitParser
{
    public static long? MaxBody(ISymbol symbol, List<Problem> problems) =>
        Read(symbol, KnownNames.MaxBody, problems) is { } bytes ? (long)bytes : null;

    public static double? IdleTimeout(ISymbol symbol, List<Problem> problems) => Read(symbol, KnownNames.IdleTimeout, problems);

    private static double? Read(ISymbol symbol, string attribute, List<Problem> problems)
    {
        if (symbol.Find(attribute) is not { } data || data.ConstructorArguments.Length == 0) return null;

        double value = Convert.ToDouble(data.ConstructorArguments[0].Value, CultureInfo.InvariantCulture);
        if (value >= 0 && value < long.MaxValue) return value;

        problems.Add(Problem.At(Diagnostics.BadLimit, data.ArgumentLocation(0), value.ToString(CultureInfo.InvariantCulture)));
        return null;
    }
}
