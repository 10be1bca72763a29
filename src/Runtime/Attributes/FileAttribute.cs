using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A file from disk, read for each request: what <see cref="Response.File"/> answers, as a route of its own. To put a file into the binary instead, use
/// <see cref="StaticFileAttribute"/>.
/// </summary>
/// <example><code>[File("/download.zip", "./download.zip")] partial class App;</code></example>
/// <param name="path">Where it is served, without parameters; starts with <c>/</c>.</param>
/// <param name="file">The file, relative to the working directory of the server.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class FileAttribute([StringSyntax("Route")] string path, string file) : Attribute
{
    /// <summary>Where it is served.</summary>
    public string Path { get; } = path;

    /// <summary>The file as written.</summary>
    public string File { get; } = file;

    /// <summary>The media type, if the extension does not say it.</summary>
    public string? ContentType { get; set; }

    /// <summary>
    /// A missing file is not answered 404: the routes after this one are tried, and <c>[Fetch]</c> last. Default false.
    /// </summary>
    public bool Fallthrough { get; set; }
}
