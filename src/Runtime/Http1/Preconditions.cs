using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Http1;

/// <summary>What the conditional fields of a request make of its answer.</summary>
internal enum Precondition : byte { Passed, NotModified, Failed }

/// <summary>RFC 9110 section 13.2 for static responses: in its order, and only for GET and HEAD of a 200 (rows A30–A32).</summary>
internal static class Preconditions
{
    /// <summary>The fields that make a second look necessary. Dates are not among them: a constant has none.</summary>
    public const uint Fields = 1u << (int)KnownField.IfMatch | 1u << (int)KnownField.IfNoneMatch;

    public static Precondition Evaluate(RequestHead head, in StaticBlock block)
    {
        if (head.Method is not (HttpMethod.Get or HttpMethod.Head) || block.NotModified.IsEmpty) return Precondition.Passed;

        if (head.Has(KnownField.IfMatch) && !AnyMatches(head, KnownField.IfMatch, block.EntityTag, strong: true)) return Precondition.Failed;
        if (head.Has(KnownField.IfNoneMatch) && AnyMatches(head, KnownField.IfNoneMatch, block.EntityTag, strong: false)) return Precondition.NotModified;

        return Precondition.Passed;
    }

    // A list may be spread over several lines
    private static bool AnyMatches(RequestHead head, KnownField field, ReadOnlySpan<byte> tag, bool strong)
    {
        foreach (ref readonly FieldLine line in head.Fields.AsSpan(0, head.FieldCount))
            if (line.Known == field && EntityTags.Matches(head[line.Value], tag, strong)) return true;

        return false;
    }
}
