using Prebake.Grammar;
using Prebake.Routing;

namespace Prebake.Http;

/// <summary>What the conditional fields of a request make of its answer.</summary>
internal enum Precondition : byte { Passed, NotModified, Failed }

/// <summary>What a condition is compared with.</summary>
/// <param name="entityTag">With its quotes, or empty.</param>
/// <param name="lastModified">The field's value, or empty.</param>
internal readonly ref struct Validators(ReadOnlySpan<byte> entityTag, ReadOnlySpan<byte> lastModified)
{
    public ReadOnlySpan<byte> EntityTag { get; } = entityTag;

    public ReadOnlySpan<byte> LastModified { get; } = lastModified;

    /// <summary>Those of a response whose head is finished. That is searched only for a request that has a date to compare.</summary>
    public static Validators In(ReadOnlySpan<byte> responseHead, ReadOnlySpan<byte> entityTag, RequestHead request) =>
        new(entityTag, (request.KnownFields & Preconditions.Dates) == 0 ? default : FieldIn(responseHead, "Last-Modified"u8));

    private static ReadOnlySpan<byte> FieldIn(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name)
    {
        for (int at = head.IndexOf((byte)'\n') + 1; at > 0 && head.Length - at > name.Length;)
        {
            ReadOnlySpan<byte> line = head[at..];
            int end = line.IndexOf((byte)'\r');
            if (end > name.Length && line[name.Length] == ':' && System.Text.Ascii.EqualsIgnoreCase(line[..name.Length], name)) return FieldValue.Trim(line[(name.Length + 1)..end]);
            at += end + 2;
        }

        return default;
    }
}

/// <summary>RFC 9110 section 13.2, in its order, for GET and HEAD of a 200.</summary>
internal static class Preconditions
{
    /// <summary>The conditions with a date.</summary>
    public const uint Dates = 1u << (int)KnownField.IfModifiedSince | 1u << (int)KnownField.IfUnmodifiedSince | 1u << (int)KnownField.IfRange;

    /// <summary>The fields that make a second look necessary. If-Range is none without a Range.</summary>
    public const uint Fields = 1u << (int)KnownField.IfMatch | 1u << (int)KnownField.IfNoneMatch
        | 1u << (int)KnownField.IfModifiedSince | 1u << (int)KnownField.IfUnmodifiedSince | 1u << (int)KnownField.Range;

    public static Precondition Evaluate(RequestHead head, in Validators validators)
    {
        if (head.Has(KnownField.IfMatch))
        {
            if (!AnyMatches(head, KnownField.IfMatch, validators.EntityTag, strong: true)) return Precondition.Failed;
        }
        else if (Compare(head, KnownField.IfUnmodifiedSince, validators) > 0) return Precondition.Failed;

        if (head.Has(KnownField.IfNoneMatch))
        {
            if (AnyMatches(head, KnownField.IfNoneMatch, validators.EntityTag, strong: false)) return Precondition.NotModified;
        }
        else if (Compare(head, KnownField.IfModifiedSince, validators) <= 0) return Precondition.NotModified;

        return Precondition.Passed;
    }

    /// <summary>
    /// What Range and If-Range ask of a body, once the conditions have passed. Range is defined for GET only (RFC 9110
    /// section 14.2), so it says nothing with HEAD; nor does a repeated one.
    /// </summary>
    /// <inheritdoc cref="RangeField.Parse"/>
    public static RangeVerdict EvaluateRange(RequestHead head, in Validators validators, long length, Span<ByteSpanRange> parts, out int count)
    {
        count = 0;
        return head.Method is HttpMethod.Get
            && head.Has(KnownField.Range)
            && RangeCounts(head, validators)
            && TryGet(head, KnownField.Range, out ReadOnlySpan<byte> range)
            ? RangeField.Parse(range, length, parts, out count)
            : RangeVerdict.Whole;
    }

    /// <summary>Whether parts may be sent: no If-Range, or one that names what is here now (RFC 9110 section 13.1.5).</summary>
    private static bool RangeCounts(RequestHead head, in Validators validators)
    {
        if (!head.Has(KnownField.IfRange)) return true;
        if (!TryGet(head, KnownField.IfRange, out ReadOnlySpan<byte> condition)) return false;

        // A tag compares strongly; a date must be the very one, as a client cannot know that it is a strong validator
        return condition.StartsWith("\""u8) || condition.StartsWith("W/"u8)
            ? EntityTags.Matches(condition, validators.EntityTag, strong: true) && !condition.Contains((byte)',')
            : !validators.LastModified.IsEmpty && condition.SequenceEqual(validators.LastModified);
    }

    /// <summary>The value of a field that may occur once; false when it is missing or repeated.</summary>
    private static bool TryGet(RequestHead head, KnownField field, out ReadOnlySpan<byte> value)
    {
        value = default;
        bool found = false;
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
        {
            if (line.Known != field) continue;
            if (found) return false;

            value = head[line.Value];
            found = true;
        }

        return found;
    }

    // Below, at or above 0: last modified before, at or after the field's date. Null when one of the two is missing or no date: then the field is ignored.
    private static int? Compare(RequestHead head, KnownField field, in Validators validators)
    {
        if (!head.Has(field) || validators.LastModified.IsEmpty || !TryGet(head, field, out ReadOnlySpan<byte> value)) return null;

        int year = DateTime.UtcNow.Year;
        return HttpDate.TryParse(value, year, out DateTime asked) && HttpDate.TryParse(validators.LastModified, year, out DateTime modified)
            ? modified.CompareTo(asked)
            : null;
    }

    // A list may be spread over several lines
    private static bool AnyMatches(RequestHead head, KnownField field, ReadOnlySpan<byte> tag, bool strong)
    {
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
            if (line.Known == field && EntityTags.Matches(head[line.Value], tag, strong)) return true;

        return false;
    }
}
