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

    /// <summary>
    /// A database that cannot be reached yet is not waited for: requests are refused until it is there, and the first
    /// connection makes what is missing.
    /// </summary>
    /// <exception cref="NpgsqlException">It does not let us in, or does not let us create what is missing.</exception>
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

        // And who asks waits no longer than this for a machine that does not answer at all, in seconds
        if (builder.ConnectionStringBuilder.Timeout == 15) builder.ConnectionStringBuilder.Timeout = 5;
        if (builder.ConnectionStringBuilder.CommandTimeout == 30) builder.ConnectionStringBuilder.CommandTimeout = 10;

        bool isMade = false;
        builder.UsePhysicalConnectionInitializer(
            _ => throw new NotSupportedException("Connections are opened asynchronously here."),
            async connection =>
            {
                if (isMade) return;
                await MakeSchemaAsync(connection);
                isMade = true;
            });

        var database = new Database(builder.Build());
        try
        {
            await database.PingAsync();
        }
        catch (NpgsqlException error) when (IsOutage(error))
        {
            Console.Error.WriteLine($"The database cannot be reached yet: {error.Message}");
        }

        return database;
    }

    /// <summary>It cannot be reached, or has just been stopped or started: who tries again later may have more luck.</summary>
    public static bool IsOutage(NpgsqlException error) =>
        error.IsTransient || error.SqlState is PostgresErrorCodes.AdminShutdown or PostgresErrorCodes.CrashShutdown;

    /// <summary>Whether it answers.</summary>
    public async Task<bool> PingAsync()
    {
        await using NpgsqlCommand command = _source.CreateCommand("SELECT 1");
        return await command.ExecuteScalarAsync() is not null;
    }

    private static async Task MakeSchemaAsync(NpgsqlConnection connection)
    {
        await using var schema = new NpgsqlBatch(connection);
        foreach (string statement in Schema.Statements) schema.BatchCommands.Add(new NpgsqlBatchCommand(statement));
        await schema.ExecuteNonQueryAsync();
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();
}
