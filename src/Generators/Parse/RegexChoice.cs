using System.Text.RegularExpressions;

namespace Prebake.Generators.Parse;

/// <summary>
/// How a regular expression is run. Without backtracking where that is possible, so that no text takes longer than its length; with it,
/// and with a limit of time, where the expression looks around or back.
/// </summary>
internal static class RegexChoice
{
    // 100 ms: an event loop waits meanwhile
    private const int Milliseconds = 100;

    // The automaton of an expression is refused when it has more than 10,000 nodes; a count is as many as it says
    private const long MostCounted = 2_000;

    private static readonly Regex s_looks = new(@"\(\?(?:[=!>(]|<[=!])|\\[1-9k]", RegexOptions.CultureInvariant);
    private static readonly Regex s_counts = new(@"\{(\d{1,9})(?:,(\d{0,9}))?\}", RegexOptions.CultureInvariant);

    /// <summary>The arguments behind the pattern, as C#.</summary>
    /// <param name="pattern">The expression.</param>
    /// <param name="milliseconds">The limit that the user gives; 0 for ours.</param>
    public static string OptionsOf(string pattern, int milliseconds)
    {
        const string Options = "global::System.Text.RegularExpressions.RegexOptions.";
        return NeedsBacktracking(pattern)
            ? $"{Options}CultureInvariant, global::System.TimeSpan.FromMilliseconds({(milliseconds > 0 ? milliseconds : Milliseconds)}d)"
            : $"{Options}CultureInvariant | {Options}NonBacktracking";
    }

    private static bool NeedsBacktracking(string pattern)
    {
        if (s_looks.IsMatch(pattern)) return true;

        long counted = 1;
        foreach (Match count in s_counts.Matches(pattern))
        {
            Group group = count.Groups[2].Length > 0 ? count.Groups[2] : count.Groups[1];
            counted *= Math.Max(1, long.Parse(group.Value, System.Globalization.CultureInfo.InvariantCulture));
            if (counted > MostCounted) return true;
        }

        return false;
    }
}
