using Npgsql;
using Samples.Conduit.Model;

namespace Samples.Conduit.Store;

/// <summary>Accounts as others see them. Methods return null where there is no such account.</summary>
internal sealed class ProfileStore(NpgsqlDataSource source)
{
    private const string Columns = "username, bio, image";

    public Task<Profile?> FindAsync(string username, Account? me) => source.Command(
        $"""
        SELECT {Columns}, EXISTS (SELECT FROM follows WHERE follower_id = $2 AND followed_id = id)
        FROM users WHERE lower(username) = lower($1)
        """,
        Sql.Value(username), Sql.Value(me?.Id ?? 0)).FirstAsync(Read);

    public Task<Profile?> FollowAsync(string username, Account me) => source.Command(
        $"""
        WITH found AS (SELECT id, {Columns} FROM users WHERE lower(username) = lower($1)),
            made AS (INSERT INTO follows (follower_id, followed_id) SELECT $2, id FROM found ON CONFLICT DO NOTHING)
        SELECT {Columns}, true FROM found
        """,
        Sql.Value(username), Sql.Value(me.Id)).FirstAsync(Read);

    public Task<Profile?> UnfollowAsync(string username, Account me) => source.Command(
        $"""
        WITH found AS (SELECT id, {Columns} FROM users WHERE lower(username) = lower($1)),
            gone AS (DELETE FROM follows USING found WHERE follower_id = $2 AND followed_id = found.id)
        SELECT {Columns}, false FROM found
        """,
        Sql.Value(username), Sql.Value(me.Id)).FirstAsync(Read);

    private static Profile Read(NpgsqlDataReader row) => Read(row, 0);

    /// <summary>The four columns of a profile, from this one on.</summary>
    public static Profile Read(NpgsqlDataReader row, int first) =>
        new(row.GetString(first), row.TextOrNull(first + 1), row.TextOrNull(first + 2), row.GetBoolean(first + 3));
}
