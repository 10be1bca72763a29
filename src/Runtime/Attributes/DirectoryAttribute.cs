using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// The files below a folder on disk, read for each request. <c>/docs/</c> answers with its <c>index.html</c>,
/// <c>/docs</c> is redirected there; there
/// is no listing. No path and no symbolic link leads out of the folder. To put a folder into the binary instead, use <see cref="StaticDirectoryAttribute"/>.
/// </summary>
/// <remarks>
/// Files that begin with a dot, or are in a folder that does, are served on request only (<see cref="DotFiles"/>),
/// except below <c>.well-known</c> (RFC 8615).
/// What its name calls a secret is not served as a part of a folder at all: <c>.git</c>, <c>.env</c>, <c>*.pem</c>,
/// <c>*.key</c>, <c>*.pfx</c>, <c>*.p12</c>,
/// <c>secrets.json</c>; name such a file itself, with <see cref="FileAttribute"/>, where it is public. A folder that is
/// replaced while the server runs is found anew.
/// </remarks>
/// <example><code>[Directory("/static", "./public")] partial class App;</code></example>
/// <param name="prefix">Where it is served; starts with <c>/</c>. <c>/static/{*path}</c> means the same as <c>/static</c>.</param>
/// <param name="folder">Which folder, from the working directory of the server. If it is missing, the server does not start.</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class DirectoryAttribute([StringSyntax("Route")] string prefix, string folder) : Attribute
{
    /// <summary>Where it is served.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>Which folder.</summary>
    public string Folder { get; } = folder;

    /// <summary>
    /// What is missing is not answered 404: the routes behind this one are asked, and <c>[Fetch]</c> at last. Default
    /// false.
    /// </summary>
    public bool Fallthrough { get; set; }

    /// <summary>Files that begin with a dot are served, too. Default false.</summary>
    public bool DotFiles { get; set; }
}
