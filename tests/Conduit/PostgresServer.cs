using System.Diagnostics;
using Npgsql;

namespace Prebake.Conduit;

/// <summary>A PostgreSQL of the tests' own, in a temporary folder and on a unix socket there, so that no port is taken.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private Process? _process;

    private PostgresServer(string folder) => _folder = folder;

    private string Data => Path.Combine(_folder, "data");

    public string ConnectionTo(string database) => $"Host={_folder};Username=conduit;Database={database};Maximum Pool Size=40";

    public static async Task<PostgresServer> StartAsync()
    {
        PostgresServer server = Prepare();
        try
        {
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>One that has all it needs, and has not been started.</summary>
    public static PostgresServer Prepare()
    {
        // Its socket has a path of at most 107 bytes
        string folder = Directory.CreateTempSubdirectory("prebake-pg-").FullName;
        try
        {
            if (PostgresPrograms.Owner is { } owner) Run(("chown", [owner, folder]));
            Run(PostgresPrograms.Command(
                "initdb", "--pgdata", Path.Combine(folder, "data"), "--username=conduit", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"));
            return new PostgresServer(folder);
        }
        catch
        {
            Directory.Delete(folder, recursive: true);
            throw;
        }
    }

    public async Task CreateAsync(string database)
    {
        await using NpgsqlDataSource source = new NpgsqlSlimDataSourceBuilder(ConnectionTo("postgres")).Build();
        await using NpgsqlCommand command = source.CreateCommand($"CREATE DATABASE {database}");
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Starts it, for the first time or again.</summary>
    public async Task ResumeAsync()
    {
        // Nothing here must outlive a failure of the machine
        string[] options = ["-D", Data, "-k", _folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=120"];
        _process = Start(PostgresPrograms.Command("postgres", options));
        await WaitAsync();
    }

    /// <summary>Ends it and all its connections; what was asked of it is not finished.</summary>
    public Task StopAsync() => EndAsync("-INT");

    public async ValueTask DisposeAsync()
    {
        // Quitting at once leaves no child behind
        await EndAsync("-QUIT");
        Directory.Delete(_folder, recursive: true);
    }

    private async Task EndAsync(string signal)
    {
        if (_process is null) return;

        // The process that changed the user passes no signal on: the server itself writes its number down
        string file = Path.Combine(Data, "postmaster.pid");
        if (File.Exists(file)) Run(("kill", [signal, File.ReadLines(file).First()]));
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    private async Task WaitAsync()
    {
        for (var patience = Stopwatch.StartNew(); ; await Task.Delay(50))
        {
            try
            {
                await using var connection = new NpgsqlConnection(ConnectionTo("postgres"));
                await connection.OpenAsync();
                return;
            }
            catch (NpgsqlException error)
            {
                if (_process!.HasExited || patience.Elapsed > TimeSpan.FromMinutes(1))
                    throw new InvalidOperationException("PostgreSQL does not start.", error);
            }
        }
    }

    private static void Run((string Program, string[] Arguments) command)
    {
        using Process process = Start(command);
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"{command.Program} ends with {process.ExitCode}.");
    }

    private static Process Start((string Program, string[] Arguments) command)
    {
        var start = new ProcessStartInfo(command.Program, command.Arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        Process process = Process.Start(start)!;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }
}
