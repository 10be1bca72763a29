namespace Prebake.Tls;

/// <summary>Files of TLS are read whole, and a message says which one is missing, and what it was to be.</summary>
internal static class TlsFile
{
    /// <summary>A file has as much at most: chains are a few kilobytes, lists of authorities some hundred.</summary>
    private const int MostBytes = 16 << 20;

    public static string Quote(string path) => $"\"{path}\"";

    /// <param name="path">Relative to the current directory of the process.</param>
    /// <param name="what">What it is to have, in the words of the message: <c>certificate</c>.</param>
    public static string ReadText(string path, string what) => Read(path, what, File.ReadAllText);

    public static byte[] ReadBytes(string path, string what) => Read(path, what, File.ReadAllBytes);

    private static T Read<T>(string path, string what, Func<string, T> read)
    {
        try
        {
            if (Directory.Exists(path))
                throw new IOException($"The path of the TLS {what} is a directory: {Quote(path)}. Give the file in "
                    + "it.");
            if (new FileInfo(path) is { Exists: true, Length: > MostBytes })
                throw new IOException($"The file of the TLS {what} has more than 16 MiB: {Quote(path)}. Is it the "
                    + "right one?");
            return read(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            string place = Path.IsPathFullyQualified(path) ? "" : $" in {Quote(Directory.GetCurrentDirectory())}";
            throw new FileNotFoundException(
                $"The file of the TLS {what} does not exist: {Quote(path)}{place}. Create it, or correct the "
                    + "path.", path, e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException(
                $"The file of the TLS {what} may not be read: {Quote(path)}. Let the user that runs the server read "
                    + "it.", e);
        }
    }
}
