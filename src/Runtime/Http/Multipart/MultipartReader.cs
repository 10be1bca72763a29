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
    // A body with more parts, or a part with a longer head, is not a form. Browsers send two fields in a head, .NET's
    // client up to four.
    private const int MaxParts = 1_000, MaxHeadBytes = 16 << 10, MaxHeadFields = 32;

    private readonly PipeReader _body;
    private readonly byte[] _delimiter;         // CRLF, two dashes, boundary
    private bool _ended;
    private int _parts;

    public MultipartReader(PipeReader body, string boundary)
    {
        _body = body;
        _delimiter = Encoding.ASCII.GetBytes("\r\n--" + boundary);
    }

    /// <summary>
    /// The boundary of a content type that is multipart/form-data. RFC 2046 allows it the characters that mail gateways
    /// of its day left alone; Android's examples write <c>*****</c>, and others <c>&amp;</c>, so any that can be seen
    /// will do.
    /// </summary>
    /// <exception cref="HttpException">415: it is another. 400: its boundary is missing, or cannot be one.</exception>
    public static string BoundaryOf(ReadOnlySpan<byte> contentType)
    {
        if (!ContentTypeField.Is(contentType, "multipart/form-data"u8))
            throw new HttpException(415, "This route takes multipart/form-data.");

        string boundary = ContentTypeField.Parameter(contentType, "boundary") ?? "";
        bool allowed = boundary.Length is > 0 and <= 70 && boundary[^1] != ' '
            && boundary.All(static c => c is >= ' ' and <= '~');
        return allowed
            ? boundary
            : throw new HttpException(400, "The content type has no valid boundary (RFC 2046 section 5.1.1).");
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

        if (++_parts > MaxParts)
            throw new HttpException(413, $"The form exceeds the server's limit of {MaxParts} parts.");

        Headers fields = await ReadHeadAsync(cancellationToken).ConfigureAwait(false);
        var content = new PartBody(_body, _delimiter);
        if (_parts == 1 && fields.Count == 0 && await IsNothingAsync(content, cancellationToken).ConfigureAwait(false))
            return await NextAsync(content, cancellationToken).ConfigureAwait(false);

        return new FormPart(fields, content);
    }

    // MIME has no message without parts, so .NET's client writes a form without fields as one that has neither head nor
    // content (dotnet/runtime#115997)
    private static async ValueTask<bool> IsNothingAsync(PartBody content, CancellationToken cancellationToken)
    {
        ReadResult result = await content.ReadAsync(cancellationToken).ConfigureAwait(false);
        bool isNothing = result.Buffer.IsEmpty && content.IsLast;
        content.AdvanceTo(result.Buffer.Start);
        return isNothing;
    }

    // Line by line, each consumed once it is complete, so that a head that trickles in is looked at once
    private async ValueTask<Headers> ReadHeadAsync(CancellationToken cancellationToken)
    {
        var head = new PartHead();
        while (true)
        {
            ReadResult result = await _body.ReadAsync(cancellationToken).ConfigureAwait(false);
            bool isComplete = head.Read(result.Buffer, out SequencePosition consumed);
            if (isComplete)
            {
                _body.AdvanceTo(consumed);
                return head.Fields;
            }

            _body.AdvanceTo(consumed, result.Buffer.End);
            if (result.IsCompleted) throw Malformed("it ends in the head of a part");
        }
    }

    /// <summary>The head of one part, as far as it has come.</summary>
    private struct PartHead()
    {
        private int _lines;
        private long _bytes;            // of the lines that have been taken
        private long _searched;         // of the line that has not ended yet
        private byte[]? _field;         // complete, unless the next line goes on with it

        public Headers Fields { get; } = new();

        /// <summary>Takes the lines that are complete; true when the empty line was among them.</summary>
        public bool Read(ReadOnlySequence<byte> buffer, out SequencePosition consumed)
        {
            while (true)
            {
                consumed = buffer.Start;
                var reader = new SequenceReader<byte>(buffer);
                reader.Advance(_searched);

                if (!reader.TryReadTo(out ReadOnlySequence<byte> _, "\r\n"u8))
                {
                    // A CR at the end may be half of the line's
                    _searched = Math.Max(0, buffer.Length - 1);
                    if (_bytes + buffer.Length > MaxHeadBytes) throw Malformed("the head of a part is too long");
                    return false;
                }

                _searched = 0;
                _bytes += reader.Consumed;
                if (_bytes > MaxHeadBytes) throw Malformed("the head of a part is too long");

                ReadOnlySequence<byte> line = buffer.Slice(0, reader.Consumed - 2);
                buffer = buffer.Slice(reader.Position);
                consumed = buffer.Start;
                if (line.IsEmpty)
                {
                    if (_field is not null) Add(_field);
                    return true;
                }

                Take(line.ToArray());
            }
        }

        // These are MIME's headers and not HTTP's: a long one may go on in the next line, which then begins with white
        // space (RFC 5322 section 2.2.3); the line break is not part of it
        private void Take(byte[] line)
        {
            if (++_lines > MaxHeadFields)
                throw Malformed($"the head of a part has more than {MaxHeadFields} headers");

            if (line[0] is (byte)' ' or (byte)'\t')
            {
                _field = [.. _field ?? throw Malformed("the head of a part begins with white space"), .. line];
                return;
            }

            if (_field is not null) Add(_field);
            _field = line;
        }

        private readonly void Add(ReadOnlySpan<byte> line)
        {
            int colon = line.IndexOf((byte)':');
            ReadOnlySpan<byte> name = colon < 0 ? default : line[..colon], value = line[(colon + 1)..];
            if (!Token.IsValid(name) || FieldValue.IndexOfInvalid(value) >= 0)
                throw Malformed("a line in the head of a part is not a valid header");

            // Names of fields and files are UTF-8 here (RFC 7578 section 5.1); as Latin-1 they would be lost
            Fields.AddReceived(Encoding.ASCII.GetString(name), Encoding.UTF8.GetString(FieldValue.Trim(value)));
        }
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
