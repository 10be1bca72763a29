using System.Buffers.Text;
using System.Text;
using System.Text.Unicode;
using Prebake.Grammar;
using Prebake.Routing;
using Prebake.Serving;
using Prebake.Transports;

namespace Prebake.Http1;

/// <summary>
/// Writes answers as HTTP/1.1. Fields come in this order: content type, date, length, the route's, the user's,
/// connection. Whoever calls
/// has decided on everything; here is only how it looks.
/// </summary>
internal static class ResponseWriter
{
    // A head without the user's fields, with room to spare
    private const int HeadRoom = 512;

    // What the connection adds to a head: "Connection: keep-alive" and the longest line of [Hsts] have 101 bytes
    private const int FieldRoom = 128;

    // 128 random bits in hexadecimal
    private const int BoundaryLength = 32;

    // RFC 6838 section 4.2: two names of 127 characters; what is longer does not count on that room
    private const int LongType = 255;

    private static ReadOnlySpan<byte> PlainText200 => "HTTP/1.1 200 OK\r\nContent-Type: text/plain;charset=utf-8\r\nDate: "u8;

    /// <summary>A finished response: one copy, and the date over its hole.</summary>
    public static void WriteStatic(OutputBuffer output, in StaticBlock block, bool headOnly, ConnectionField connection, DateLine date)
    {
        int length = headOnly ? block.HeadLength : block.Response.Length;

        if (connection is ConnectionField.None && length <= OutputBuffer.ReferenceThreshold && block.FarBody.IsEmpty)
        {
            Span<byte> to = output.GetSpan(length);
            block.Response[..length].CopyTo(to);
            if (block.DateOffset >= 0) date.Bytes.CopyTo(to[block.DateOffset..]);       // −1: the route's own date stays
            output.Advance(length);
            return;
        }

        WriteFinishedHead(output, block.Head, block.DateOffset, connection, date);
        if (!headOnly) output.WriteFixed(block.Body, block.Owner);
    }

    /// <summary>
    /// A head that was finished at build time: date into its hole, connection field before the empty line.
    /// </summary>
    public static void WriteFinishedHead(OutputBuffer output, ReadOnlySpan<byte> head, int dateOffset, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(head.Length + FieldRoom);
        head.CopyTo(to);
        if (dateOffset >= 0) date.Bytes.CopyTo(to[dateOffset..]);

        int length = head.Length - 2;
        length += PutField(to[length..], connection, date);
        length += Put(to[length..], "\r\n"u8);
        output.Advance(length);
    }

    /// <summary>
    /// 206 with one part of a finished 200: its head with another status and length, and where the part belongs (RFC
    /// 9110 section 15.3.7.1).
    /// </summary>
    public static void WritePart(OutputBuffer output, in StaticBlock block, ByteSpanRange part, ConnectionField connection, DateLine date)
    {
        ReadOnlySpan<byte> fields = PutPartialStatus(output, block, date);
        output.Write(fields);
        WriteContentRange(output, part, block.Body.Length);
        WriteEnd(output, part.Length, connection, date);
        output.WriteFixed(block.Body.Slice((int)part.First, (int)part.Length), block.Owner);
    }

    /// <summary>206 with several parts, each behind its own small head (RFC 9110 section 15.3.7.2).</summary>
    public static void WriteParts(
        OutputBuffer output, in StaticBlock block, ReadOnlySpan<ByteSpanRange> parts, ConnectionField connection, DateLine date)
    {
        // 128 random bits: in no body but by a chance that nobody has
        Span<byte> boundary = stackalloc byte[BoundaryLength];
        Span<byte> random = stackalloc byte[16];
        Random.Shared.NextBytes(random);
        Convert.TryToHexStringLower(random, boundary, out _);

        ReadOnlySpan<byte> fields = PutPartialStatus(output, block, date);
        ReadOnlySpan<byte> type = TypeIn(fields);
        fields = fields[type.Length..];

        output.Write("Content-Type: multipart/byteranges; boundary="u8);
        output.Write(boundary);
        output.Write("\r\n"u8);
        output.Write(fields);

        WriteEnd(output, PartsLength(type.Length, block.Body.Length, parts), connection, date);

        foreach (ByteSpanRange part in parts)
        {
            output.Write("--"u8);
            output.Write(boundary);
            output.Write("\r\n"u8);
            output.Write(type);
            WriteContentRange(output, part, block.Body.Length);
            output.Write("\r\n"u8);
            output.WriteFixed(block.Body.Slice((int)part.First, (int)part.Length), block.Owner);
            output.Write("\r\n"u8);
        }

        output.Write("--"u8);
        output.Write(boundary);
        output.Write("--\r\n"u8);
    }

