using Prebake.Http;

namespace Prebake.Serving;

/// <summary>
/// All that the head of one response says, but for its length, its date and what it says about the connection.
/// </summary>
internal readonly ref struct ResponseHead
{
    public int Status { get; init; }

    /// <summary>The body's own type; a Content-Type among the fields replaces it. Empty for none.</summary>
    public ReadOnlySpan<byte> ContentType { get; init; }

    /// <summary>Only the head is sent: HEAD, 204 and 304.</summary>
    public bool OmitsBody { get; init; }

    /// <summary>The route's constant field lines, each ended by CRLF.</summary>
    public ReadOnlySpan<byte> RouteFields { get; init; }

    /// <summary>The user's fields, or null.</summary>
    public Headers? Fields { get; init; }

    /// <summary>Field lines of a file, or null.</summary>
    public string? Extra { get; init; }

    /// <summary>Cookies that the handler set through the request, or null.</summary>
    public List<Cookie>? Cookies { get; init; }

    /// <summary>Something of it is the user's, so that writing it may throw.</summary>
    public bool MayThrow => Fields is not null || Cookies is not null || Extra is not null;

    /// <summary>RFC 9110 sections 8.6 and 15.3.5: these have neither a body nor a length.</summary>
    public static bool HasNoBody(int status) => Bodiless.Is(status) || status == ResetContent;

    /// <summary>RFC 9110 section 15.3.6: no body, and a length that says so.</summary>
    public const int ResetContent = 205;
}

/// <summary>How the end of a body is known.</summary>
internal enum BodyEnd : byte
{
    /// <summary>There is no body and no length: 204 and 304 (RFC 9110 section 8.6).</summary>
    None,

    /// <summary>So many bytes.</summary>
    Counted,

    /// <summary>Only when it comes: in chunks, or up to the close.</summary>
    Unknown,

    /// <summary>
    /// A length that is not said although there is a content type: a 304, whose length would be that of the 200.
    /// </summary>
    Unsaid,
}

/// <summary>The length of a body, as far as its head can say it.</summary>
internal readonly record struct BodyLength(BodyEnd End, long Bytes)
{
    public static BodyLength None => new(BodyEnd.None, 0);
    public static BodyLength Unknown => new(BodyEnd.Unknown, 0);
    public static BodyLength Unsaid => new(BodyEnd.Unsaid, 0);

    /// <summary>So many bytes, unless the status forbids to say so.</summary>
    public static BodyLength Of(long bytes, int status) =>
        Bodiless.Is(status) ? None : new(BodyEnd.Counted, status == ResponseHead.ResetContent ? 0 : bytes);
}
