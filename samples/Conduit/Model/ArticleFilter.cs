namespace Samples.Conduit.Model;

/// <summary>Which articles: <c>?tag=dragons&amp;author=jake&amp;favorited=anne</c>; all that are given must hold.</summary>
/// <param name="Tag">With this tag.</param>
/// <param name="Author">Written by the account of this name.</param>
/// <param name="Favorited">Liked by the account of this name.</param>
internal sealed record ArticleFilter(string? Tag = null, string? Author = null, string? Favorited = null);
