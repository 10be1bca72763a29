using System.Diagnostics;
using Npgsql;

namespace Prebake.Conduit;

/// <summary>A PostgreSQL of the tests' own, in a temporary folder and on a unix socket there, so that no port is taken.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private readonly string _folder;
    private readonly Process _process;

    private PostgresServer(string folder, Process process) => (_folder, _process) = (folder, process);

    public string ConnectionTo(string database) => $"Host={_folder};Username=conduit;Database={database};Maximum Pool Size=40";

    public static async Task<PostgresServer> StartAsync()
    {
        // Its socket has a path of at most 107 bytes
        string folder = Directory.CreateTempSubdirectory("prebake-pg-").FullName;
        try
        {
            if (PostgresPrograms.Owner is { } owner) Run(("chown", [owner, folder]));
            string data = Path.Combine(folder, "data");
            Run(PostgresPrograms.Command(
                "initdb", "--pgdata", data, "--username=conduit", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"));

            // Nothing here must outlive a failure of the machine
            string[] options = ["-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off", "-c", "max_connections=120"];
            Process process = Start(PostgresPrograms.Command("postgres", options));
            var server = new PostgresServer(folder, process);
            await server.WaitAsync();
            return server;
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

    public async ValueTask DisposeAsync()
    {
        // The process that changed the user passes no signal on: the server itself writes its number down. Quitting at once
        // leaves no child behind
        string file = Path.Combine(_folder, "data", "postmaster.pid");
        if (File.Exists(file)) Run(("kill", ["-QUIT", File.ReadLines(file).First()]));
        await _process.WaitForExitAsync();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
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
                if (_process.HasExited || patience.Elapsed > TimeSpan.FromMinutes(1))
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
