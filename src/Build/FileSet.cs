using Prebake.Shared;

namespace Prebake.Build;

/// <summary>A file that goes into the binary.</summary>
/// <param name="Request">The attribute that asked for it.</param>
/// <param name="Relative">Below the folder, with <c>/</c>; empty for a single file.</param>
/// <param name="FullPath">Where it is now.</param>
internal sealed record SourceFile(FileRequest Request, string Relative, string FullPath)
{
    /// <summary>As the user knows it.</summary>
    public string Name => Relative.Length == 0 ? Request.Name : Request.Name.TrimEnd('/') + "/" + Relative;
}

/// <summary>The project as far as its files are concerned.</summary>
/// <param name="Folder">What names are relative to.</param>
/// <param name="Outputs">Folders that builds write to; what is in them is never baked as a part of another
/// folder.</param>
/// <param name="Sources">What is compiled; a source is never baked as a part of a folder.</param>
internal sealed record ProjectFiles(string Folder, IReadOnlyCollection<string> Outputs, IReadOnlySet<string> Sources)
{
    public static readonly StringComparison NameComparison =
        OperatingSystem.IsLinux() ? StringComparison.Ordinal : StringComparison.OrdinalIgnoreCase;
}

/// <summary>From the names in attributes to files.</summary>
internal sealed class FileSet(ProjectFiles project)
{
    private readonly string _project = RealPath(project.Folder);
    private readonly string[] _outputs = project.Outputs.Where(output => output.Length > 0)
        .Select(output => RealPath(Path.Combine(project.Folder, output))).Distinct().ToArray();

    /// <summary>Files of folders that were left out since their names say that they are secret.</summary>
    public List<string> Secrets { get; } = [];

    /// <summary>In an order that does not depend on the file system. What is not there is left out: the generator says so, at the attribute.</summary>
    /// <exception cref="BakeException">A folder or what is in it cannot be baked.</exception>
    public List<SourceFile> Find(IEnumerable<FileRequest> requests)
    {
        var files = new List<SourceFile>();
        foreach (FileRequest request in requests.Distinct().OrderBy(request => request.IsFolder).ThenBy(request => request.Name, StringComparer.Ordinal))
        {
            if (request.Name.Length == 0 || request.Name.Contains('\0')) continue;

            string path = Path.GetFullPath(Path.Combine(project.Folder, request.Name));
            if (request.IsFolder) files.AddRange(FilesIn(request, path).OrderBy(file => file.Relative, StringComparer.Ordinal));
            else if (File.Exists(path)) files.Add(new SourceFile(request, "", path));
        }

        return files;
    }

    private List<SourceFile> FilesIn(FileRequest request, string folder)
    {
        var files = new List<SourceFile>();
        if (!Directory.Exists(folder)) return files;

        string real = RealPath(folder);
        if (IsAtOrBelow(_project, real))
        {
            throw new BakeException(request,
                $"The folder '{request.Name}' holds the project itself, with its sources and what is built from them; "
                + "move the files that are to be served into a folder of their own, such as 'public', and name that");
        }

        if (_outputs.Any(output => Same(output, real)))
        {
            throw new BakeException(request,
                $"The folder '{request.Name}' is one that the build writes to, so each build would put the last one "
                + "into the binary; name a folder of its own, or build to another place");
        }

        Walk(request, folder, "", [real], files);
        return files;
    }

    /// <summary>Adds the files of a folder and of the folders below.</summary>
    /// <param name="request">What was asked for.</param>
    /// <param name="folder">Where it is.</param>
    /// <param name="prefix">Its path below the folder that was asked for, with a slash at the end.</param>
    /// <param name="above">The real paths of the folders that lead here, this one included.</param>
    /// <param name="files">What was found.</param>
    private void Walk(FileRequest request, string folder, string prefix, List<string> above, List<SourceFile> files)
    {
        foreach (FileSystemInfo entry in EntriesOf(request, folder, prefix))
        {
            string relative = prefix + entry.Name;
            if (FolderRule.IsSecret(entry.Name)) Secrets.Add(request.Name.TrimEnd('/') + "/" + relative);
            if (!FolderRule.Serves(relative, request.DotFiles)) continue;

            FileSystemInfo target = TargetOf(request, entry, relative);
            if (target is DirectoryInfo)
            {
                string real = RealPath(target.FullName);
                if (IsOutput(real, folder, entry.Name)) continue;
                if (above.Contains(real, StringComparer.Ordinal) || IsAtOrBelow(_project, real))
                {
                    throw new BakeException(request,
                        $"The link '{request.Name}/{relative}' leads to a folder that holds it or the project; "
                        + "remove it, or serve another folder");
                }

                above.Add(real);
                Walk(request, entry.FullName, relative + "/", above, files);
                above.RemoveAt(above.Count - 1);
            }
            else if (!project.Sources.Contains(entry.FullName) && !project.Sources.Contains(target.FullName))
            {
                files.Add(new SourceFile(request, relative, entry.FullName));
            }
        }
    }

    private static FileSystemInfo[] EntriesOf(FileRequest request, string folder, string prefix)
    {
        try
        {
            var all = new EnumerationOptions { AttributesToSkip = 0, IgnoreInaccessible = false };
            return new DirectoryInfo(folder).GetFileSystemInfos("*", all);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            string name = (request.Name + "/" + prefix).TrimEnd('/');
            throw new BakeException(request, $"The folder '{name}' cannot be read: {e.Message}", e);
        }
    }

    private static FileSystemInfo TargetOf(FileRequest request, FileSystemInfo entry, string relative)
    {
        if (entry.LinkTarget is null) return entry;

        string name = $"'{request.Name.TrimEnd('/')}/{relative}'";
        try
        {
            if (entry.ResolveLinkTarget(returnFinalTarget: true) is { Exists: true } target) return target;
        }
        catch (IOException e)
        {
            // A link to itself, or to one that leads back
            throw new BakeException(request,
                $"The link {name} leads nowhere: {e.Message}; remove it or let it lead to a file", e);
        }

        throw new BakeException(request,
            $"The link {name} leads to '{entry.LinkTarget}', which does not exist; remove it or let it lead to a file");
    }

    // Also those of another project that lies below: they are beside its project file
    private bool IsOutput(string real, string parent, string name) =>
        _outputs.Any(output => Same(output, real))
        || (name is "bin" or "obj" && Directory.EnumerateFiles(parent, "*.*proj").Any());

    private static bool Same(string one, string other) => string.Equals(one, other, ProjectFiles.NameComparison);

    private static bool IsAtOrBelow(string path, string folder)
    {
        string start = folder.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        return Same(path, folder) || path.StartsWith(start, ProjectFiles.NameComparison);
    }

    // Linux gives up at as many
    private const int MostLinks = 40;

    /// <summary>The path without links, as far as it exists.</summary>
    private static string RealPath(string path, int links = 0)
    {
        string full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (links == MostLinks || Path.GetDirectoryName(full) is not { } parent) return full;

        string real = Path.Combine(RealPath(parent, links), Path.GetFileName(full));
        try
        {
            var info = new DirectoryInfo(real);
            if (info.LinkTarget is null) return real;

            return info.ResolveLinkTarget(returnFinalTarget: true) is { } target ? RealPath(target.FullName, links + 1) : real;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return real;
        }
    }
}
