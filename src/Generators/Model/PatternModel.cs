namespace Prebake.Generators.Model;

/// <summary>What a segment of a pattern is; the order is the order in which alternatives are tried.</summary>
internal enum SegmentKind { Literal, Affixed, Parameter, Rest }

/// <summary>
/// One segment. A literal has one text and no names; otherwise the texts stand around the names: <c>{from}-{to}.json</c> is
/// <c>"", "-", ".json"</c> around <c>from, to</c>. Texts are canonical: ASCII, percent-encoded where a path must be.
/// </summary>
internal sealed record SegmentModel(SegmentKind Kind, EquatableArray<string> Literals, EquatableArray<string> Names)
{
    /// <summary>The texts as they go into a link: as written, where they are compared without their case.</summary>
    public EquatableArray<string> Linked { get => field.Count > 0 ? field : Literals; init; } = EquatableArray<string>.Empty;

    /// <summary>For a comparison with paths whose ASCII letters are small.</summary>
    public SegmentModel Folded() => new(Kind, Literals.Select(PatternModel.Fold).ToEquatable(), Names) { Linked = Linked };

    // Without init, as what follows from them is kept
    public SegmentKind Kind { get; } = Kind;

    public EquatableArray<string> Literals { get; } = Literals;

    /// <summary>The same for two segments that fit the same texts whatever their parameters are called.</summary>
    public string Shape { get; } = Kind switch
    {
        SegmentKind.Literal => Literals[0],
        SegmentKind.Rest => "{*}",
        _ => string.Join("{}", Literals),
    };

    /// <summary>How many bytes of it are fixed.</summary>
    public int LiteralLength => Literals.Sum(literal => literal.Length);
}

/// <summary>A route's path, without its leading slash, cut at the others.</summary>
/// <param name="Text">As the user wrote it, with the class's prefix.</param>
/// <param name="Segments">At least one; <c>/</c> is one empty literal.</param>
internal sealed record PatternModel(string Text, EquatableArray<SegmentModel> Segments)
{
    // Without init, as what follows from them is kept
    public EquatableArray<SegmentModel> Segments { get; } = Segments;

    public bool IsExact { get; } = Segments.All(segment => segment.Kind == SegmentKind.Literal);

    /// <summary>Equal for patterns that fit the same paths.</summary>
    public string Shape { get; } = "/" + string.Join("/", Segments.Select(segment => segment.Shape));

    /// <summary>For a comparison with paths whose ASCII letters are small.</summary>
    public PatternModel Folded() => new(Text, Segments.Select(segment => segment.Folded()).ToEquatable());

    /// <summary>ASCII text with small letters.</summary>
    public static string Fold(string ascii) => ascii.ToLowerInvariant();

    public IEnumerable<string> Names => Segments.SelectMany(segment => segment.Names);
}
