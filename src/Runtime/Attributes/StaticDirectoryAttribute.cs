using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A folder in the binary: each file in it and below is a <see cref="StaticFileAttribute"/> under the prefix. <c>index.html</c> also answers for its
/// folder, <c>/docs/</c>, and <c>/docs</c> is redirected there with 301. There is no listing, and nothing outside the folder can be reached, since the
/// paths are those of the files that the build found.
/// </summary>
/// <remarks>
/// Hidden files (a leading dot) stay out, except below <c>.well-known</c>. A file whose name holds a hash of its contents, as bundlers write it
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
}
