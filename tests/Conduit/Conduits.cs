using System.Diagnostics;
using Prebake.Publish;
using Samples.Conduit;
using Samples.Conduit.Store;

namespace Prebake.Conduit;

/// <summary>One PostgreSQL, and the API in both forms, each with a database of its own. Started when a test asks.</summary>
public sealed class Conduits : IAsyncLifetime
{
    /// <summary>What both sign tokens with.</summary>
    internal const string Key = "a key of thirty-two bytes, or more";

    private readonly Lazy<Task<PostgresServer>> _postgres = new(PostgresServer.StartAsync);
    private readonly Dictionary<Host, Lazy<Task<TestServer>>> _servers;
    private NativeSample? _sample;
    private RunningServer? _program;
    private Database? _database;

    public Conduits() => _servers = new()
    {
        [Host.InProcess] = new(StartInProcessAsync),
        [Host.Binary] = new(StartBinaryAsync),
    };

    /// <summary>Those that this machine can run.</summary>
    public static TheoryData<Host> Hosts => new NativeFactAttribute().Skip is null ? [Host.InProcess, Host.Binary] : [Host.InProcess];

    /// <summary>A client of it, whom it does not know yet.</summary>
    internal async Task<Visitor> VisitAsync(Host host) => new(await _servers[host].Value);

    /// <summary>One more API in process, with settings of its own.</summary>
    internal async Task<TestServer> StartAsync(Settings settings)
    {
        await _servers[Host.InProcess].Value;
        return Serve.Test(AppWith(settings));
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        foreach (Lazy<Task<TestServer>> server in _servers.Values)
            if (server.IsValueCreated) await (await server.Value).DisposeAsync();

        _program?.Dispose();
        _sample?.Dispose();
        if (_database is not null) await _database.DisposeAsync();
        if (_postgres.IsValueCreated) await (await _postgres.Value).DisposeAsync();
    }

    private async Task<TestServer> StartInProcessAsync()
    {
        PostgresServer postgres = await _postgres.Value;
        await postgres.CreateAsync("in_process");
        _database = await Database.OpenAsync(postgres.ConnectionTo("in_process"));
        return Serve.Test(AppWith(new Settings { LoginsPerMinute = 1_000_000 }));
    }

    private App AppWith(Settings settings) => new(
        _database!, new Tokens(System.Text.Encoding.UTF8.GetBytes(Key)), new Passwords(rounds: 1000), settings);

    private async Task<TestServer> StartBinaryAsync()
    {
        PostgresServer postgres = await _postgres.Value;
        await postgres.CreateAsync("native");
        string? other = Environment.GetEnvironmentVariable("PREBAKE_CONDUIT");
        if (other is null) _sample = NativeSample.Publish("Conduit");
        var start = new ProcessStartInfo(other ?? _sample!.Executable, ["--port=0"])
        {
            Environment =
            {
                ["CONDUIT_DATABASE"] = postgres.ConnectionTo("native"),
                ["CONDUIT_KEY"] = Key,
                ["CONDUIT_LOGINS_PER_MINUTE"] = "1000000",
                ["CONDUIT_PASSWORD_ROUNDS"] = "1000",
            },
        };
        _program = new RunningServer(start, firstLine: "Listening on http");
        return Serve.Test(new Uri($"http://127.0.0.1:{_program.Url.Port}/"));
    }
}

[CollectionDefinition("conduit")]
public sealed class ConduitCollection : ICollectionFixture<Conduits>;
