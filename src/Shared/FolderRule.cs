using System;

namespace Prebake.Shared;

/// <summary>
/// What a folder gives away and what it does not, baked or from disk. A file that is left out here can still be named
/// itself, with <c>[File]</c> or
/// <c>[StaticFile]</c>.
/// </summary>
internal static class FolderRule
{
    private static readonly string[] s_secretEndings = [".pem", ".key", ".pfx", ".p12"];

    /// <summary>Whether a file is served as a part of its folder.</summary>
    /// <param name="relative">Its path below the folder, with <c>/</c>.</param>
    /// <param name="dotFiles">The folder was asked for its dot files.</param>
    public static bool Serves(string relative, bool dotFiles)
    {
        for (int start = 0; start < relative.Length;)
        {
            int end = relative.IndexOf('/', start);
            if (end < 0) end = relative.Length;
            if (IsSecret(relative, start, end) || (!dotFiles && IsDotName(relative, start, end))) return false;
            start = end + 1;
        }

        return true;
    }

    /// <summary>
    /// Whether a name says that its contents are for nobody else: it is served only where it is named itself.
    /// </summary>
    public static bool IsSecret(string name) => IsSecret(name, 0, name.Length);

    private static bool IsSecret(string path, int start, int end)
    {
        if (Is(path, start, end, ".git")) return true;
        if (Is(path, start, end, ".env")) return true;
        if (Is(path, start, end, "secrets.json")) return true;
        // .env.local, .env.production
        if (end - start > 5 && Is(path, start, start + 5, ".env.")) return true;

        foreach (string ending in s_secretEndings)
            if (end - start >= ending.Length && Is(path, end - ending.Length, end, ending)) return true;

        return false;
    }

    // .well-known is the one folder that begins with a dot and is meant to be seen (RFC 8615)
    private static bool IsDotName(string path, int start, int end) =>
        path[start] == '.' && !Is(path, start, end, ".well-known");

    // Without case, since .ENV is the same file where the disk says so
    private static bool Is(string path, int start, int end, string name) =>
        end - start == name.Length
        && string.Compare(path, start, name, 0, name.Length, StringComparison.OrdinalIgnoreCase) == 0;
}