    /// <summary>How long a body of several parts is.</summary>
    public static long PartsLength(in StaticBlock block, ReadOnlySpan<ByteSpanRange> parts) =>
        PartsLength(TypeIn(block.Fields).Length, block.Body.Length, parts);

    private static long PartsLength(int typeLength, long whole, ReadOnlySpan<ByteSpanRange> parts)
    {
        long length = "--"u8.Length + BoundaryLength + "--\r\n"u8.Length;
        foreach (ByteSpanRange part in parts)
            length += "--\r\n\r\n\r\n"u8.Length + BoundaryLength + typeLength + ContentRangeLength(part, whole) + part.Length;
        return length;
    }

    // The line that says the type, which comes first; empty without one
    private static ReadOnlySpan<byte> TypeIn(ReadOnlySpan<byte> fields) =>
        fields.StartsWith("Content-Type: "u8) ? fields[..(fields.IndexOf((byte)'\n') + 1)] : default;

    /// <summary>416: none of the parts that were asked for is there (RFC 9110 section 15.5.17).</summary>
    public static void WriteUnsatisfiable(OutputBuffer output, long length, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(HeadRoom);
        int used = StatusLine.Write(416, to);
        used += Put(to[used..], "Content-Range: bytes */"u8);
        Utf8Formatter.TryFormat(length, to[used..], out int digits);
        used += digits;
        used += Put(to[used..], "\r\nDate: "u8);
        used += Put(to[used..], date.Bytes);
        used += Put(to[used..], "\r\n"u8);
        output.Advance(used);
        WriteEnd(output, 0, connection, date);
    }

    /// <summary>200 with text: what most handlers return, so without a detour.</summary>
    public static void WritePlainText(OutputBuffer output, string text, bool omitsBody, ConnectionField connection, DateLine date)
    {
        if (text.Length > OutputBuffer.ReferenceThreshold / 3)
        {
            WriteText(output, text, new ResponseHead { Status = 200, ContentType = ContentTypes.TextBytes, OmitsBody = omitsBody }, connection, date);
            return;
        }

        int count = Encoding.UTF8.GetByteCount(text);
        Span<byte> to = output.GetSpan(HeadRoom + count);
        int used = PutPlainTextHead(to, count, connection, date);

        if (!omitsBody) used += Encoding.UTF8.GetBytes(text, to[used..]);
        output.Advance(used);
    }

    /// <summary>200 with UTF-8 text.</summary>
    public static void WritePlainText(OutputBuffer output, ReadOnlySpan<byte> text, bool omitsBody, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(HeadRoom);
        output.Advance(PutPlainTextHead(to, text.Length, connection, date));
        if (!omitsBody) output.Write(text);
    }

    /// <summary>Any status, any type, a body that is copied.</summary>
    public static void WriteBytes(OutputBuffer output, ReadOnlySpan<byte> body, in ResponseHead head, ConnectionField connection, DateLine date)
    {
        WriteHead(output, head, BodyLength.Of(body.Length, head.Status), isChunked: false, connection, date);
        if (!head.OmitsBody) output.Write(body);
    }

    /// <summary>The same with a body that is sent from where it lies, if it is large.</summary>
    public static void WriteMemory(OutputBuffer output, ReadOnlyMemory<byte> body, in ResponseHead head, ConnectionField connection, DateLine date)
    {
        WriteHead(output, head, BodyLength.Of(body.Length, head.Status), isChunked: false, connection, date);
        if (!head.OmitsBody) output.WriteReference(body);
    }

