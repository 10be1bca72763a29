using System.Globalization;

namespace Prebake.Development;

/// <summary>One line of a stack trace.</summary>
/// <param name="Method">With its types and parameters.</param>
/// <param name="File">The source file, where symbols say it.</param>
/// <param name="Line">From 1; 0 without a file.</param>
internal readonly record struct StackLine(string Method, string? File, int Line);

/// <summary>
/// The stack of an exception, taken from its text: frames as objects would need reflection, which a native binary has not. The text has one form, since
/// the framework's own messages are not translated.
/// </summary>
internal static class StackLines
{
    public static IReadOnlyList<StackLine> Of(Exception error) =>
        (error.StackTrace ?? "").Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).Select(Parse).ToList();

    // at App.User(Int32 id) in /src/App.cs:line 12
    private static StackLine Parse(string line)
    {
        string text = line.StartsWith("at ", StringComparison.Ordinal) ? line[3..] : line;
        int place = text.LastIndexOf(" in ", StringComparison.Ordinal), number = text.LastIndexOf(":line ", StringComparison.Ordinal);
        return place > 0 && number > place && int.TryParse(text.AsSpan(number + 6), NumberStyles.None, CultureInfo.InvariantCulture, out int at)
            ? new StackLine(text[..place], text[(place + 4)..number], at)
            : new StackLine(text, null, 0);
    }

    /// <summary>The lines around a place, or none when the file cannot be read: it may be that of another machine.</summary>
    public static IReadOnlyList<(int Number, string Text)> Excerpt(StackLine line, int around)
    {
        const long Largest = 4 << 20;                           // no source file that a person wrote
        try
        {
            if (line.File is null || !Path.IsPathFullyQualified(line.File) || !File.Exists(line.File) || new FileInfo(line.File).Length > Largest) return [];

            int first = Math.Max(1, line.Line - around);
            return File.ReadLines(line.File).Skip(first - 1).Take(line.Line + around - first + 1).Select((text, i) => (first + i, text)).ToList();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
