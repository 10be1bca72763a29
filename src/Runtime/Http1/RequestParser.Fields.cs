using System.Buffers.Binary;
using System.Text;
using Prebake.Grammar;
using Prebake.Http;

namespace Prebake.Http1;

// What the fields say that decide how the message is framed and what becomes of the connection.
internal static partial class RequestParser
{
    /// <summary>What has been seen so far.</summary>
    private struct FieldMeaning
    {
        public long ContentLength = -1;
        public bool IsChunked, Closes, KeepsAlive, ListsUpgrade, ExpectsContinue, ExpectsOther;
        public ByteRange Host;

        public FieldMeaning() { }

        public ParseStatus Read(Http1RequestHead head, KnownField field, ReadOnlySpan<byte> value, int valueStart)
        {
            bool isRepeated = head.Has(field);
            head.KnownFields |= 1u << (int)field;

            switch (field)
            {
                case KnownField.Host:
                    // RFC 9112 section 3.2: more than one Host, or an invalid one, is 400
                    if (isRepeated) return ParseStatus.RepeatedHost;
                    if (!value.IsEmpty && !HostField.IsValid(value)) return ParseStatus.BadHost;
                    Host = new ByteRange(valueStart, value.Length);
                    break;

                case KnownField.ContentLength:
                    // Section 6.3: differing lengths are unrecoverable. Equal ones too, here: whoever sends two is not
                    // to be trusted with either.
                    if (isRepeated || !Digits.TryParse(value, out ContentLength)) return ParseStatus.BadContentLength;
                    break;

                case KnownField.TransferEncoding:
                    if (isRepeated) return ParseStatus.BadTransferEncoding;
                    if (Ascii.EqualsIgnoreCase(value, "chunked"u8)) { IsChunked = true; break; }
                    return CodingsBeforeChunked(value) ? ParseStatus.UnknownTransferCoding : ParseStatus.BadTransferEncoding;

                case KnownField.Connection:
                    for (ReadOnlySpan<byte> list = value; !list.IsEmpty;)
                    {
                        ReadOnlySpan<byte> option = FieldValue.TakeElement(ref list);
                        if (Ascii.EqualsIgnoreCase(option, "close"u8)) Closes = true;
                        else if (Ascii.EqualsIgnoreCase(option, "keep-alive"u8)) KeepsAlive = true;
                        else if (Ascii.EqualsIgnoreCase(option, "upgrade"u8)) ListsUpgrade = true;
                    }
                    break;

                case KnownField.Expect:
                    if (Ascii.EqualsIgnoreCase(value, "100-continue"u8)) ExpectsContinue = true;
                    else if (!value.IsEmpty) ExpectsOther = true;
                    break;
            }

            return ParseStatus.Complete;
        }

        // RFC 9112 section 6.1: a coding that is not known, with chunked once and last, is 501; anything else cannot be
        // framed.
        private static bool CodingsBeforeChunked(ReadOnlySpan<byte> value)
        {
            int count = 0;
            bool isLast = false;

            for (ReadOnlySpan<byte> list = value; !list.IsEmpty;)
            {
                ReadOnlySpan<byte> coding = FieldValue.TakeElement(ref list);
                if (isLast || !Token.IsValid(coding)) return false;
                isLast = Ascii.EqualsIgnoreCase(coding, "chunked"u8);
                count++;
            }

            return isLast && count > 1 && value[^1] != ',';
        }
    }

    // The head is complete: what its fields mean together.
    private static ParseStatus Conclude(Http1RequestHead head, in FieldMeaning meaning)
    {
        bool isHttp10 = head.MinorVersion == 0;

        if (!isHttp10 && !head.Has(KnownField.Host)) return ParseStatus.MissingHost;

        // Section 6.1: an HTTP/1.0 sender cannot mean it, so its framing is faulty
        if (meaning.IsChunked && isHttp10) return ParseStatus.TransferEncodingInHttp10;

        // Section 6.3: both lengths present may be request smuggling. Refuse rather than choose.
        if (meaning.IsChunked && meaning.ContentLength >= 0) return ParseStatus.ConflictingLengths;

        // RFC 9110 section 10.1.1: the field means nothing from HTTP/1.0
        if (meaning.ExpectsOther && !isHttp10) return ParseStatus.UnknownExpectation;

        head.ContentLength = meaning.ContentLength < 0 ? 0 : meaning.ContentLength;
        head.HasBody = meaning.IsChunked | meaning.ContentLength > 0;
        head.IsChunked = meaning.IsChunked;
        head.ExpectsContinue = meaning.ExpectsContinue && !isHttp10;
        head.KeepAlive = !meaning.Closes && (!isHttp10 || meaning.KeepsAlive);
        head.IsUpgrade = meaning.ListsUpgrade && head.Has(KnownField.Upgrade);
        if (head.Authority.IsEmpty) head.Authority = meaning.Host;

        return ParseStatus.Complete;
    }

    private static KnownField Classify(ReadOnlySpan<byte> name)
    {
        // The length leaves one to three candidates, the first letter one or two
        int first = name[0] | 0x20;

        return name.Length switch
        {
            // In every request, so as one number: the letters of "host", last one first, whatever their case
            4 when (BinaryPrimitives.ReadUInt32LittleEndian(name) | 0x20202020) == 0x74736f68 => KnownField.Host,
            5 when first == 'r' && Is(name, "range"u8) => KnownField.Range,
            6 when first == 'c' && Is(name, "cookie"u8) => KnownField.Cookie,
            6 when first == 'a' && Is(name, "accept"u8) => KnownField.Accept,
            6 when first == 'e' && Is(name, "expect"u8) => KnownField.Expect,
            7 when first == 'u' && Is(name, "upgrade"u8) => KnownField.Upgrade,
            7 when first == 't' && Is(name, "trailer"u8) => KnownField.Trailer,
            8 when first == 'i' && Is(name, "if-match"u8) => KnownField.IfMatch,
            8 when first == 'i' && Is(name, "if-range"u8) => KnownField.IfRange,
            10 when first == 'c' && Is(name, "connection"u8) => KnownField.Connection,
            12 when first == 'c' && Is(name, "content-type"u8) => KnownField.ContentType,
            13 when first == 'i' && Is(name, "if-none-match"u8) => KnownField.IfNoneMatch,
            14 when first == 'c' && Is(name, "content-length"u8) => KnownField.ContentLength,
            15 when first == 'a' && Is(name, "accept-encoding"u8) => KnownField.AcceptEncoding,
            17 when first == 't' && Is(name, "transfer-encoding"u8) => KnownField.TransferEncoding,
            17 when first == 'i' && Is(name, "if-modified-since"u8) => KnownField.IfModifiedSince,
            19 when first == 'i' && Is(name, "if-unmodified-since"u8) => KnownField.IfUnmodifiedSince,
            _ => KnownField.None,
        };
    }

    private static bool Is(ReadOnlySpan<byte> name, ReadOnlySpan<byte> lowerCase) => Ascii.EqualsIgnoreCase(name, lowerCase);
}
