using System.ComponentModel;
using Prebake.Grammar;

namespace Prebake.Routing;

/// <summary>
/// One finished response: where its bytes lie and where they have their holes. In a constant route every span points into the
/// binary's read-only data; in a start-up route into one pinned array. Nothing is copied until it is sent.
/// </summary>
/// <remarks>
/// The bytes are those of a keep-alive HTTP/1.1 answer to GET: status line, fields, empty line, body. The answer to HEAD is its first
/// <see cref="HeadLength"/> bytes. <c>Date</c> is always present; unless it is the route's own, it is 29 bytes wide and the current date
/// is written over it.
/// A field that must be added for one connection (<c>Connection: close</c>) goes in front of the empty line that ends the head.
/// </remarks>
[EditorBrowsable(EditorBrowsableState.Never)]
public readonly ref struct StaticBlock
{
    private readonly ushort _otherStatus;       // 0: 200

    /// <summary>Describes a response with an entity tag, which answers <c>If-None-Match</c> with its own 304 head.</summary>
    /// <param name="response">Status line to last byte of the body.</param>
    /// <param name="headLength">Where the body starts, just behind the empty line.</param>
    /// <param name="dateOffset">Where the 29 bytes of the date start.</param>
    /// <param name="entityTag">The tag as it stands in the field, with quotes and, if weak, <c>W/</c>.</param>
    /// <param name="notModified">The whole 304 head. Empty when the route does not answer 304.</param>
    /// <param name="notModifiedDateOffset">Where the 29 bytes of the date start in it.</param>
    public StaticBlock(ReadOnlySpan<byte> response, int headLength, int dateOffset,
        ReadOnlySpan<byte> entityTag, ReadOnlySpan<byte> notModified, int notModifiedDateOffset)
    {
        Response = response;
        HeadLength = headLength;
        DateOffset = dateOffset;
        EntityTag = entityTag;
        NotModified = notModified;
        NotModifiedDateOffset = notModifiedDateOffset;
    }

    /// <summary>Describes a response without an entity tag: redirects, empty bodies, <c>[Static(ETag = false)]</c>.</summary>
    /// <param name="response">Status line to last byte of the body.</param>
    /// <param name="headLength">Where the body starts, just behind the empty line.</param>
    /// <param name="dateOffset">Where the 29 bytes of the date start.</param>
    public StaticBlock(ReadOnlySpan<byte> response, int headLength, int dateOffset)
    {
        Response = response;
        HeadLength = headLength;
        DateOffset = dateOffset;
    }

    /// <summary>Status line to last byte of the body; to the end of the head when there is a <see cref="FarBody"/>.</summary>
    public ReadOnlySpan<byte> Response { get; }

    /// <summary>Where the body starts in <see cref="Response"/>.</summary>
    public int HeadLength { get; }

    /// <summary>
    /// The object that the bytes die with: a pinned array, or what holds it. It is kept until a slow client has read them, even if the
    /// route table has been replaced by then. Default: null, for read-only data of the binary and arrays that live as long as the process.
    /// </summary>
    public object? Owner { get; init; }

    /// <summary>A body that does not lie behind its head: the contents of a file. Does not move.</summary>
    public ReadOnlySpan<byte> FarBody { get; init; }

    /// <summary>How many compressed variants <see cref="RouteTable.GetVariant"/> has beside this one.</summary>
    public int VariantCount { get; init; }

    /// <summary>How the body of this variant is compressed.</summary>
    internal ContentCoding Coding { get; init; }

    /// <summary>Status line to empty line.</summary>
    internal ReadOnlySpan<byte> Head => Response[..HeadLength];

    /// <summary>The field lines of a 200 but for <c>Content-Length</c>, which <see cref="StaticLayout"/> puts last.</summary>
    internal ReadOnlySpan<byte> Fields => Response[StaticLayout.OkLineLength..(HeadLength - StaticLayout.EndLength(Body.Length))];

    /// <summary>The body, wherever it lies.</summary>
    internal ReadOnlySpan<byte> Body => FarBody.IsEmpty ? Response[HeadLength..] : FarBody;

    /// <summary>The status that the response says; 200 unless set.</summary>
    public int Status
    {
        get => _otherStatus == 0 ? 200 : _otherStatus;
        init => _otherStatus = (ushort)value;
    }

    /// <summary>The status is 200: only then do conditions and ranges count (RFC 9110 sections 13.2.1 and 14.2).</summary>
    internal bool IsOk => Status == 200;

    /// <summary>
    /// Where the 29 bytes of the date start in <see cref="Response"/>; −1 when the route brings its own <c>Date</c>, which is then
    /// sent as it is.
    /// </summary>
    public int DateOffset { get; }

    /// <summary>The entity tag with its quotes, or empty.</summary>
    public ReadOnlySpan<byte> EntityTag { get; }

    /// <summary>The 304 head, or empty.</summary>
    public ReadOnlySpan<byte> NotModified { get; }

    /// <summary>Where the 29 bytes of the date start in <see cref="NotModified"/>; −1 as above.</summary>
    public int NotModifiedDateOffset { get; }

    /// <summary>The route's own fields say <c>Connection: close</c>.</summary>
    public bool ClosesConnection { get; init; }
}
