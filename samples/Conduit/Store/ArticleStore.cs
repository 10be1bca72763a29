using System.Text;
using Npgsql;
using Samples.Conduit.Model;

namespace Samples.Conduit.Store;

/// <summary>Articles, their tags, and who likes them.</summary>
internal sealed class ArticleStore(NpgsqlDataSource source)
{
    // $1 is whoever asks, 0 for a stranger
    private const string Columns =
        """
        a.slug, a.title, a.description, a.tags, a.created_at, a.updated_at,
        EXISTS (SELECT FROM favorites f WHERE f.article_id = a.id AND f.user_id = $1),
        (SELECT count(*) FROM favorites f WHERE f.article_id = a.id),
        u.username, u.bio, u.image, EXISTS (SELECT FROM follows w WHERE w.follower_id = $1 AND w.followed_id = u.id)
        """;

    private const string Tables = "articles a JOIN users u ON u.id = a.author_id";

    public Task<Article?> FindAsync(string slug, Account? me) => source.Command(
        $"SELECT {Columns}, a.body FROM {Tables} WHERE a.slug = $2",
        Sql.Value(me?.Id ?? 0), Sql.Value(slug)).FirstAsync(row => Read(row, row.GetString(12)));

    /// <summary>The latest first.</summary>
    public Task<ArticlesBody> ListAsync(ArticleFilter filter, Paging paging, Account? me)
    {
        var where = new StringBuilder("true");
        var values = new List<NpgsqlParameter> { Sql.Value(me?.Id ?? 0) };
        Add(filter.Tag, "a.tags @> ARRAY[{0}]");
        Add(filter.Author, "lower(u.username) = lower({0})");
        Add(filter.Favorited,
            """
            a.id IN (SELECT f.article_id FROM favorites f JOIN users l ON l.id = f.user_id
                WHERE lower(l.username) = lower({0}))
            """);
        return PageAsync(where.ToString(), values, paging);

        // The text has the place of a value, never the value
        void Add(string? value, string condition)
        {
            if (value is null) return;
            values.Add(Sql.Value(value));
            where.Append(" AND ").AppendFormat(null, condition, $"${values.Count}");
        }
    }

    /// <summary>What those have written whom the account follows, the latest first.</summary>
    public Task<ArticlesBody> FeedAsync(Paging paging, Account me) => PageAsync(
        "a.author_id IN (SELECT followed_id FROM follows WHERE follower_id = $1)", [Sql.Value(me.Id)], paging);

    public Task<List<string>> TagsAsync() => source.Command(
        "SELECT tag FROM articles, unnest(tags) AS tag GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 100")
        .AllAsync(row => row.GetString(0));

    /// <summary>Its slug.</summary>
    public async Task<string> AddAsync(NewArticle article, Account me) => (await SaveAsync(article.Title, slug => source.Command(
        """
        INSERT INTO articles (slug, author_id, title, description, body, tags) VALUES ($1, $2, $3, $4, $5, $6)
        RETURNING slug
        """,
        Sql.Value(slug), Sql.Value(me.Id), Sql.Value(article.Title), Sql.Value(article.Description),
        Sql.Value(article.Body), Sql.Value(article.TagList ?? []))))!;

    /// <summary>Its slug, which follows the title; null if it has gone meanwhile.</summary>
    public Task<string?> UpdateAsync(string slug, ArticleChange change) => SaveAsync(change.Title, now => source.Command(
        """
        UPDATE articles SET
            slug = CASE WHEN $2 IS NULL OR $2 = title THEN slug ELSE $3 END, title = coalesce($2, title),
            description = coalesce($4, description), body = coalesce($5, body), tags = coalesce($6, tags),
            updated_at = now()
        WHERE slug = $1 RETURNING slug
        """,
        Sql.Value(slug), Sql.Value(change.Title), Sql.Value(now), Sql.Value(change.Description), Sql.Value(change.Body),
        Sql.Value(change.TagList)));

    public Task<int?> AuthorOfAsync(string slug) => source.Command(
        "SELECT author_id FROM articles WHERE slug = $1", Sql.Value(slug)).FirstAsync(row => (int?)row.GetInt32(0));

    public Task RemoveAsync(string slug) =>
        source.Command("DELETE FROM articles WHERE slug = $1", Sql.Value(slug)).DoAsync();

    public Task FavorAsync(string slug, Account me) => source.Command(
        "INSERT INTO favorites (article_id, user_id) SELECT id, $2 FROM articles WHERE slug = $1 ON CONFLICT DO NOTHING",
        Sql.Value(slug), Sql.Value(me.Id)).DoAsync();

    public Task UnfavorAsync(string slug, Account me) => source.Command(
        "DELETE FROM favorites f USING articles a WHERE a.id = f.article_id AND a.slug = $1 AND f.user_id = $2",
        Sql.Value(slug), Sql.Value(me.Id)).DoAsync();

    // A page and how many there are on all of them, in one round trip
    private async Task<ArticlesBody> PageAsync(string where, List<NpgsqlParameter> values, Paging paging)
    {
        await using NpgsqlBatch batch = source.CreateBatch();
        var page = new NpgsqlBatchCommand(
            $"""
            SELECT {Columns} FROM {Tables} WHERE {where} ORDER BY a.id DESC
            LIMIT ${values.Count + 1} OFFSET ${values.Count + 2}
            """);
        var count = new NpgsqlBatchCommand($"SELECT count(*) FROM {Tables} WHERE {where}");
        foreach (NpgsqlParameter value in values)
        {
            page.Parameters.Add(value);
            count.Parameters.Add(value.Clone());
        }

        page.Parameters.Add(Sql.Value(paging.Limit));
        page.Parameters.Add(Sql.Value(paging.Offset));
        batch.BatchCommands.Add(page);
        batch.BatchCommands.Add(count);

        await using NpgsqlDataReader reader = await batch.ExecuteReaderAsync();
        var articles = new List<Article>();
        while (await reader.ReadAsync()) articles.Add(Read(reader, body: null));
        await reader.NextResultAsync();
        await reader.ReadAsync();
        return new(articles, reader.GetInt64(0));
    }

    // With the title's own slug, and with another one where that is reserved or somebody else's: the index decides, also
    // between two at once
    private static async Task<string?> SaveAsync(string? title, Func<string?, NpgsqlCommand> command)
    {
        string? slug = title is null ? null : Slug.Of(title);
        if (slug is not null && Slug.IsReserved(slug)) slug = Slug.Unique(title!);
        while (true)
        {
            try
            {
                return await command(slug).FirstAsync(row => row.GetString(0));
            }
            catch (PostgresException error) when (error.ConstraintName is Schema.UniqueSlug)
            {
                slug = Slug.Unique(title!);
            }
        }
    }

    private static Article Read(NpgsqlDataReader row, string? body) => new(
        row.GetString(0), row.GetString(1), row.GetString(2), body, row.GetFieldValue<string[]>(3),
        row.GetDateTime(4), row.GetDateTime(5), row.GetBoolean(6), row.GetInt64(7), ProfileStore.Read(row, 8));
}
