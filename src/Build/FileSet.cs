namespace Prebake.Build;

/// <summary>A file that goes into the binary.</summary>
/// <param name="Request">The attribute that asked for it.</param>
/// <param name="Relative">Below the folder, with <c>/</c>; empty for a single file.</param>
/// <param name="FullPath">Where it is now.</param>
internal sealed record SourceFile(FileRequest Request, string Relative, string FullPath);

/// <summary>From the names in attributes to files.</summary>
internal static class FileSet
{
    /// <summary>In an order that does not depend on the file system. What is not there is left out: the generator says so, at the attribute.</summary>
    public static List<SourceFile> Find(string projectFolder, IEnumerable<FileRequest> requests)
    {
        var files = new List<SourceFile>();
        foreach (FileRequest request in requests.Distinct().OrderBy(request => request.IsFolder).ThenBy(request => request.Name, StringComparer.Ordinal))
        {
            if (request.Name.Length == 0 || request.Name.Contains('\0')) continue;

            string path = Path.GetFullPath(Path.Combine(projectFolder, request.Name));
            if (request.IsFolder) files.AddRange(FilesIn(request, path).OrderBy(file => file.Relative, StringComparer.Ordinal));
            else if (File.Exists(path)) files.Add(new SourceFile(request, "", path));
        }

        return files;
    }

    private static IEnumerable<SourceFile> FilesIn(FileRequest request, string folder)
    {
        if (!Directory.Exists(folder)) yield break;

        foreach (string path in Directory.EnumerateFiles(folder, "*", new EnumerationOptions { RecurseSubdirectories = true, AttributesToSkip = 0 }))
        {
            string relative = Path.GetRelativePath(folder, path).Replace(Path.DirectorySeparatorChar, '/');
            if (!IsHidden(relative)) yield return new SourceFile(request, relative, path);
        }
    }

    // .well-known is the one folder that begins with a dot and is meant to be seen (RFC 8615)
    private static bool IsHidden(string relative) => relative.Split('/').Any(part => part.StartsWith('.') && part != ".well-known");
}
