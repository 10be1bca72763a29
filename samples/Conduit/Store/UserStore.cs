using Npgsql;
using Samples.Conduit.Model;

namespace Samples.Conduit.Store;

/// <summary>An account as it was saved, or what of it belongs to another.</summary>
internal readonly record struct Saved(Account? Account, string? Taken);

/// <summary>Accounts.</summary>
internal sealed class UserStore(NpgsqlDataSource source)
{
    private const string Columns = "id, username, email, bio, image";

    public Task<Account?> FindAsync(int id) =>
        source.Command($"SELECT {Columns} FROM users WHERE id = $1", Sql.Value(id)).FirstAsync(Read);

    /// <summary>The account with this address and the hash of its password; both are null if there is none.</summary>
    public async Task<(Account? Account, string? Hash)> FindAsync(string email) =>
        await source.Command($"SELECT {Columns}, password FROM users WHERE lower(email) = lower($1)", Sql.Value(email))
            .FirstAsync(row => ((Account?)Read(row), (string?)row.GetString(5)));

    public Task<Saved> AddAsync(string username, string email, string hash) => SaveAsync(source.Command(
        $"INSERT INTO users (username, email, password) VALUES ($1, $2, $3) RETURNING {Columns}",
        Sql.Value(username.Trim()), Sql.Value(email.Trim()), Sql.Value(hash)));

    public Task<Saved> UpdateAsync(Account account, UserChange change, string? hash) => SaveAsync(source.Command(
        $"""
        UPDATE users SET
            username = coalesce($2, username), email = coalesce($3, email), password = coalesce($4, password),
            bio = nullif(coalesce($5, bio, ''), ''), image = nullif(coalesce($6, image, ''), '')
        WHERE id = $1 RETURNING {Columns}
        """,
        Sql.Value(account.Id), Sql.Value(change.Username), Sql.Value(change.Email), Sql.Value(hash),
        Sql.Value(change.Bio), Sql.Value(change.Image)));

    // The index is asked and not a query in front of it: of two at once, one is told
    private static async Task<Saved> SaveAsync(NpgsqlCommand command)
    {
        try
        {
            return new(await command.FirstAsync(Read), null);
        }
        catch (PostgresException error) when (error.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return new(null, error.ConstraintName is Schema.UniqueEmail ? "email" : "username");
        }
    }

    private static Account Read(NpgsqlDataReader row) =>
        new(row.GetInt32(0), row.GetString(1), row.GetString(2), row.TextOrNull(3), row.TextOrNull(4));
}
