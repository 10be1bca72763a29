using Prebake.Http;

namespace Prebake;

/// <summary>
/// A file of a submitted form, as a parameter of a handler. Up to 64 KiB are held in memory, what is larger in a temporary file, which
/// is gone when the request is over: save what you want to keep.
/// </summary>
/// <example><code>
/// partial class App
/// {
///     [Post("/avatar")] async Task&lt;string&gt; Upload(UploadedFile avatar)
///     {
///         await avatar.SaveAsync(Path.Combine("avatars", Path.GetRandomFileName()));
///         return $"{avatar.Length} bytes";
///     }
/// }
/// </code></example>
public sealed class UploadedFile
{
    private readonly SpooledContent _content;

    internal UploadedFile(FormPart part, SpooledContent content)
    {
        (Name, FileName, ContentType) = (part.Name, part.FileName ?? "", part.ContentType);
        _content = content;
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>The name of the file as the client gave it. Never a path to write to: it may say <c>../../etc/passwd</c>.</summary>
    public string FileName { get; }

    /// <summary>The media type as the client gave it, or null. Nobody has looked whether it is true.</summary>
    public string? ContentType { get; }

    /// <summary>How many bytes there are.</summary>
    public long Length => _content.Length;

    /// <summary>The content from its beginning. Several may be read side by side.</summary>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public Stream OpenRead() => _content.OpenRead();

    /// <summary>Writes the content to a file, which must not be there yet.</summary>
    /// <param name="path">A path of yours; never one that a client has named.</param>
    /// <param name="cancellationToken">Stops it.</param>
    /// <exception cref="IOException">The file is there already, or cannot be written.</exception>
    /// <exception cref="ObjectDisposedException">The request is over.</exception>
    public async Task SaveAsync(string path, CancellationToken cancellationToken = default)
    {
        await using Stream content = OpenRead();
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0, useAsync: true);
        await content.CopyToAsync(file, cancellationToken).ConfigureAwait(false);
    }
}
