namespace Samples.Conduit.Model;

/// <summary>Which articles: <c>?tag=dragons&amp;author=jake&amp;favorited=anne</c>. All that is given must hold.</summary>
internal sealed record ArticleFilter
{
    public string? Tag { get; init; }

    /// <summary>The name of the account that wrote it.</summary>
    public string? Author { get; init; }

    /// <summary>The name of an account that likes it.</summary>
    public string? Favorited { get; init; }
}
