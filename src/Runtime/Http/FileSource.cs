namespace Prebake.Http;

/// <summary>The file that a response is made of. Nothing is opened before the response is sent.</summary>
/// <param name="Path">A path, or for a served folder the path below it.</param>
/// <param name="ContentType">The media type, or null for that of the extension.</param>
/// <param name="Root">The folder that must not be left, or null.</param>
internal sealed record FileSource(string Path, string? ContentType, Files.FolderRoot? Root)
{
    /// <summary>The part to send, whatever the client asks for: first byte, and the byte behind the last.</summary>
    public (long Start, long End)? Slice { get; init; }
}
