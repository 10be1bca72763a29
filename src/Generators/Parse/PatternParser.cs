using System.Text;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Prebake.Generators.Model;

namespace Prebake.Generators.Parse;

/// <summary>Reads a pattern, or says what is wrong with it. The rules are those of the attributes' documentation.</summary>
internal static class PatternParser
{
    /// <summary>What is wrong: a diagnostic and its arguments.</summary>
    internal readonly record struct Mistake(DiagnosticDescriptor Descriptor, string[] Arguments);

    // 64: deeper than any address that a person has seen; each level is one in the emitted code
    private const int MostSegments = 64;

    public static PatternModel? Parse(string text, out Mistake? mistake)
    {
        mistake = null;
        if (text.Length == 0 || text[0] != '/')
        {
            mistake = new(Diagnostics.PathWithoutSlash, [text]);
            return null;
        }

        mistake = CharacterMistake(text);
        if (mistake is not null) return null;

        string[] parts = SplitOutsideBraces(text.Substring(1));
        if (parts.Length > MostSegments)
        {
            mistake = new(Diagnostics.TooManySegments, [Shortened(text), Literal.Number(parts.Length), Literal.Number(MostSegments)]);
            return null;
        }

        var segments = new List<SegmentModel>(parts.Length);
        for (int i = 0; i < parts.Length; i++)
        {
            SegmentModel? segment = ParseSegment(text, parts[i], i == parts.Length - 1, out mistake);
            if (segment is null) return null;
            segments.Add(segment);
        }

        var pattern = new PatternModel(text, segments.ToEquatable());
        string? twice = pattern.Names.GroupBy(name => name).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is null) return pattern;

