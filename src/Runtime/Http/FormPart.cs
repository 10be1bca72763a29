using Prebake.Http;
using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Prebake.Http.Multipart;

namespace Prebake;

/// <summary>
/// One part of a multipart form while it arrives (RFC 7578). Read its body before you ask for the next part; what is
/// left of it then is skipped.
/// </summary>
/// <example><code>
/// [Post("/upload")]
/// async Task&lt;string> Upload(Request request)
/// {
///     await foreach (FormPart part in request.PartsAsync())
///     {
///         if (part.FileName is null) continue;
///         await using FileStream file = File.Create(Path.Combine("uploads", Path.GetRandomFileName()));
///         await part.CopyToAsync(file);
///     }
///
///     return "Thank you";
/// }
/// </code></example>
public sealed class FormPart
{
    private readonly PartBody _body;

    internal FormPart(Headers headers, PartBody body)
    {
        Headers = headers;
        _body = body;

        string disposition = headers["Content-Disposition"] ?? "";
        int semicolon = disposition.IndexOf(';');
        if (!disposition.AsSpan(0, semicolon < 0 ? disposition.Length : semicolon).Trim().Equals("form-data", StringComparison.OrdinalIgnoreCase))
            throw MultipartReader.Malformed("a part has no Content-Disposition of form-data");

        Name = DispositionField.Parameter(disposition, "name") ?? throw MultipartReader.Malformed("a part has no name");
        FileName = DispositionField.Parameter(disposition, "filename");
    }

    /// <summary>The name of the form's field.</summary>
    public string Name { get; }

    /// <summary>
    /// The name of the file as the client gave it, or null if the part is not a file. Never a path to write to: it may
    /// say <c>../../etc/passwd</c>.
    /// </summary>
    public string? FileName { get; }

    /// <summary>The media type as the client gave it, or null.</summary>
    public string? ContentType => Headers["Content-Type"];

    /// <summary>All headers of the part.</summary>
    public Headers Headers { get; }

    /// <summary>The content as it arrives.</summary>
    /// <remarks>Reading fails with <see cref="HttpException"/> when the body is too long (413), malformed (400) or late (408), and with <see cref="IOException"/> when the peer leaves.</remarks>
    public PipeReader Body => _body;

    /// <summary>Copies the content without holding more than a piece of it.</summary>
    /// <inheritdoc cref="Body" path="/remarks"/>
    public Task CopyToAsync(Stream destination, CancellationToken cancellationToken = default) => _body.CopyToAsync(destination, cancellationToken);

    /// <summary>The content as text: UTF-8 unless the part's content type says us-ascii, iso-8859-1 or utf-16.</summary>
    /// <inheritdoc cref="Body" path="/remarks"/>
    public async ValueTask<string> TextAsync(CancellationToken cancellationToken = default) =>
        BodyText.Decode((await ReadAsync(cancellationToken).ConfigureAwait(false)).WrittenSpan, Charset);

    private string? Charset =>
        ContentType is { } type ? ContentTypeField.Parameter(Encoding.Latin1.GetBytes(type), "charset") : null;

    /// <summary>The content as bytes, in an array of your own.</summary>
    /// <inheritdoc cref="Body" path="/remarks"/>
    public async ValueTask<byte[]> BytesAsync(CancellationToken cancellationToken = default) =>
        (await ReadAsync(cancellationToken).ConfigureAwait(false)).WrittenSpan.ToArray();

    /// <summary>For the reader of the parts.</summary>
    internal PartBody Content => _body;

    // Grows with what came, which the limit of the body bounds
    private async ValueTask<ArrayBufferWriter<byte>> ReadAsync(CancellationToken cancellationToken)
    {
        var content = new ArrayBufferWriter<byte>();
        while (true)
        {
            ReadResult result = await _body.ReadAsync(cancellationToken).ConfigureAwait(false);
            foreach (ReadOnlyMemory<byte> piece in result.Buffer) content.Write(piece.Span);
            _body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return content;
        }
    }
}