    /// <summary>Status line to empty line.</summary>
    public static void WriteHead(OutputBuffer output, in ResponseHead head, BodyLength length, bool isChunked, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(HeadRoom);
        int used = StatusLine.Write(head.Status, to);

        bool hasType = (head.Fields?.Contains("Content-Type") ?? false) || head.RouteFields.IndexOf("Content-Type: "u8) >= 0;
        if (!head.ContentType.IsEmpty && !hasType && length.End is not BodyEnd.None)
        {
            used += Put(to[used..], "Content-Type: "u8);
            if (head.ContentType.Length <= LongType) used += Put(to[used..], head.ContentType);
            else
            {
                output.Advance(used);
                output.Write(head.ContentType);
                to = output.GetSpan(HeadRoom);
                used = 0;
            }

            used += Put(to[used..], "\r\n"u8);
        }

        if (head.Fields is null || !head.Fields.Contains("Date"))
        {
            used += Put(to[used..], "Date: "u8);
            used += Put(to[used..], date.Bytes);
            used += Put(to[used..], "\r\n"u8);
        }

        if (length.End is BodyEnd.Counted) used += PutLength(to[used..], length.Bytes);
        else if (isChunked) used += Put(to[used..], "Transfer-Encoding: chunked\r\n"u8);

        output.Advance(used);
        output.Write(head.RouteFields);
        if (head.Extra is not null) WriteLatin1(output, head.Extra);
        if (head.Fields is not null) WriteFields(output, head.Fields, (connection & ConnectionField.Future) != 0);
        if (head.Cookies is not null) foreach (Cookie cookie in head.Cookies) WriteField(output, "Set-Cookie", cookie.ToString());
        WriteEnd(output, connection, date);
    }

    /// <summary>405 or the answer to OPTIONS: no body, the methods that there are.</summary>
    public static void WriteAllow(
        OutputBuffer output, int status, ReadOnlySpan<byte> allow, ReadOnlySpan<byte> fields, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(HeadRoom + allow.Length);
        int used = StatusLine.Write(status, to);
        used += Put(to[used..], "Allow: "u8);
        used += Put(to[used..], allow);
        used += Put(to[used..], "\r\nDate: "u8);
        used += Put(to[used..], date.Bytes);
        used += Put(to[used..], status == 204 ? "\r\n"u8 : "\r\nContent-Length: 0\r\n"u8);
        output.Advance(used);
        output.Write(fields);
        WriteEnd(output, connection, date);
    }

    /// <summary>One chunk (RFC 9112 section 7.1). Empty data would end the body, so it writes nothing.</summary>
    public static void WriteChunk(OutputBuffer output, ReadOnlySpan<byte> data)
    {
        if (data.IsEmpty) return;

        Span<byte> to = output.GetSpan(16);
        Utf8Formatter.TryFormat(data.Length, to, out int digits, 'x');
        "\r\n"u8.CopyTo(to[digits..]);
        output.Advance(digits + 2);

        output.Write(data);
        output.Write("\r\n"u8);
    }

    /// <summary>The chunk that ends the body, and the fields behind it (RFC 9112 section 7.1.2).</summary>
    public static void WriteLastChunk(OutputBuffer output, Headers? trailers, Headers? moreTrailers)
    {
        output.Write("0\r\n"u8);
        if (trailers is not null) WriteFields(output, trailers, connectionIsOurs: false);
        if (moreTrailers is not null) WriteFields(output, moreTrailers, connectionIsOurs: false);
        output.Write("\r\n"u8);
    }

    /// <summary>Text with any head.</summary>
    public static void WriteText(OutputBuffer output, string text, in ResponseHead head, ConnectionField connection, DateLine date)
    {
        WriteHead(output, head, BodyLength.Of(Encoding.UTF8.GetByteCount(text), head.Status), isChunked: false, connection, date);
        if (head.OmitsBody) return;

        ReadOnlySpan<char> rest = text;
        while (!rest.IsEmpty)
        {
            // Flush must not fall between the halves of a surrogate pair: FromUtf16 stops in front of one that does not
            // fit.
            Span<byte> to = output.GetSpan(8 << 10);
            Utf8.FromUtf16(rest, to, out int read, out int written, replaceInvalidSequences: true, isFinalBlock: true);
            output.Advance(written);
            rest = rest[read..];
        }
    }

    private static void WriteFields(OutputBuffer output, Headers fields, bool connectionIsOurs)
    {
        foreach ((string name, string value) in fields)
        {
            // Ours says what will really happen
            if (connectionIsOurs && name.Equals("Connection", StringComparison.OrdinalIgnoreCase)) continue;
            WriteField(output, name, value);
        }
    }

