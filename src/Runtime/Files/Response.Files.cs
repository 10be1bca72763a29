using Prebake.Files;
using Prebake.Http;

namespace Prebake;

// The half of a response that is made of a file
public sealed partial class Response
{
    /// <summary>
    /// A file from disk, opened when it is sent: type by extension, length, <c>Last-Modified</c>, a strong entity tag;
    /// conditions, ranges (206, 416) and compressed files beside it (<c>.br</c>, <c>.zst</c>, <c>.gz</c>) are handled
    /// by the server. A missing file is answered 404, one that may not be read 403; folders, pipes and devices count as
    /// missing. Large ones are sent by the kernel on plain connections.
    /// </summary>
    /// <param name="path">From the working directory. Never build it from a request: <c>[Directory]</c> does that safely.</param>
    /// <param name="contentType">The media type, if the extension does not say it.</param>
    public static Response File(string path, string? contentType = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        string? type = contentType is null ? null : CheckedType(contentType);
        return new() { Source = new FileSource(path, type, null), BodyKind = ResponseBodyKind.File };
    }

    /// <summary>
    /// Sends only this part of the file, whatever the client asks for: 206, or 416 when the file ends before it.
    /// </summary>
    /// <param name="start">The first byte, from 0.</param>
    /// <param name="end">The byte after the last one; what lies after the end of the file is left out.</param>
    /// <exception cref="InvalidOperationException">The body is not a file.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number below 0, or an end before the start.</exception>
    public Response Slice(long start, long end)
    {
        if (FileSource is not { } file)
            throw new InvalidOperationException("Only a file has slices; write Response.File(path).Slice(start, end).");
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        return new() { Source = file with { Slice = (start, end) }, BodyKind = ResponseBodyKind.File, _status = _status, _headers = _headers };
    }

    /// <summary>A file below a folder that no path leaves.</summary>
    internal static Response FileBelow(FolderRoot root, string relative) =>
        new() { Source = new FileSource(relative, null, root), BodyKind = ResponseBodyKind.File };

    /// <summary>Of a response whose <see cref="BodyKind"/> is a file.</summary>
    internal FileSource? FileSource => (FileSource?)Source;
}
