using Npgsql;
using Samples.Conduit;
using Samples.Conduit.Store;

namespace Prebake.Conduit;

/// <summary>The database is away for a while: that is said at once, with the time to try again, and is over when it is back.</summary>
public sealed class OutageTests
{
    private static readonly (string Method, string Path)[] s_asked =
    [
        ("GET", "/api/tags"), ("GET", "/api/articles"), ("GET", "/api/user"), ("GET", "/api/profiles/nobody"), ("POST", "/api/users/login"),
        ("POST", "/api/users"), ("PUT", "/api/user"), ("POST", "/api/articles"), ("DELETE", "/api/articles/none"),
    ];

    [ConduitFact]
    public async Task Requests_are_refused_while_it_is_stopped_and_served_when_it_is_back()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        await postgres.CreateAsync("outage");
        await using Database database = await Database.OpenAsync(postgres.ConnectionTo("outage"));
        await using TestServer server = Serve.Test(AppOver(database));
        Visitor ada = await new Visitor(server).RegisterAsync();
        string slug = await ada.WriteAsync($"Before {ada.Unique}");

        // Several connections are kept, and are all broken then
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => ada.GetAsync("/api/articles")));
        await postgres.StopAsync();
        for (int round = 0; round < 2; round++)
            foreach ((string method, string path) in s_asked) Refused(await Ask(ada, method, path), $"{method} {path}");

        Reply[] many = await Task.WhenAll(Enumerable.Range(0, 100).Select(_ => ada.GetAsync($"/api/articles/{slug}")));
        foreach (Reply reply in many) Refused(reply, "one of many");
        Assert.Equal(200, (await ada.GetAsync("/healthz")).Status);
        Assert.Equal(503, (await ada.GetAsync("/readyz")).Status);

        // What needs no database is not refused for it
        Assert.Equal(404, (await ada.GetAsync("/api/nowhere")).Status);
        Assert.Equal(401, (await ada.Other().GetAsync("/api/user")).Status);

        await postgres.ResumeAsync();
        await BackAsync(ada);
        Assert.Equal(200, (await ada.GetAsync($"/api/articles/{slug}")).Status);
        await ada.WriteAsync($"After {ada.Unique}");
    }

    [ConduitFact]
    public async Task A_request_that_is_at_it_when_the_database_stops_is_refused_alike()
    {
        await using PostgresServer postgres = await PostgresServer.StartAsync();
        await postgres.CreateAsync("outage");
        await using Database database = await Database.OpenAsync(postgres.ConnectionTo("outage"));
        await using TestServer server = Serve.Test(AppOver(database));
        Visitor ada = await new Visitor(server).RegisterAsync();

        // It waits for a lock of ours, and is there to be seen
        await using (NpgsqlDataSource source = new NpgsqlSlimDataSourceBuilder(postgres.ConnectionTo("outage")).Build())
        {
            await using NpgsqlConnection ours = await source.OpenConnectionAsync();
            await using NpgsqlTransaction transaction = await ours.BeginTransactionAsync();
            await Run("LOCK TABLE articles IN ACCESS EXCLUSIVE MODE");
            Task<Reply> waiting = ada.GetAsync("/api/articles");
            await using NpgsqlConnection looks = await source.OpenConnectionAsync();
            await using var command = new NpgsqlCommand("SELECT count(*) FROM pg_locks WHERE NOT granted", looks);
            await Eventually.Until(() => command.ExecuteScalar() is long and > 0, "Nobody waits for the lock.");

            await postgres.StopAsync();
            Refused(await waiting, "the one that waits");

            async Task Run(string text)
            {
                await using var lockIt = new NpgsqlCommand(text, ours, transaction);
                await lockIt.ExecuteNonQueryAsync();
            }
        }

        await postgres.ResumeAsync();
        await BackAsync(ada);
    }

    [ConduitFact]
    public async Task A_database_that_is_not_there_at_the_start_is_used_when_it_is()
    {
        await using PostgresServer postgres = PostgresServer.Prepare();
        await using Database database = await Database.OpenAsync(postgres.ConnectionTo("postgres"));
        await using TestServer server = Serve.Test(AppOver(database));
        var ada = new Visitor(server);
        Refused(await ada.GetAsync("/api/tags"), "tags");
        Assert.Equal(503, (await ada.GetAsync("/readyz")).Status);

        // Its tables are made by then, whoever comes first
        await postgres.ResumeAsync();
        await BackAsync(ada);
        await ada.RegisterAsync();
        await ada.WriteAsync($"The first {ada.Unique}", "tag");
        Assert.Equal("""{"tags":["tag"]}""", (await ada.GetAsync("/api/tags")).Text);
    }

    private static App AppOver(Database database) => new(
        database, new Tokens(System.Text.Encoding.UTF8.GetBytes(Conduits.Key)), new Passwords(rounds: 1000), new Settings { LoginsPerMinute = 1_000_000 });

    private static Task<Reply> Ask(Visitor visitor, string method, string path)
    {
        object? body = (method, path) switch
        {
            ("POST", "/api/users/login") => new { user = new { email = visitor.Mail, password = "password" } },
            ("POST", "/api/users") => new { user = new { username = "other", email = "other@example.com", password = "password" } },
            ("PUT", _) => new { user = new { bio = "away" } },
            ("POST", _) => new { article = new { title = "t", description = "d", body = "b" } },
            _ => null,
        };
        return method switch
        {
            "POST" => visitor.PostAsync(path, body),
            "PUT" => visitor.PutAsync(path, body),
            "DELETE" => visitor.DeleteAsync(path),
            _ => visitor.GetAsync(path),
        };
    }

    private static void Refused(Reply reply, string what)
    {
        Assert.True(reply.Status == 503, $"{what}: {reply.Status} {reply.Text}");
        Assert.Equal(("cannot be reached; try again later", "5"), (reply.Error("database"), reply.Headers.GetValues("Retry-After").Single()));

        // Pages of other origins can read that, too
        Assert.Equal("*", reply.Headers.GetValues("Access-Control-Allow-Origin").Single());
    }

    // At once, but for a server that is still reading its log, or a connection that nobody has noticed to be broken
    private static async Task BackAsync(Visitor visitor)
    {
        for (int tries = 0; (await visitor.GetAsync("/api/tags")).Status != 200; tries++)
        {
            Assert.True(tries < 600, "The database is there, and the service has not noticed it.");
            await Task.Delay(50);
        }

        Assert.Equal(200, (await visitor.GetAsync("/readyz")).Status);
    }
}
