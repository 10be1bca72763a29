using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// The files below a folder on disk, read for each request. <c>/docs/</c> answers with its <c>index.html</c>, and
/// <c>/docs</c> is redirected there. There is no listing. No path and no symbolic link leads out of the folder. To put
/// a folder into the binary instead, use <see cref="StaticDirectoryAttribute"/>.
/// </summary>
/// <remarks>
/// Files and folders whose name begins with a dot are served only with <see cref="DotFiles"/>, except below
/// <c>.well-known</c> (RFC 8615). A file whose name says that it is secret is never served as a part of a folder:
/// <c>.git</c>, <c>.env</c>, <c>*.pem</c>, <c>*.key</c>, <c>*.pfx</c>, <c>*.p12</c>, <c>secrets.json</c>; if such a file
/// is public, name it with <see cref="FileAttribute"/>. A folder that is replaced while the server runs is found anew.
/// </remarks>
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

    /// <summary>Serves files whose name begins with a dot, too. Default false.</summary>
    public bool DotFiles { get; set; }
}
