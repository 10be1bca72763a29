namespace Prebake.Generators.Parse;

/// <summary>
/// What two versions of a file have in common: the parts before the place where somebody types, and those after it.
/// </summary>
internal readonly struct OutlineChange
{
    private readonly int _firstToken, _endToken, _added;

    private OutlineChange(int first, int beforeEnd, int nowEnd)
    {
        (First, BeforeEnd, NowEnd) = (first, beforeEnd, nowEnd);
        _firstToken = _endToken = int.MaxValue;
    }

    private OutlineChange(Outline before, Outline now, int first, int beforeEnd, int nowEnd)
    {
        (First, BeforeEnd, NowEnd) = (first, beforeEnd, nowEnd);
        _firstToken = before.EndOf(first);
        _endToken = before.EndOf(beforeEnd);
        _added = now.TokenCount - before.TokenCount;
    }

    /// <summary>Of two files that are like each other.</summary>
    public static OutlineChange None { get; } = new(int.MaxValue, int.MaxValue, int.MaxValue);

    /// <summary>Of a file that was not there.</summary>
    public static OutlineChange New(Outline now) => new(0, 0, now.Parts.Count);

    /// <summary>The first part that differs.</summary>
    public int First { get; }

    /// <summary>Where the parts that differ end in the old version.</summary>
    public int BeforeEnd { get; }

    /// <summary>Where the parts that differ end in the new version.</summary>
    public int NowEnd { get; }

    public bool IsNone => First == BeforeEnd && First == NowEnd;

    public static OutlineChange Between(Outline before, Outline now)
    {
        if (before.IsLike(now)) return None;

        int first = 0, most = Math.Min(before.Parts.Count, now.Parts.Count);
        while (first < most && before.Parts[first].Fingerprint.Equals(now.Parts[first].Fingerprint)) first++;

        int beforeEnd = before.Parts.Count, nowEnd = now.Parts.Count;
        while (beforeEnd > first && nowEnd > first
            && before.Parts[beforeEnd - 1].Fingerprint.Equals(now.Parts[nowEnd - 1].Fingerprint))
        {
            beforeEnd--;
            nowEnd--;
        }

        return new OutlineChange(before, now, first, beforeEnd, nowEnd);
    }

    /// <summary>The number that a part of the old version has in the new one; −1 when it differs.</summary>
    public int PartOf(int part) => part < First ? part : part >= BeforeEnd ? part - BeforeEnd + NowEnd : -1;

    /// <summary>The same of a token.</summary>
    public int TokenOf(int token) => token < _firstToken ? token : token >= _endToken ? token + _added : -1;
}
