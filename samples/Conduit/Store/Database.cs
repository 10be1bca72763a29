using Npgsql;

namespace Samples.Conduit.Store;

/// <summary>
/// The database: connections that are kept, a schema that is made where it is missing, and a store for each noun.
/// </summary>
internal sealed class Database : IAsyncDisposable
{
    private readonly NpgsqlDataSource _source;

    private Database(NpgsqlDataSource source)
    {
        _source = source;
        Users = new UserStore(source);
        Profiles = new ProfileStore(source);
        Articles = new ArticleStore(source);
        Comments = new CommentStore(source);
    }

    public UserStore Users { get; }

    public ProfileStore Profiles { get; }

    public ArticleStore Articles { get; }

    public CommentStore Comments { get; }

    /// <exception cref="NpgsqlException">It cannot be reached, or does not let us create what is missing.</exception>
    public static async Task<Database> OpenAsync(string connection)
    {
        // The slim builder has what is asked for here and no more, which is what keeps a native binary small
        var builder = new NpgsqlSlimDataSourceBuilder(connection);
        builder.EnableArrays().EnableTransportSecurity();

        // Each statement is prepared on its second use, unless the settings say otherwise
        if (builder.ConnectionStringBuilder.MaxAutoPrepare == 0)
        {
            builder.ConnectionStringBuilder.MaxAutoPrepare = 50;
            builder.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
        }

        var database = new Database(builder.Build());
        await using NpgsqlBatch schema = database._source.CreateBatch();
        foreach (string statement in Schema.Statements) schema.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await schema.ExecuteNonQueryAsync();
        return database;
    }

    /// <summary>Whether it answers.</summary>
    public async Task<bool> PingAsync()
    {
        await using NpgsqlCommand command = _source.CreateCommand("SELECT 1");
        return await command.ExecuteScalarAsync() is not null;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
