using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A folder in the binary: each file in it and below is a <see cref="StaticFileAttribute"/> under the prefix. <c>index.html</c> also answers for its
/// folder, <c>/docs/</c>, and <c>/docs</c> is redirected there with 301. There is no listing, and nothing outside the folder can be reached, since the
/// paths are those of the files that the build found.
/// </summary>
/// <remarks>
/// Files that begin with a dot, or are in a folder that does, are baked on request only (<see cref="DotFiles"/>),
/// except below <c>.well-known</c> (RFC 8615).
/// What its name calls a secret is not baked as a part of a folder at all: <c>.git</c>, <c>.env</c>, <c>*.pem</c>,
/// <c>*.key</c>, <c>*.pfx</c>, <c>*.p12</c>,
/// <c>secrets.json</c>; name such a file itself, with <see cref="StaticFileAttribute"/>, where it is public. Sources of
/// the project and what builds write
/// (<c>bin</c>, <c>obj</c>, the folder of a publish) are left out, and a folder that holds the project is an error. A
/// file whose name holds a hash of its contents, as bundlers write it
/// (<c>app.3f2a9c1b.js</c>, <c>index-BxYz12Ab.js</c>), gets <c>Cache-Control: public, max-age=31536000, immutable</c> unless the class has a
/// <c>[CacheControl]</c>.
/// </remarks>
/// <param name="prefix">Where it is served, starting with <c>/</c>, below the class's prefix.</param>
/// <param name="folder">
/// The folder, relative to the project's. A string literal: the build reads it before there is a compilation.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class StaticDirectoryAttribute([StringSyntax("Route")] string prefix, string folder) : Attribute
{
    /// <summary>Where it is served.</summary>
    public string Prefix { get; } = prefix;

    /// <summary>The folder, relative to the project's.</summary>
    public string Folder { get; } = folder;

    /// <summary>Files that begin with a dot are baked, too. Default false.</summary>
    public bool DotFiles { get; set; }
}
