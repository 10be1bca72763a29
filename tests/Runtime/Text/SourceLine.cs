using System.Text.RegularExpressions;

namespace Prebake.Tests.Text;

/// <summary>A line of a source file, with the string literals and the comment in it.</summary>
internal sealed partial record SourceLine(string File, int Number, string Text)
{
    /// <summary>The texts between quotes.</summary>
    public IEnumerable<string> Literals => Text.TrimStart().StartsWith("//", StringComparison.Ordinal)
        ? []
        : Literal().Matches(Text).Select(match => match.Groups[1].Value);

    /// <summary>From the slashes to the end of the line, or empty.</summary>
    public string Comment => CommentOf().Match(Text).Value;

    /// <summary>It holds a sentence that somebody reads: of an exception, a log or a diagnostic.</summary>
    public bool IsMessage => !IsEmitter && Literals.Any(text => Sentence().IsMatch(text)) &&
        (Sayer().IsMatch(Text) || Continued().IsMatch(Text) || IsListOfMessages);

    // What an emitter holds is code
    private bool IsEmitter => File.StartsWith("Generators/Emit/", StringComparison.Ordinal);

    private bool IsListOfMessages => Path.GetFileName(File) is "Diagnostics.cs" or "Log.cs" or "Addresses.cs";

    /// <summary>All lines of <c>src</c>.</summary>
    public static IEnumerable<SourceLine> All()
    {
        string root = Path.Combine(Repository.Root, "src");
        foreach (string path in Directory.EnumerateFiles(root, "*.cs", SearchOption.AllDirectories).Order())
        {
            string file = Path.GetRelativePath(root, path).Replace('\\', '/');
            if (file.Contains("/obj/", StringComparison.Ordinal) || file.Contains("/bin/", StringComparison.Ordinal)) continue;

            string[] lines = System.IO.File.ReadAllLines(path);
            for (int i = 0; i < lines.Length; i++) yield return new SourceLine(file, i + 1, lines[i]);
        }
    }

    [GeneratedRegex("""
        \$?"((?:[^"\\]|\\.)*)"
        """)]
    private static partial Regex Literal();

    [GeneratedRegex("//.*$")]
    private static partial Regex CommentOf();

    // Three words, of which the second is in small letters
    [GeneratedRegex(@"[\w'}\]]+[,;:]? [a-z]+ [\w'{\[(]")]
    private static partial Regex Sentence();

    // What makes an exception, a diagnostic or a reason in one
    [GeneratedRegex(@"Exception\(|\b(?:Refuse|Fails?|Malformed|Bad|Contains)\(|\bDiagnostics\.\w|\breturn \$?""")]
    private static partial Regex Sayer();

    // A line that begins with a literal, or with the next piece of one
    [GeneratedRegex("""
        ^\s*(?:\+ )?\$?"
        """)]
    private static partial Regex Continued();
}
