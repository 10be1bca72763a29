using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>Whether a pattern fits a path: the slow and obvious way, for questions at build time.</summary>
internal static class PatternMatcher
{
    public static bool Fits(PatternModel pattern, string path)
    {
        string[] segments = path.Substring(1).Split('/');
        for (int i = 0; i < pattern.Segments.Count; i++)
        {
            if (pattern.Segments[i].Kind == SegmentKind.Rest) return segments.Length > i;
            if (i >= segments.Length || !Fits(pattern.Segments[i], segments[i])) return false;
        }

        return segments.Length == pattern.Segments.Count;
    }

    private static bool Fits(SegmentModel segment, string text) => segment.Kind == SegmentKind.Literal
        ? segment.Literals[0] == text
        : System.Text.RegularExpressions.Regex.IsMatch(text, "^" + string.Join(".+", segment.Literals.Select(System.Text.RegularExpressions.Regex.Escape)) + "$");
}