    private static void WriteField(OutputBuffer output, string name, string value)
    {
        WriteLatin1(output, name);
        output.Write(": "u8);
        WriteLatin1(output, value);
        output.Write("\r\n"u8);
    }

    private static void WriteLatin1(OutputBuffer output, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            Span<byte> to = output.GetSpan(256);
            int part = Math.Min(text.Length, to.Length);
            Encoding.Latin1.GetBytes(text[..part], to);
            output.Advance(part);
            text = text[part..];
        }
    }

    private static int PutPlainTextHead(Span<byte> to, int bodyLength, ConnectionField connection, DateLine date)
    {
        int used = Put(to, PlainText200);
        used += Put(to[used..], date.Bytes);
        used += Put(to[used..], "\r\n"u8);
        used += PutLength(to[used..], bodyLength);
        used += PutField(to[used..], connection, date);
        used += Put(to[used..], "\r\n"u8);
        return used;
    }

    // The status line of a 206; gives the fields of the 200 with today's date in them
    private static ReadOnlySpan<byte> PutPartialStatus(OutputBuffer output, scoped in StaticBlock block, DateLine date)
    {
        output.Advance(StatusLine.Write(206, output.GetSpan(HeadRoom)));
        if (block.DateOffset < 0) return block.Fields;

        // Through a copy, as the part before the date and the part behind it are written as one
        byte[] fields = block.Fields.ToArray();
        date.Bytes.CopyTo(fields.AsSpan(block.DateOffset - StaticLayout.OkLineLength));
        return fields;
    }

    private static void WriteContentRange(OutputBuffer output, ByteSpanRange part, long length)
    {
        Span<byte> to = output.GetSpan(96);                     // three numbers of 19 digits and the words
        int used = Put(to, "Content-Range: bytes "u8);
        used += PutNumber(to[used..], part.First);
        to[used++] = (byte)'-';
        used += PutNumber(to[used..], part.Last);
        to[used++] = (byte)'/';
        used += PutNumber(to[used..], length);
        used += Put(to[used..], "\r\n"u8);
        output.Advance(used);
    }

    private static int ContentRangeLength(ByteSpanRange part, long length)
    {
        Span<byte> digits = stackalloc byte[20];
        return "Content-Range: bytes -/\r\n"u8.Length + PutNumber(digits, part.First) + PutNumber(digits, part.Last) + PutNumber(digits, length);
    }

    // Length, connection, empty line
    private static void WriteEnd(OutputBuffer output, long length, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(128 + FieldRoom);
        int used = PutLength(to, length);
        used += PutField(to[used..], connection, date);
        used += Put(to[used..], "\r\n"u8);
        output.Advance(used);
    }

    private static int PutNumber(Span<byte> to, long number)
    {
        Utf8Formatter.TryFormat(number, to, out int digits);
        return digits;
    }

    private static int PutLength(Span<byte> to, long length)
    {
        int used = Put(to, "Content-Length: "u8);
        Utf8Formatter.TryFormat(length, to[used..], out int digits);
        used += digits;
        return used + Put(to[used..], "\r\n"u8);
    }

    private static int Put(Span<byte> to, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(to);
        return bytes.Length;
    }

    // What the connection adds, and the end of the head
    private static void WriteEnd(OutputBuffer output, ConnectionField connection, DateLine date)
    {
        Span<byte> to = output.GetSpan(FieldRoom);
        int used = PutField(to, connection, date);
        used += Put(to[used..], "\r\n"u8);
        output.Advance(used);
    }

    private static int PutField(Span<byte> to, ConnectionField connection, DateLine date)
    {
        if (connection is ConnectionField.None) return 0;

        int used = 0;
        if ((connection & ConnectionField.StrictTransport) != 0) used = Put(to, date.StrictTransport);
        return used + Put(to[used..], (connection & ConnectionField.Future) switch
        {
            ConnectionField.Close => "Connection: close\r\n"u8,
            ConnectionField.KeepAlive => "Connection: keep-alive\r\n"u8,
            ConnectionField.Upgrade => "Connection: Upgrade\r\n"u8,
            _ => default,
        });
    }
}
