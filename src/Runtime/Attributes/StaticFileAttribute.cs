using System.Diagnostics.CodeAnalysis;

namespace Prebake;

/// <summary>
/// A file in the binary: read, hashed and compressed by the build, sent without a handler. It has a strong entity tag
/// for each coding, answers conditions, ranges and <c>Accept-Encoding</c>, and its content type is that of its
/// extension. A file that is not there is a build error. In development its contents come from disk, so that an edit
/// needs no build.
/// </summary>
/// <example><code>
/// [StaticFile("/favicon.ico", "favicon.ico")]
/// partial class App;
/// </code></example>
/// <param name="path">Where it is served, starting with <c>/</c>, below the class's prefix.</param>
/// <param name="file">
/// The file, relative to the project's folder. A string literal: the build reads it before there is a compilation.
/// </param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class StaticFileAttribute([StringSyntax("Route")] string path, string file) : Attribute
{
    /// <summary>Where it is served.</summary>
    public string Path { get; } = path;

    /// <summary>The file, relative to the project's folder.</summary>
    public string File { get; } = file;

    /// <summary>The media type, if the extension does not say it; without either it is <c>application/octet-stream</c>.</summary>
    public string? ContentType { get; set; }
}
