using System.Buffers.Binary;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

/// <summary>
/// Reads one request head in place (RFC 9112) and returns a verdict. Calls nobody, allocates nothing, and on
/// <see cref="ParseStatus.NeedMore"/> has consumed nothing. Whatever two servers in a chain might read differently is
/// refused, never guessed.
/// What single fields mean is in <c>RequestParser.Fields.cs</c>, targets in <c>RequestParser.Target.cs</c>.
/// </summary>
internal static partial class RequestParser
{
    // RFC 9112 section 2.2 asks for at least one empty line before a request line to be ignored
    private const int MaxLeadingLines = 4;

    // More than most requests have
    private const int FirstFieldRoom = 16;

    // Longer than any registered method
    private const int MaxMethodLength = 32;

    public static ParseStatus Parse(Http1RequestHead head, byte[] buffer, int offset, int length, in Http1Limits limits, out int consumed)
    {
        consumed = 0;
        ReadOnlySpan<byte> input = buffer.AsSpan(offset, length);

        int skipped = 0;
        ParseStatus verdict;
        if (input.IsEmpty || input[0] is (byte)'\r' or (byte)'\n')
        {
            verdict = SkipEmptyLines(input, ref skipped);
            if (verdict is not ParseStatus.Complete) return verdict;
        }

        // What lies beyond the limit is not looked at, so that the verdict is the same however the bytes arrive
        input = input[skipped..];
        bool isOverLimit = input.Length > limits.MaxHeadSize;
        if (isOverLimit) input = input[..limits.MaxHeadSize];

        head.Buffer = buffer;
        head.Offset = offset + skipped;

        int position = 0;
        verdict = ReadRequestLine(head, input, limits, ref position);
        if (verdict is ParseStatus.Complete) verdict = ReadFields(head, input, limits, ref position);
        if (verdict is ParseStatus.NeedMore) return isOverLimit ? ParseStatus.HeadTooLarge : ParseStatus.NeedMore;
        if (verdict is not ParseStatus.Complete) return verdict;

        head.Length = position;
        consumed = skipped + position;
        return ParseStatus.Complete;
    }

    private static ParseStatus SkipEmptyLines(ReadOnlySpan<byte> input, ref int at)
    {
        for (int lines = 0; ; lines++, at += 2)
        {
            if (at == input.Length) return ParseStatus.NeedMore;
            if (input[at] == '\n') return ParseStatus.BadLineEnd;
            if (input[at] != '\r') return ParseStatus.Complete;
            if (at + 1 == input.Length) return ParseStatus.NeedMore;
            if (input[at + 1] != '\n' || lines == MaxLeadingLines) return ParseStatus.BadLineEnd;
        }
    }

    // method SP request-target SP HTTP-version CRLF, with exactly one space each (section 3)
    private static ParseStatus ReadRequestLine(Http1RequestHead head, ReadOnlySpan<byte> input, in Http1Limits limits, ref int at)
    {
        int methodLength = input.StartsWith("GET "u8) ? 3 : Characters.TokenLength(input);
        if (methodLength == input.Length) return input.Length > MaxMethodLength ? ParseStatus.BadMethod : ParseStatus.NeedMore;
        if (methodLength == 0 || methodLength > MaxMethodLength) return ParseStatus.BadMethod;
        if (input[methodLength] != ' ') return input[methodLength] is (byte)'\r' or (byte)'\n' ? ParseStatus.BadRequestLine : ParseStatus.BadMethod;

        head.MethodName = new ByteRange(0, methodLength);
        head.Method = MethodOf(input[..methodLength]);

        int targetStart = methodLength + 1;
        ReadOnlySpan<byte> rest = input[targetStart..];
        int targetLength = RequestTarget.IndexOfInvalid(rest);
        if ((targetLength < 0 ? rest.Length : targetLength) > limits.MaxTargetSize) return ParseStatus.TargetTooLong;
        if (targetLength < 0) return ParseStatus.NeedMore;
        if (rest[targetLength] != ' ') return rest[targetLength] is (byte)'\r' or (byte)'\n' ? ParseStatus.BadRequestLine : ParseStatus.BadTarget;
        if (targetLength == 0) return ParseStatus.BadRequestLine;

        head.Target = new ByteRange(targetStart, targetLength);

        ParseStatus verdict = ReadVersion(head, rest[(targetLength + 1)..]);
        if (verdict is not ParseStatus.Complete) return verdict;

        at = targetStart + targetLength + 1 + "HTTP/1.1\r\n".Length;
        return ReadTarget(head, rest[..targetLength], targetStart, limits.IsSecure);
    }

