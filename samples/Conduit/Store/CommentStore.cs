using Npgsql;
using Samples.Conduit.Model;

namespace Samples.Conduit.Store;

/// <summary>Comments on articles.</summary>
internal sealed class CommentStore(NpgsqlDataSource source)
{
    /// <summary>The latest first; null if there is no such article.</summary>
    public async Task<List<Comment>?> ListAsync(string slug, Account? me)
    {
        // A row for the article itself, whose comment is null, tells "no comments" from "no article"
        List<Comment?> rows = await source.Command(
            """
            SELECT c.id, c.created_at, c.body, u.username, u.bio, u.image,
                EXISTS (SELECT FROM follows f WHERE f.follower_id = $2 AND f.followed_id = u.id)
            FROM articles a LEFT JOIN comments c ON c.article_id = a.id LEFT JOIN users u ON u.id = c.author_id
            WHERE a.slug = $1 ORDER BY c.id DESC
            """,
            Sql.Value(slug), Sql.Value(me?.Id ?? 0)).AllAsync(row => row.IsDBNull(0) ? null : Read(row));
        return rows.Count == 0 ? null : [.. rows.OfType<Comment>()];
    }

    /// <summary>Null if there is no such article.</summary>
    public Task<Comment?> AddAsync(string slug, string body, Account me) => source.Command(
        """
        WITH added AS (
            INSERT INTO comments (article_id, author_id, body) SELECT id, $2, $3 FROM articles WHERE slug = $1
            RETURNING id, created_at, body)
        SELECT added.id, created_at, body, username, bio, image,
            EXISTS (SELECT FROM follows WHERE follower_id = $2 AND followed_id = $2)
        FROM added, users u WHERE u.id = $2
        """,
        Sql.Value(slug), Sql.Value(me.Id), Sql.Value(body)).FirstAsync(Read);

    public Task<int?> AuthorOfAsync(string slug, long id) => source.Command(
        "SELECT c.author_id FROM comments c JOIN articles a ON a.id = c.article_id WHERE a.slug = $1 AND c.id = $2",
        Sql.Value(slug), Sql.Value(id)).FirstAsync(row => (int?)row.GetInt32(0));

    public Task RemoveAsync(string slug, long id) => source.Command(
        "DELETE FROM comments c USING articles a WHERE a.id = c.article_id AND a.slug = $1 AND c.id = $2",
        Sql.Value(slug), Sql.Value(id)).DoAsync();

    // A comment is not changed: its two times are one
    private static Comment Read(NpgsqlDataReader row) =>
        new(row.GetInt64(0), row.GetDateTime(1), row.GetDateTime(1), row.GetString(2), ProfileStore.Read(row, 3));
}
