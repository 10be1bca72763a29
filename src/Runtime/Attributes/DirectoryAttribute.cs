using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// The files below a folder on disk, read for each request. <c>/docs/</c> answers with its <c>index.html</c>, <c>/docs</c> is redirected there; there
/// is no listing. No path and no symbolic link leads out of the folder. To put a folder into the binary instead, use <see cref="StaticDirectoryAttribute"/>.
/// </summary>
/// <example><code>[Directory("/static", "./public")] partial class App;</code></example>
/// <param name="prefix">Where it is served; starts with <c>/</c>. <c>/static/{*path}</c> means the same as <c>/static</c>.</param>
/// <param name="folder">
/// The folder, relative to the working directory of the server. If it is missing, the server does not start.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DirectoryAttribute([StringSyntax("Route")] string prefix, string folder) : Attribute
{
    /// <summary>Where it is served.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>The folder as written.</summary>
    public string Folder { get; } = folder;

    /// <summary>
    /// A missing file is not answered 404: the routes after this one are tried, and <c>[Fetch]</c> last. Default false.
    /// </summary>
    public bool Fallthrough { get; set; }
}
