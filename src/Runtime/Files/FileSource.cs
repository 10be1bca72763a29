using Prebake.Http;

namespace Prebake.Files;

/// <summary>The file that a response is made of. Nothing is opened before the response is sent.</summary>
/// <param name="Path">A path, or for a served folder the path below it.</param>
/// <param name="ContentType">The media type, or null for that of the extension.</param>
/// <param name="Root">The folder that must not be left, or null.</param>
internal record FileSource(string Path, string? ContentType, FolderRoot? Root) : BodySource
{
    /// <summary>What the request is answered with, unless that could mean to wait for a disk: then null.</summary>
    /// <remarks>Virtual, so that an app that makes no such source carries none of the code behind it.</remarks>
    public virtual FileAnswer? TryPlan(RequestHead head, int status, Headers? own) => FilePlanner.TryPlan(head, this, status, own);

    /// <summary>The same, on the thread pool, with all the time that it takes.</summary>
    public virtual FileAnswer Plan(RequestHead head, int status, Headers? own) => FilePlanner.Plan(head, this, status, own);

    /// <summary>The part to send, whatever the client asks for: first byte, and the byte behind the last.</summary>
    public (long Start, long End)? Slice { get; init; }
}
