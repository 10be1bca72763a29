namespace Prebake.Http1;

/// <summary>
/// The finished answer to a head that is refused: an index from verdict to bytes, with the date's hole.
/// </summary>
internal readonly ref struct Refusal
{
    private Refusal(ReadOnlySpan<byte> response, int dateOffset)
    {
        Response = response;
        DateOffset = dateOffset;
    }

    public ReadOnlySpan<byte> Response { get; }
    public int DateOffset { get; }
    public int Status => (((Response[9] - '0') * 10) + Response[10] - '0') * 10 + Response[11] - '0';

    public static Refusal Of(ParseStatus verdict) => verdict switch
    {
        ParseStatus.TargetTooLong => new("HTTP/1.1 414 URI Too Long\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 33),
        ParseStatus.UnknownExpectation => new("HTTP/1.1 417 Expectation Failed\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 39),
        ParseStatus.OtherScheme or ParseStatus.OtherHost => new("HTTP/1.1 421 Misdirected Request\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 40),
        ParseStatus.HeadTooLarge or ParseStatus.TooManyFields => new("HTTP/1.1 431 Request Header Fields Too Large\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 52),
        ParseStatus.UnknownTransferCoding => new("HTTP/1.1 501 Not Implemented\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 36),
        ParseStatus.UnsupportedVersion => new("HTTP/1.1 505 HTTP Version Not Supported\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 47),
        _ => new("HTTP/1.1 400 Bad Request\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8, 32),
    };
}
