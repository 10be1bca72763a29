using System.Text;

namespace Prebake.Build;

/// <summary>A file or a folder that an attribute names.</summary>
internal readonly record struct FileRequest(bool IsFolder, string Name);

/// <summary>
/// Finds the names of files in <c>[StaticFile("/path", "name")]</c> and <c>[StaticDirectory("/prefix", "name")]</c>. The build needs them before there
/// is a compilation, so this reads text: comments and strings are told from code, everything else is left to the generator, which says so when
/// a name that it sees was not found here.
/// </summary>
internal static class SourceScanner
{
    private static readonly (string Name, bool IsFolder)[] s_attributes =
        [("StaticFile", false), ("StaticFileAttribute", false), ("StaticDirectory", true), ("StaticDirectoryAttribute", true)];

    public static IEnumerable<FileRequest> Scan(string source)
    {
        // Nearly all files end here
        if (!source.Contains("StaticFile", StringComparison.Ordinal) && !source.Contains("StaticDirectory", StringComparison.Ordinal)) yield break;

        List<Token> tokens = Tokenize(source);
        for (int i = 0; i + 4 < tokens.Count; i++)
        {
            (string name, bool isFolder) = Array.Find(s_attributes, attribute => tokens[i].IsWord(attribute.Name));
            if (name is null || !tokens[i + 1].IsSymbol('(') || i == 0 || !(tokens[i - 1].IsSymbol('[') || tokens[i - 1].IsSymbol(',') || tokens[i - 1].IsSymbol('.') || tokens[i - 1].IsSymbol(':'))) continue;

            if (SecondArgument(tokens, i + 2, isFolder ? "folder" : "file") is { } file) yield return new FileRequest(isFolder, file);
        }
    }

    // The second by place, or the one that is called by its name
    private static string? SecondArgument(List<Token> tokens, int at, string parameter)
    {
        string? second = null;
        for (int index = 0, depth = 0; at < tokens.Count; at++)
        {
            Token token = tokens[at];
            if (token.IsSymbol('(')) depth++;
            else if (token.IsSymbol(')') && depth-- == 0) return second;
            else if (token.IsSymbol(',') && depth == 0) index++;
            else if (token.Kind == TokenKind.Text && depth == 0)
            {
                bool named = tokens[at - 1].IsSymbol(':');
                if (named ? tokens[at - 2].IsWord(parameter) : index == 1) second = token.Value;
            }
        }

        return null;                                            // still being written
    }

    private enum TokenKind { Word, Symbol, Text }

    private readonly record struct Token(TokenKind Kind, string Value)
    {
        public bool IsWord(string word) => Kind == TokenKind.Word && Value == word;

        public bool IsSymbol(char symbol) => Kind == TokenKind.Symbol && Value[0] == symbol;
    }

    private static List<Token> Tokenize(string source)
    {
        var tokens = new List<Token>();
        for (int at = 0; at < source.Length;)
        {
            char c = source[at];
            if (char.IsWhiteSpace(c)) at++;
            else if (Starts(source, at, "//")) at = LineEnd(source, at);
            else if (c == '#' && IsFirstInLine(source, at)) at = LineEnd(source, at);
            else if (Starts(source, at, "/*")) at = source.IndexOf("*/", at + 2, StringComparison.Ordinal) is >= 0 and int end ? end + 2 : source.Length;
            else if (c == '\'') at = CharacterEnd(source, at);
            else if (TextStart(source, at)) at = ReadText(source, at, tokens);
            else if (c == '_' || char.IsLetter(c))
            {
                int start = at;
                while (at < source.Length && (source[at] == '_' || char.IsLetterOrDigit(source[at]))) at++;
                tokens.Add(new Token(TokenKind.Word, source[start..at]));
            }
            else
            {
                tokens.Add(new Token(TokenKind.Symbol, c.ToString()));
                at++;
            }
        }

        return tokens;
    }

    private static bool Starts(string source, int at, string with) => string.CompareOrdinal(source, at, with, 0, with.Length) == 0;

    private static int LineEnd(string source, int at) => source.IndexOf('\n', at) is >= 0 and int end ? end : source.Length;

    private static bool IsFirstInLine(string source, int at)
    {
        while (--at >= 0 && source[at] is ' ' or '\t') { }
        return at < 0 || source[at] == '\n';
    }

    private static int CharacterEnd(string source, int at)
    {
        for (at++; at < source.Length && source[at] is not ('\'' or '\n'); at++)
            if (source[at] == '\\') at++;
        return at + 1;
    }

    private static bool TextStart(string source, int at)
    {
        while (at < source.Length && source[at] is '@' or '$') at++;
        return at < source.Length && source[at] == '"';
    }

    // Regular, verbatim, raw and interpolated; the holes of the last are skipped with it, as no constant has one
    private static int ReadText(string source, int at, List<Token> tokens)
    {
        bool verbatim = false, interpolated = false;
        for (; source[at] != '"'; at++)
        {
            verbatim |= source[at] == '@';
            interpolated |= source[at] == '$';
        }

        int quotes = 0;
        while (at + quotes < source.Length && source[at + quotes] == '"') quotes++;

        string value;
        if (quotes >= 3 && !verbatim)
        {
            string fence = new('"', quotes);
            int end = source.IndexOf(fence, at + quotes, StringComparison.Ordinal);
            if (end < 0) end = source.Length;
            value = source[(at + quotes)..end].Trim('\r', '\n', ' ');
            at = Math.Min(source.Length, end + quotes);
        }
        else
        {
            var text = new StringBuilder();
            for (at++; at < source.Length; at++)
            {
                if (source[at] == '"')
                {
                    if (!verbatim || at + 1 >= source.Length || source[at + 1] != '"') break;
                    at++;
                }
                else if (source[at] == '\\' && !verbatim && at + 1 < source.Length)
                {
                    at += Unescape(source, at + 1, text);
                    continue;
                }

                text.Append(source[at]);
            }

            value = text.ToString();
            at++;
        }

        if (!interpolated) tokens.Add(new Token(TokenKind.Text, value));
        return at;
    }

    // How many characters the escape takes behind its backslash
    private static int Unescape(string source, int at, StringBuilder text)
    {
        int digits = source[at] switch { 'u' => 4, 'U' => 8, _ => 0 };
        if (digits > 0 && at + digits < source.Length
            && int.TryParse(source.AsSpan(at + 1, digits), System.Globalization.NumberStyles.HexNumber, System.Globalization.CultureInfo.InvariantCulture, out int code)
            && Rune.IsValid(code))
        {
            text.Append(new Rune(code).ToString());
            return digits + 1;
        }

        text.Append(source[at] switch { 'n' => '\n', 't' => '\t', 'r' => '\r', '0' => '\0', _ => source[at] });
        return 1;
    }
}
