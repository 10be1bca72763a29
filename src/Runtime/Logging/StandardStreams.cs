using System.Text;

namespace Prebake.Logging;

/// <summary>
/// Lines to standard output and error, without <see cref="Console.Out"/>: that loads encodings and the terminal's description, which
/// cost a small binary more than they are worth. A closed stream is no reason to fail.
/// </summary>
internal static class StandardStreams
{
    public static void WriteLine(string text) => Write(Console.OpenStandardOutput(), text);

    public static void WriteErrorLine(string text) => Write(Console.OpenStandardError(), text);

    private static void Write(Stream stream, string text)
    {
        try
        {
            using (stream) stream.Write(Encoding.UTF8.GetBytes(text + "\n"));
        }
        catch (IOException)
        {
            // Nobody reads it
        }
    }
}
