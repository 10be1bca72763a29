using System.Runtime.CompilerServices;
using Prebake.Grammar;
using Prebake.Http;
using Prebake.Routing;

namespace Prebake.Serving;

/// <summary>What a request gets of a finished response.</summary>
internal enum StaticReply : byte
{
    Whole,

    /// <summary>304</summary>
    NotModified,

    /// <summary>412: a condition has failed.</summary>
    Failed,

    /// <summary>416: none of the parts that were asked for is there.</summary>
    Unsatisfiable,

    /// <summary>206</summary>
    Part,

    /// <summary>206 with several parts.</summary>
    Parts,
}

/// <summary>
/// Finished responses: which variant, whether at all, and which part of it (RFC 9110 section 13.2.2 gives the order).
/// </summary>
internal static class StaticChoice
{
    /// <summary>The coding that the client likes best, of those the smallest; null for the identity.</summary>
    public static int? VariantOf(RouteTable table, int route, in StaticBlock identity, RequestHead head)
    {
        CodingWeights weights = head.AcceptedCodings();
        int best = 0, weight = 0;
        for (int i = 0; i < identity.VariantCount; i++)
        {
            int own = weights.Of(table.GetVariant(route, i).Coding);
            if (own > weight) (best, weight) = (i, own);
        }

        return weight == 0 || weights.Of(ContentCoding.Identity) > weight ? null : best;
    }

    /// <summary>The request has a condition or a range, and this response is one that they count for.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsAsked(in StaticBlock block, RequestHead head) =>
        (head.KnownFields & Preconditions.Fields) != 0 && head.Method is HttpMethod.Get or HttpMethod.Head && block.IsOk;

    /// <summary>
    /// What the conditions and ranges come to. There must be room for <see cref="RangeField.Most"/> parts, and
    /// <paramref name="count"/> says how many there are.
    /// </summary>
    public static StaticReply Of(in StaticBlock block, RequestHead head, Span<ByteSpanRange> parts, out int count)
    {
        count = 0;
        Validators validators = Validators.Of(block, head);
        switch (block.NotModified.IsEmpty ? Precondition.Passed : Preconditions.Evaluate(head, validators))
        {
            case Precondition.NotModified: return StaticReply.NotModified;
            case Precondition.Failed: return StaticReply.Failed;
        }

        // RFC 9110 section 14.2: a Range means nothing to any other method
        if (head.Method is not HttpMethod.Get) return StaticReply.Whole;

        return Preconditions.EvaluateRange(head, validators, block.Body.Length, parts, out count) switch
        {
            RangeVerdict.Unsatisfiable => StaticReply.Unsatisfiable,
            RangeVerdict.Parts => count == 1 ? StaticReply.Part : StaticReply.Parts,
            _ => StaticReply.Whole,
        };
    }
}
