using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Prebake.Grammar;

namespace Prebake.Http.Multipart;

/// <summary>
/// Finds the parts of a multipart body while it arrives (RFC 2046 section 5.1, RFC 7578); nothing is held but the head of a part. What is malformed is 400.
/// </summary>
internal sealed class MultipartReader
{
    // A body with more parts, or a part with a longer head, is no form
    private const int MaxParts = 1_000, MaxHeadBytes = 16 << 10;

    private readonly PipeReader _body;
    private readonly byte[] _delimiter;         // CRLF, two dashes, boundary
    private bool _ended;
    private int _parts;

    public MultipartReader(PipeReader body, string boundary)
    {
        _body = body;
        _delimiter = Encoding.ASCII.GetBytes("\r\n--" + boundary);
    }

    /// <summary>The boundary of a content type that is multipart/form-data.</summary>
    /// <exception cref="HttpException">415: it is another. 400: its boundary is missing, or none that RFC 2046 allows.</exception>
    public static string BoundaryOf(ReadOnlySpan<byte> contentType)
    {
        if (!ContentTypeField.Is(contentType, "multipart/form-data"u8)) throw new HttpException(415, "This route takes multipart/form-data.");

        string boundary = ContentTypeField.Parameter(contentType, "boundary") ?? "";
        bool allowed = boundary.Length is > 0 and <= 70 && boundary[^1] != ' ' && boundary.All(static c => char.IsAsciiLetterOrDigit(c) || "'()+_,-./:=? ".Contains(c));
        return allowed ? boundary : throw new HttpException(400, "The content type has no boundary that RFC 2046 allows.");
    }

    /// <summary>The next part, or null behind the last. What has not been read of the one before is thrown away.</summary>
    public async ValueTask<FormPart?> NextAsync(PartBody? previous, CancellationToken cancellationToken)
    {
        if (_ended) return null;

        // What stands in front of the first delimiter is nobody's, too
        previous ??= new PartBody(_body, _delimiter);
        await previous.SkipAsync(cancellationToken).ConfigureAwait(false);

        _ended = previous.IsLast;
        if (_ended)
        {
            await SkipEpilogueAsync(cancellationToken).ConfigureAwait(false);
            return null;
        }

        if (++_parts > MaxParts) throw new HttpException(413, $"A form may have {MaxParts} parts.");

        Headers fields = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        return new FormPart(fields, new PartBody(_body, _delimiter));
    }

    private async ValueTask<Headers> ReadHeadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _body.ReadAsync(cancellationToken).ConfigureAwait(false);
            if (TryReadHead(result.Buffer, out Headers? fields, out SequencePosition end))
            {
                _body.AdvanceTo(end);
                return fields!;
            }

            if (result.Buffer.Length > MaxHeadBytes) throw Malformed("the head of a part is too long");
            _body.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (result.IsCompleted) throw Malformed("it ends in the head of a part");
        }
    }

    private static bool TryReadHead(ReadOnlySequence<byte> buffer, out Headers? fields, out SequencePosition end)
    {
        fields = null;
        var reader = new SequenceReader<byte>(buffer);
        var lines = new Headers();

        while (reader.TryReadTo(out ReadOnlySequence<byte> line, "\r\n"u8))
        {
            end = reader.Position;
            if (reader.Consumed > MaxHeadBytes) throw Malformed("the head of a part is too long");
            if (line.IsEmpty)
            {
                fields = lines;
                return true;
            }

            ReadOnlySpan<byte> bytes = line.IsSingleSegment ? line.FirstSpan : line.ToArray();
            int colon = bytes.IndexOf((byte)':');
            if (colon <= 0 || !Token.IsValid(bytes[..colon]) || FieldValue.IndexOfInvalid(bytes[(colon + 1)..]) >= 0) throw Malformed("a field of a part is no field");
            // Names of fields and files are UTF-8 here (RFC 7578 section 5.1); as Latin-1 they would be lost
            lines.AddReceived(Encoding.ASCII.GetString(bytes[..colon]), Encoding.UTF8.GetString(FieldValue.Trim(bytes[(colon + 1)..])));
        }

        end = buffer.Start;
        return false;
    }

    private async ValueTask SkipEpilogueAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            ReadResult result = await _body.ReadAsync(cancellationToken).ConfigureAwait(false);
            _body.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted) return;
        }
    }

    public static HttpException Malformed(string why) => new(400, $"The multipart body is malformed: {why}.");
}
