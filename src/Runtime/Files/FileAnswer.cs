using System.Buffers;

namespace Prebake.Files;

/// <summary>A part of a file, and the bytes that go in front of it.</summary>
internal readonly record struct FilePart(byte[] Lead, long Offset, long Length);

/// <summary>What a request for a file is answered with: decided, opened and, where it is short, read by the thread pool.</summary>
internal sealed class FileAnswer : IDisposable
{
    private byte[]? _content;

    public required int Status { get; init; }

    /// <summary>Null when there is nothing to describe.</summary>
    public string? ContentType { get; init; }

    /// <summary>Field lines, each ended by CRLF.</summary>
    public string Fields { get; init; } = "";

    /// <summary>The handler's fields, where the answer is the file and not a refusal.</summary>
    public Headers? Own { get; set; }

    /// <summary>Of the body, whether it is sent or not.</summary>
    public long Length { get; init; }

    /// <summary>Whether the head has a length: not where there can be no body (RFC 9110 section 8.6).</summary>
    public bool SaysLength => Status is not (204 or 304);

    /// <summary>What the body consists of; none where there is no body.</summary>
    public IReadOnlyList<FilePart> Parts { get; init; } = [];

    /// <summary>The file, unless there is no body or it is in <see cref="Content"/>.</summary>
    public OpenFile? File { get; set; }

    /// <summary>A short body as it will be sent.</summary>
    public ReadOnlySpan<byte> Content => _content.AsSpan(0, _content is null ? 0 : (int)Length);

    /// <summary>Reads a short body. False when the file has become shorter than it was when it was opened; or, without <paramref name="wait"/>, is not in memory.</summary>
    public bool TryRead(bool wait)
    {
        byte[] content = ArrayPool<byte>.Shared.Rent((int)Math.Max(Length, 1));
        int filled = 0;
        foreach (FilePart part in Parts)
        {
            part.Lead.CopyTo(content, filled);
            filled += part.Lead.Length;
            for (long left = part.Length, at = part.Offset; left > 0;)
            {
                Span<byte> to = content.AsSpan(filled, (int)left);
                int read = wait ? RandomAccess.Read(File!.Handle, to, at) : File!.ReadCached(to, at);
                if (read <= 0)
                {
                    ArrayPool<byte>.Shared.Return(content);
                    return false;
                }

                filled += read;
                left -= read;
                at += read;
            }
        }

        _content = content;
        File?.Dispose();
        File = null;
        return true;
    }

    public void Dispose()
    {
        File?.Dispose();
        File = null;
        if (_content is { } content) ArrayPool<byte>.Shared.Return(content);
        _content = null;
    }
}