        mistake = new(Diagnostics.DuplicateParameter, ["{" + twice + "}", text]);
        return null;
    }

    private static Mistake? CharacterMistake(string text)
    {
        int depth = 0;
        foreach (char c in text)
        {
            if (c == '{') depth++;
            else if (c == '}') depth--;
            if (depth is < 0 or > 1) return new(Diagnostics.UnbalancedBrace, [text]);
            if (depth > 0) continue;

            switch (c)
            {
                case '?':
                    return Contains(
                        text, "'?'",
                        "the query is not part of a path: a parameter that is not in the pattern is bound to it");
                case '#': return Contains(text, "'#'", "fragments stay in the browser, so remove it");
                case ' ': return Contains(text, "a space", "write it as '%20'");
                case '\\': return Contains(text, "a backslash", "write '/', or '%5C' if you mean it");
                case < ' ' or '\x7F' or (>= '\x80' and < '\xA0') or '\u2028' or '\u2029':
                    return Contains(text, "a control character", "remove it");
            }
        }

        if (depth != 0) return new(Diagnostics.UnbalancedBrace, [text]);
        if (HasLoneSurrogate(text))
            return Contains(text, "half of a character", "write the whole character, or remove it");

        for (int i = text.IndexOf('%'); i >= 0; i = text.IndexOf('%', i + 1))
            if (i + 2 >= text.Length || CanonicalPath.HexOf(text[i + 1]) < 0 || CanonicalPath.HexOf(text[i + 2]) < 0)
                return Contains(text, "'%' without two hexadecimal digits", "write it as '%25'");

        return EscapeMistake(text);
    }

    private static Mistake Contains(string text, string what, string advice) =>
        new(Diagnostics.PathCharacter, [text, what, advice]);

    /// <summary>The server refuses what no text can be, so a route of it would never be asked.</summary>
    private static Mistake? EscapeMistake(string text)
    {
        for (int start = text.IndexOf('%'); start >= 0;)
        {
            var bytes = new List<byte>();
            int end = start;
            for (; end < text.Length && text[end] == '%'; end += 3) bytes.Add((byte)(CanonicalPath.HexOf(text[end + 1]) << 4 | CanonicalPath.HexOf(text[end + 2])));

            if (bytes.Contains(0)) return Contains(text, "'%00'", "the server refuses such a path, so remove it");

            byte[] given = bytes.ToArray();
            if (!Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(given)).SequenceEqual(given))
            {
                string escapes = text.Substring(start, end - start);
                return Contains(text, $"'{escapes}', which is not UTF-8", "write the character itself");
            }

            start = text.IndexOf('%', end);
        }

        return null;
    }

    private static bool HasLoneSurrogate(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!char.IsHighSurrogate(text[i]) || i + 1 == text.Length || !char.IsLowSurrogate(text[i + 1])) return true;
            i++;
        }

        return false;
    }

    private static string Shortened(string text) => text.Length <= 60 ? text : text.Substring(0, 59) + "…";

    private static string[] SplitOutsideBraces(string text)
    {
        var parts = new List<string>();
        int start = 0;
        bool inside = false;
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '{') inside = true;
            else if (text[i] == '}') inside = false;
            else if (text[i] == '/' && !inside)
            {
                parts.Add(text.Substring(start, i - start));
                start = i + 1;
            }
        }

        parts.Add(text.Substring(start));
        return parts.ToArray();
    }

    /// <summary>What to write for a parameter in another router's notation; null where its name alone is the mistake.</summary>
    private static string? Advice(string inside)
    {
        string trimmed = inside.Trim();
        if (trimmed != inside && SyntaxFacts.IsValidIdentifier(trimmed)) return $"write '{{{trimmed}}}' without spaces";

        // {id:int} is the matter of the parameter's type
        string name = trimmed.Split('=', '?')[0].Trim();
        if (name == trimmed || !SyntaxFacts.IsValidIdentifier(name)) return null;

        return trimmed.Contains('=')
            ? $"a segment has no default value: write one route with '{{{name}}}' and one without that segment"
            : $"a segment cannot be missing: write one route with '{{{name}}}' and one without that segment";
    }

    private static SegmentModel? ParseSegment(string text, string segment, bool last, out Mistake? mistake)
    {
        mistake = null;
        var literals = new List<string>();
        var names = new List<string>();
        int at = 0;

        while (true)
        {
            int open = segment.IndexOf('{', at);
            string literal = open < 0 ? segment.Substring(at) : segment.Substring(at, open - at);

            mistake = LiteralMistake(text, segment, literal, last);
            if (mistake is null && literal.Length == 0 && names.Count > 0 && open >= 0) mistake = new(Diagnostics.AdjacentParameters, [text]);
            if (mistake is not null) return null;

            literals.Add(CanonicalPath.Of(literal));
            if (open < 0) break;

            int close = segment.IndexOf('}', open);
            string name = segment.Substring(open + 1, close - open - 1);
            at = close + 1;

            if (name.StartsWith("*", StringComparison.Ordinal))
            {
                name = name.TrimStart('*');
                if (!SyntaxFacts.IsValidIdentifier(name)) mistake = new(Diagnostics.ParameterName, ["{*" + name + "}", text]);
                else if (!last || open != 0 || at != segment.Length) mistake = new(Diagnostics.RestNotLast, [name, text]);
                return mistake is null ? new SegmentModel(SegmentKind.Rest, new[] { "", "" }.ToEquatable(), new[] { name }.ToEquatable()) : null;
            }

            if (!SyntaxFacts.IsValidIdentifier(name))
            {
                mistake = Advice(name) is { } advice ? new(Diagnostics.ParameterNotation, ["{" + name + "}", text, advice]) : new(Diagnostics.ParameterName, ["{" + name + "}", text]);
                return null;
            }

            names.Add(name);
        }

        SegmentKind kind = names.Count == 0 ? SegmentKind.Literal
            : names.Count == 1 && literals[0].Length == 0 && literals[1].Length == 0 ? SegmentKind.Parameter
            : SegmentKind.Affixed;

        if (kind == SegmentKind.Literal && literals[0] is "." or "..")
            mistake = new(Diagnostics.NonCanonicalSegment, [text, "the segment '" + literals[0] + "'"]);
        if (kind == SegmentKind.Literal && literals[0].Length == 0 && !last)
            mistake = new(Diagnostics.NonCanonicalSegment, [text, "an empty segment"]);
        return mistake is null ? new SegmentModel(kind, literals.ToEquatable(), names.ToEquatable()) : null;
    }

    /// <summary>People paste from Bun, Express and Hono: <c>:id</c> and <c>*</c> are told apart from literals that merely contain them.</summary>
    private static Mistake? LiteralMistake(string text, string segment, string literal, bool last)
    {
        if (segment == literal && literal.Length > 1 && literal[0] == ':' && SyntaxFacts.IsIdentifierStartCharacter(literal[1]))
            return new(Diagnostics.ColonParameter, [literal, text, new string(literal.Skip(1).TakeWhile(SyntaxFacts.IsIdentifierPartCharacter).ToArray())]);

        // Flask's and Angular's parameters, ASP.NET's tokens
        if (segment == literal && literal.Length > 2 && literal[0] == '<' && literal[literal.Length - 1] == '>'
            && literal.Substring(literal.LastIndexOf(':') is > 0 and int colon ? colon + 1 : 1).TrimEnd('>') is var name && SyntaxFacts.IsValidIdentifier(name))
            return new(Diagnostics.ColonParameter, [literal, text, name]);
        if (segment == literal && literal.Length > 2 && literal[0] == '[' && literal[literal.Length - 1] == ']')
        {
            string token = literal.Trim('[', ']');
            return Contains(
                text, $"'{literal}'",
                $"such a token is not replaced here: write the segment itself, or '{{{token}}}' for a parameter");
        }

        return literal.IndexOf('*') >= 0 ? new(Diagnostics.StarWildcard, [text]) : null;
    }
}
