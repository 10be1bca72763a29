using System.Text.Json.Serialization;

namespace Samples.Conduit.Model;

/// <param name="Slug">Its name in the path.</param>
/// <param name="Body">Null in lists, which leave it out.</param>
/// <param name="Favorited">Whether whoever asks likes it.</param>
internal sealed record Article(
    string Slug,
    string Title,
    string Description,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Body,
    string[] TagList,
    DateTime CreatedAt,
    DateTime UpdatedAt,
    bool Favorited,
    long FavoritesCount,
    Profile Author);

internal sealed record ArticleBody(Article Article);

/// <param name="ArticlesCount">How many there are on all pages.</param>
internal sealed record ArticlesBody(List<Article> Articles, long ArticlesCount);

internal sealed record TagsBody(List<string> Tags);