    private static ParseStatus ReadVersion(Http1RequestHead head, ReadOnlySpan<byte> rest)
    {
        if (rest.Length >= 10 && rest[8] == '\r' && rest[9] == '\n')
        {
            if (rest[..8].SequenceEqual("HTTP/1.1"u8)) { head.MinorVersion = 1; return ParseStatus.Complete; }
            if (rest[..8].SequenceEqual("HTTP/1.0"u8)) { head.MinorVersion = 0; return ParseStatus.Complete; }
        }

        // HTTP-version = "HTTP/" DIGIT "." DIGIT, case-sensitive (section 2.3); checked as far as it has come
        for (int i = 0; i < Math.Min(rest.Length, 10); i++)
        {
            byte c = rest[i];
            bool fits = i switch
            {
                < 5 => c == "HTTP/"u8[i],
                5 or 7 => char.IsAsciiDigit((char)c),
                6 => c == '.',
                8 => c == '\r',
                _ => c == '\n',
            };
            if (!fits) return ParseStatus.BadRequestLine;
        }

        return rest.Length < 10 ? ParseStatus.NeedMore : ParseStatus.UnsupportedVersion;
    }

    private static ParseStatus ReadFields(Http1RequestHead head, ReadOnlySpan<byte> input, in Http1Limits limits, ref int at)
    {
        var meaning = new FieldMeaning();
        int count = 0;
        head.FieldCount = 0;
        head.KnownFields = 0;

        while (true)
        {
            if ((uint)at >= (uint)input.Length) return ParseStatus.NeedMore;

            byte first = input[at];
            if (first == '\r')
            {
                if (at + 1 == input.Length) return ParseStatus.NeedMore;
                if (input[at + 1] != '\n') return ParseStatus.BadLineEnd;
                at += 2;
                head.FieldCount = count;
                return Conclude(head, meaning);
            }

            // RFC 9112 section 5.2: a folded line is refused, and so is whitespace before the first field (section 2.2)
            if (first is (byte)' ' or (byte)'\t') return ParseStatus.FoldedField;
            if (count == limits.MaxFieldCount) return ParseStatus.TooManyFields;

            ReadOnlySpan<byte> line = input[at..];
            int nameLength = IsHost(line) ? "Host".Length : Characters.TokenLength(line);
            if (nameLength == line.Length) return ParseStatus.NeedMore;
            // Section 5.1: no whitespace between name and colon, and a name is a token
            if (line[nameLength] != ':' || nameLength == 0) return line[nameLength] == '\n' && nameLength == 0 ? ParseStatus.BadLineEnd : ParseStatus.BadFieldName;

            ReadOnlySpan<byte> rest = line[(nameLength + 1)..];
            int rawLength = FieldValue.IndexOfInvalid(rest);
            if (rawLength < 0) return ParseStatus.NeedMore;
            if (rest[rawLength] != '\r') return rest[rawLength] == '\n' ? ParseStatus.BadLineEnd : ParseStatus.BadFieldValue;
            if (rawLength + 1 == rest.Length) return ParseStatus.NeedMore;
            if (rest[rawLength + 1] != '\n') return ParseStatus.BadLineEnd;

            // Nearly always one space and nothing behind
            int lead = 0, valueLength = rawLength;
            if (rawLength > 0 && rest[0] == ' ') { lead = 1; valueLength--; }
            ReadOnlySpan<byte> value = rest.Slice(lead, valueLength);
            if (valueLength > 0 && (value[0] is (byte)' ' or (byte)'\t' || value[^1] is (byte)' ' or (byte)'\t'))
            {
                value = FieldValue.Trim(value, out int more);
                lead += more;
                valueLength = value.Length;
            }

            KnownField known = Classify(line[..nameLength]);
            if (count == head.Fields.Length) Array.Resize(ref head.Fields, Math.Max(FirstFieldRoom, count * 2));
            head.Fields[count++] = new FieldLine(new ByteRange(at, nameLength), new ByteRange(at + nameLength + 1 + lead, valueLength), known);

            if (known is not KnownField.None)
            {
                ParseStatus verdict = meaning.Read(head, known, value, at + nameLength + 1 + lead);
                if (verdict is not ParseStatus.Complete) return verdict;
            }

            at += nameLength + 1 + rawLength + 2;
        }
    }

    // In every request, so as one number: the letters of "host", last one first, whatever their case
    private static bool IsHost(ReadOnlySpan<byte> line) =>
        line.Length > 4 && line[4] == ':' && (BinaryPrimitives.ReadUInt32LittleEndian(line) | 0x20202020) == 0x74736f68;

    private static HttpMethod MethodOf(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 => name.SequenceEqual("GET"u8) ? HttpMethod.Get : name.SequenceEqual("PUT"u8) ? HttpMethod.Put : HttpMethod.Unknown,
        4 => name.SequenceEqual("POST"u8) ? HttpMethod.Post : name.SequenceEqual("HEAD"u8) ? HttpMethod.Head : HttpMethod.Unknown,
        5 => name.SequenceEqual("PATCH"u8) ? HttpMethod.Patch : name.SequenceEqual("TRACE"u8) ? HttpMethod.Trace : HttpMethod.Unknown,
        6 => name.SequenceEqual("DELETE"u8) ? HttpMethod.Delete : HttpMethod.Unknown,
        7 => name.SequenceEqual("OPTIONS"u8) ? HttpMethod.Options : name.SequenceEqual("CONNECT"u8) ? HttpMethod.Connect : HttpMethod.Unknown,
        _ => HttpMethod.Unknown,
    };
}
