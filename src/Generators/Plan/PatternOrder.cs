using Prebake.Generators.Model;

namespace Prebake.Generators.Plan;

/// <summary>The total order of patterns. It is also the order of a walk through the tree, which is what makes "the next route after n" work.</summary>
internal sealed class PatternOrder : IComparer<PatternModel>, IComparer<SegmentModel>
{
    public static readonly PatternOrder Instance = new();

    public int Compare(PatternModel? left, PatternModel? right)
    {
        for (int i = 0; i < Math.Min(left!.Segments.Count, right!.Segments.Count); i++)
            if (Compare(left.Segments[i], right.Segments[i]) is not 0 and int order) return order;

        return left.Segments.Count - right!.Segments.Count;
    }

    public int Compare(SegmentModel? left, SegmentModel? right)
    {
        if (left!.Kind != right!.Kind) return left.Kind - right.Kind;

        // The more of an affixed segment is fixed, the fewer texts it fits; so nothing can hide behind another
        if (left.Kind == SegmentKind.Affixed && left.LiteralLength != right.LiteralLength) return right.LiteralLength - left.LiteralLength;
        return string.CompareOrdinal(left.Shape, right.Shape);
    }
}
