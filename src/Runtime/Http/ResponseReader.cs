using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Prebake.Http;

/// <summary>Reads an answer that this server wrote back into a <see cref="Response"/>, for <c>FetchAsync</c>. Trusts its own hand.</summary>
internal static class ResponseReader
{
    public static Response Read(ReadOnlyMemory<byte> answer, bool isHead)
    {
        while (true)
        {
            int headEnd = answer.Span.IndexOf("\r\n\r\n"u8);
            if (headEnd < 0) throw new IOException("The connection was cut before a response arrived.");

            string[] lines = Encoding.Latin1.GetString(answer.Span[..headEnd]).Split("\r\n");
            int status = int.Parse(lines[0].AsSpan(9, 3), CultureInfo.InvariantCulture);
            answer = answer[(headEnd + 4)..];
            if (status < 200) continue;                 // 100 (Continue)

            var fields = new Headers();
            AddLines(lines.AsSpan(1), fields);
            fields.Remove("Connection");

            var trailers = new Headers(FieldsOf.Trailer);
            ReadOnlyMemory<byte> body = isHead ? default : fields.Contains("Transfer-Encoding") ? Unchunk(answer.Span, trailers) : answer;
            if (!isHead && fields["Content-Length"] is { } length && body.Length != long.Parse(length, CultureInfo.InvariantCulture))
                throw new IOException("The connection was cut in the middle of the response.");

            return Response.Received(status, fields, body, trailers);
        }
    }

    /// <summary>The fields of a head without its last empty line.</summary>
    public static Headers ReadHead(ReadOnlySpan<byte> head)
    {
        var fields = new Headers();
        AddLines(Encoding.Latin1.GetString(head).Split("\r\n").AsSpan(1), fields);
        return fields;
    }

    private static void AddLines(ReadOnlySpan<string> lines, Headers fields)
    {
        foreach (string line in lines)
        {
            int colon = line.IndexOf(':');
            fields.AddReceived(line[..colon], line[(colon + 1)..].Trim(' ', '\t'));
        }
    }

    private static byte[] Unchunk(ReadOnlySpan<byte> chunks, Headers trailers)
    {
        var body = new List<byte>();

        while (Utf8Parser.TryParse(chunks, out int size, out int digits, 'x') && chunks.Length >= digits + 4)
        {
            if (size == 0)
            {
                AddLines(Encoding.Latin1.GetString(chunks[3..]).Split("\r\n", StringSplitOptions.RemoveEmptyEntries), trailers);
                return [.. body];
            }

            body.AddRange(chunks.Slice(digits + 2, size));
            chunks = chunks[(digits + 2 + size + 2)..];
        }

        throw new IOException("The connection was cut in the middle of the response.");
    }
}
