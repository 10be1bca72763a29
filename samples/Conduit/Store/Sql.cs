using Npgsql;
using NpgsqlTypes;

namespace Samples.Conduit.Store;

/// <summary>Statements with parameters, and rows as values. Text of a client is a parameter, always.</summary>
internal static class Sql
{
    /// <summary>A statement whose $1, $2, … are these.</summary>
    public static NpgsqlCommand Command(
        this NpgsqlDataSource source, string text, params ReadOnlySpan<NpgsqlParameter> values)
    {
        NpgsqlCommand command = source.CreateCommand(text);
        foreach (NpgsqlParameter value in values) command.Parameters.Add(value);
        return command;
    }

    public static NpgsqlParameter Value(int number) => new NpgsqlParameter<int> { TypedValue = number };

    public static NpgsqlParameter Value(long number) => new NpgsqlParameter<long> { TypedValue = number };

    /// <summary>PostgreSQL stores no NUL; as in CommonMark (section 2.3), U+FFFD stands for it.</summary>
    public static NpgsqlParameter Value(string? text) => new NpgsqlParameter
    {
        NpgsqlDbType = NpgsqlDbType.Text,
        Value = (object?)text?.Replace('\0', '\uFFFD') ?? DBNull.Value,
    };

    public static NpgsqlParameter Value(string[]? texts) => new NpgsqlParameter
    {
        NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text,
        Value = texts is null ? DBNull.Value : Array.ConvertAll(texts, text => text.Replace('\0', '\uFFFD')),
    };

    /// <summary>The first row, or null. The command is done with.</summary>
    public static async Task<T?> FirstAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read)
    {
        await using (command)
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            return await reader.ReadAsync() ? read(reader) : default;
        }
    }

    public static async Task<List<T>> AllAsync<T>(this NpgsqlCommand command, Func<NpgsqlDataReader, T> read)
    {
        await using (command)
        {
            await using NpgsqlDataReader reader = await command.ExecuteReaderAsync();
            var rows = new List<T>();
            while (await reader.ReadAsync()) rows.Add(read(reader));
            return rows;
        }
    }

    public static async Task DoAsync(this NpgsqlCommand command)
    {
        await using (command) await command.ExecuteNonQueryAsync();
    }

    public static string? TextOrNull(this NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? null : reader.GetString(column);
}
