using System.Globalization;
using Microsoft.CodeAnalysis;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads <c>[MaxBody]</c>, <c>[IdleTimeout]</c> and <c>[Deadline]</c>, and checks limits against what the server takes.</summary>
internal static class LimitParser
{
    // 24 days: what the server's clock can measure, as ServeOptions says. A millisecond: its smallest step.
    private const double LongestSeconds = 24 * 24 * 60 * 60, ShortestSeconds = 0.001;

    public static long? MaxBody(ISymbol symbol, List<Problem> problems)
    {
        if (symbol.Find(KnownNames.MaxBody) is not { } data || data.ConstructorArguments is not [{ Value: IConvertible given }]) return null;

        long bytes = given.ToInt64(CultureInfo.InvariantCulture);
        if (bytes >= 0) return bytes;

        problems.Add(Problem.At(
            Diagnostics.BadLimit, data.ArgumentLocation(0), bytes.ToString(CultureInfo.InvariantCulture),
            "0 or more bytes"));
        return null;
    }

    public static double? IdleTimeout(ISymbol symbol, List<Problem> problems) => SecondsOf(KnownNames.IdleTimeout, symbol, problems);

    public static double? Deadline(ISymbol symbol, List<Problem> problems) => SecondsOf(KnownNames.Deadline, symbol, problems);

    private static double? SecondsOf(string attribute, ISymbol symbol, List<Problem> problems)
    {
        if (symbol.Find(attribute) is not { } data || data.ConstructorArguments is not [{ Value: IConvertible given }]) return null;

        return Seconds(given.ToDouble(CultureInfo.InvariantCulture), data.ArgumentLocation(0), problems);
    }

    /// <summary>Seconds that the server can measure, or 0, which is without end; so are the largest value and infinity.</summary>
    public static double? Seconds(double seconds, Location? place, List<Problem> problems)
    {
        if (seconds is double.MaxValue or double.PositiveInfinity) return 0;
        if (seconds is 0 or (>= ShortestSeconds and <= LongestSeconds)) return seconds;

        problems.Add(Problem.At(Diagnostics.BadLimit, place, seconds.ToString(CultureInfo.InvariantCulture),
            "0.001 to 2073600 seconds (24 days), or 0 for no limit"));
        return null;
    }
}
