using Prebake.Grammar;
using Prebake.Routing;

namespace Prebake.Http;

/// <summary>A part of a request head, counted from the head's first byte.</summary>
internal readonly record struct ByteRange(int Start, int Length)
{
    public int End => Start + Length;
    public bool IsEmpty => Length == 0;
}

/// <summary>The fields that the framework itself asks for; found while the head is parsed, so that nobody searches for them again.</summary>
internal enum KnownField : byte
{
    None,
    Host, ContentLength, TransferEncoding, Connection, Expect, Upgrade, ContentType, Cookie, Trailer,
    IfMatch, IfNoneMatch, IfModifiedSince, IfUnmodifiedSince, IfRange, Range, AcceptEncoding, Accept,
}

/// <summary>One field line: where its name and its trimmed value are.</summary>
internal readonly record struct FieldLine(ByteRange Name, ByteRange Value, KnownField Known);

/// <summary>
/// One request head, as ranges in the buffer that it was parsed in. Reused for one request after the other; valid until the
/// buffer is read into again, unless <see cref="CopyTo"/> has moved it.
/// </summary>
internal class RequestHead
{
    /// <summary>The buffer, and where in it the head starts.</summary>
    public byte[] Buffer = null!;
    public int Offset;

    /// <summary>Bytes from the request line to the empty line, both included.</summary>
    public int Length;

    public HttpMethod Method;
    public ByteRange MethodName;

    /// <summary>The request target as sent.</summary>
    public ByteRange Target;

    /// <summary>The path as sent: without query, and without scheme and authority of the absolute form. Empty for <c>OPTIONS *</c>.</summary>
    public ByteRange RawPath;

    /// <summary>Behind the <c>?</c>; empty without one.</summary>
    public ByteRange Query;

    /// <summary>The authority: the absolute form's, else the value of Host (RFC 9112 section 3.2.2 lets the target win).</summary>
    public ByteRange Authority;

    /// <summary>The path differs from its canonical form, which then is in <see cref="CanonicalPath"/>.</summary>
    public bool PathIsRewritten;
    public byte[]? CanonicalPath;
    public int CanonicalPathLength;

    /// <summary>HTTP/1.<see cref="MinorVersion"/>: 0 or 1.</summary>
    public int MinorVersion;

    /// <summary><c>OPTIONS *</c>.</summary>
    public bool IsAsterisk;

    /// <summary>A body follows.</summary>
    public bool HasBody;

    /// <summary>Its declared length; 0 when none was declared.</summary>
    public long ContentLength;

    /// <summary><c>Connection</c> lists <c>upgrade</c> and there is an <c>Upgrade</c> field.</summary>
    public bool IsUpgrade;

    /// <summary>One bit for each <see cref="KnownField"/> that is present.</summary>
    public uint KnownFields;

    /// <summary>The lines, with room for more behind them: the parser makes it longer.</summary>
    public FieldLine[] Fields = [];
    public int FieldCount;

    public ReadOnlySpan<byte> this[ByteRange range] => Buffer.AsSpan(Offset + range.Start, range.Length);

    /// <summary>The canonical path.</summary>
    public ReadOnlySpan<byte> Path => PathIsRewritten ? CanonicalPath.AsSpan(0, CanonicalPathLength) : this[RawPath];

    /// <summary>What all Accept-Encoding lines together say.</summary>
    public CodingWeights AcceptedCodings()
    {
        var weights = new CodingWeights();
        foreach (ref readonly FieldLine line in Fields.AsSpan(0, FieldCount))
            if (line.Known is KnownField.AcceptEncoding) weights.Add(this[line.Value]);

        return weights;
    }

    public bool Has(KnownField field) => (KnownFields & (1u << (int)field)) != 0;

    /// <summary>The value of the first line of a known field, or empty; ask <see cref="Has"/> to tell absent from empty.</summary>
    public ReadOnlySpan<byte> ValueOf(KnownField field)
    {
        if (!Has(field)) return default;

        foreach (ref readonly FieldLine line in Fields.AsSpan(0, FieldCount))
            if (line.Known == field) return this[line.Value];

        return default;
    }

    /// <summary>Moves the head into a buffer of its own, for handlers that outlive the read.</summary>
    public void CopyTo(byte[] own)
    {
        Buffer.AsSpan(Offset, Length).CopyTo(own);
        Buffer = own;
        Offset = 0;
    }
}
