using System.ComponentModel;

namespace Prebake.Routing;

/// <summary>
/// Development: the files of an app as they are on disk, so that an edit shows with the next request. Debug builds ask here first; a release build
/// does not contain it.
/// </summary>
/// <param name="folder">What names are relative to.</param>
/// <param name="files">In the order of their routes.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DiskFiles(string folder, params DiskFile[] files)
{
    private sealed record Content(DateTime Written, long Length, BakedResponse Response);

    private readonly Content?[] _contents = new Content?[files.Length];

    /// <summary>The response with what is on disk now; null when the file cannot be read, and what the build found is sent.</summary>
    public BakedResponse? Find(int index)
    {
        try
        {
            var info = new FileInfo(Path.Combine(folder, files[index].Name));
            if (!info.Exists) return null;

            Content? content = _contents[index];
            if (content is null || content.Written != info.LastWriteTimeUtc || content.Length != info.Length)
            {
                DiskFile file = files[index];
                byte[] bytes = File.ReadAllBytes(info.FullName);
                content = new Content(info.LastWriteTimeUtc, info.Length, BakedResponse.Lay(file.Name, bytes, 200, file.ContentType, true, file.Fields));
                _contents[index] = content;
            }

            return content.Response;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}

/// <summary>One of them.</summary>
/// <param name="name">From the project's folder.</param>
/// <param name="contentType">The media type.</param>
/// <param name="fields">The route's fields.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class DiskFile(string name, string contentType, params (string Name, string Value)[] fields)
{
    internal string Name { get; } = name;

    internal string ContentType { get; } = contentType;

    internal IReadOnlyList<(string Name, string Value)> Fields { get; } = fields;
}
