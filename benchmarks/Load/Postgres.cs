using System.Net.Http.Json;
using System.Text.Json;
using Prebake.Testing;

namespace Prebake.Benchmarks.Load;

/// <summary>
/// A PostgreSQL for the servers that need one, on the processor of the load, with a hundred articles: in a scratch
/// folder, on a unix socket. Both servers read the same rows.
/// </summary>
internal sealed class Postgres
{
    private readonly string _folder;

    private Postgres(string folder) => _folder = folder;

    /// <summary>Why a server that needs one cannot take part, or null.</summary>
    public static string? WhyNot =>
        PostgresPrograms.Folder is null ? "cannot run without PostgreSQL, which is not installed (package postgresql)" : null;

    /// <summary>The article that is asked for.</summary>
    public const string Slug = "how-to-train-your-dragon-50";

    /// <summary>Servers are told by their environment.</summary>
    public IReadOnlyDictionary<string, string> Environment => new Dictionary<string, string>
    {
        ["CONDUIT_DATABASE"] = $"Host={_folder};Username=conduit;Database=postgres;Maximum Pool Size=20",
        ["CONDUIT_PASSWORD_ROUNDS"] = "1",
    };

    /// <summary>It ends with this program.</summary>
    public static Postgres Start(int processor)
    {
        string folder = Workspace.EmptyFolder(), data = Path.Combine(folder, "data");
        if (PostgresPrograms.Owner is { } owner)
        {
            // Whoever runs the server must be able to get to its folder
            Run("chmod", "o+x", Workspace.Scratch);
            Run("chown", owner, folder);
        }

        Run("initdb", Of(
            "initdb", "--pgdata", data, "--username=conduit", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"));
        Of("postgres", "-D", data, "-k", folder, "-c", "listen_addresses=", "-c", "fsync=off").On(processor).Start();

        // It has ended its start when it answers
        for (var tries = 0; !Of("pg_isready", "-h", folder).Run(TimeSpan.FromSeconds(10)).Succeeded; tries++)
        {
            if (tries == 100) throw new InvalidOperationException("PostgreSQL does not start.");
            Thread.Sleep(100);
        }

        return new(folder);
    }

    /// <summary>Writes the articles, through a server that has made the tables.</summary>
    public static void Fill(Server server)
    {
        using var http = new HttpClient { BaseAddress = new Uri($"http://127.0.0.1:{server.Port}/") };
        var user = new { username = "jake", email = "jake@example.com", password = "jakejake" };
        using var registered = http.PostAsJsonAsync("/api/users", new { user }).Result.EnsureSuccessStatusCode();
        using var answer = JsonDocument.Parse(registered.Content.ReadAsStream());
        var token = answer.RootElement.GetProperty("user").GetProperty("token").GetString();
        http.DefaultRequestHeaders.Add("Authorization", $"Token {token}");

        for (var i = 0; i < 100; i++)
        {
            var article = new
            {
                title = $"How to train your dragon {i}",
                description = "Ever wonder how?",
                body = string.Concat(Enumerable.Repeat("It takes a Jacobian. ", 40)),
                tagList = new[] { "dragons", "training", $"tag-{i % 20}" },
            };
            http.PostAsJsonAsync("/api/articles", new { article }).Result.EnsureSuccessStatusCode().Dispose();
        }
    }

    private static Command Of(string program, params string[] arguments)
    {
        var (name, all) = PostgresPrograms.Command(program, arguments);
        return new Command(name, all) { Folder = Path.GetTempPath() };
    }

    private static void Run(string what, params string[] arguments) => Run(what, new Command(what, arguments));

    private static void Run(string what, Command command)
    {
        var (succeeded, output) = command.Run(TimeSpan.FromMinutes(1));
        if (!succeeded) throw new InvalidOperationException($"{what} fails: {output.Trim()}");
    }
}
