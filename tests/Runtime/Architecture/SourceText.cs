using System.Text.RegularExpressions;

namespace Prebake.Tests.Architecture;

/// <summary>A file of C# as far as names tell: which types it declares, which members, and which types of others it uses.</summary>
internal sealed partial class SourceText(string text)
{
    // Without comments and strings, which may name anything
    private readonly string _code = NotCode().Replace(text, "");

    public static SourceText Of(string path) => new(File.ReadAllText(path));

    /// <summary>The types that others can name.</summary>
    public IEnumerable<string> Types => Type().Matches(_code).Select(match => match.Groups[1].Value);

    /// <summary>Properties, fields, methods and members of enumerations: where one has the name of a type, the name alone says nothing.</summary>
    public IEnumerable<string> Members => Member().Matches(_code).Concat(EnumMember().Matches(_code)).Select(match => match.Value);

    /// <summary>Those of some types that the file uses: by any mention, or, where a member has the name, in a place where only a type can stand.</summary>
    public IEnumerable<string> NamesUsed(IEnumerable<string> types, IReadOnlySet<string> members)
    {
        HashSet<string> certain = InTypePlace().Matches(_code).Select(match => match.Value).ToHashSet();
        HashSet<string> mentioned = Mention().Matches(_code).Select(match => match.Value).ToHashSet();
        return types.Where(type => certain.Contains(type) || mentioned.Contains(type) && !members.Contains(type));
    }

    [GeneratedRegex(@"^(?:public|internal) [a-z ]*(?:class|struct|enum|interface|record) (\w+)", RegexOptions.Multiline)] private static partial Regex Type();

    [GeneratedRegex(@"(?<=[\w>\]?] )(?<!\b(?:new|return|is|as|case|not|or|and|await|throw|in|else|class|struct|record|enum|interface|out|ref|var|where) )[A-Z]\w+(?=\s*(?:\(|\{|=>|;|,|\)|=[^=]))")]
    private static partial Regex Member();

    [GeneratedRegex(@"(?<=[,{]\s*)[A-Z]\w+(?=\s*(?:[,}]|= -?\d))")] private static partial Regex EnumMember();

    // Before a name or a member's name, a type argument's end, a cast's end; behind new or a type's test
    [GeneratedRegex(@"(?<=\b(?:new|is|as) )[A-Z]\w+|(?<=\btypeof\()[A-Z]\w+|(?<![.\w])[A-Z]\w+(?=\??(?:\[\])? (?!(?:or|and|is|as|in|switch|with|when)\b)[A-Za-z_@]\w*\b)|(?<![.\w])[A-Z]\w+(?=\?[ >)]|>[^=]|\) ?[a-z_])")]
    private static partial Regex InTypePlace();

    [GeneratedRegex(@"(?<![.\w])[A-Z]\w+")] private static partial Regex Mention();

    [GeneratedRegex("""//[^\n]*|"(?:[^"\\\n]|\\.)*"|using [^;\n=]+;|namespace [^;\n]+;""")] private static partial Regex NotCode();
}
