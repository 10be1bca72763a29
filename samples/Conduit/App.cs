using Npgsql;
using Samples.Conduit.Model;
using Samples.Conduit.Store;

namespace Samples.Conduit;

/// <summary>
/// The whole API: its parts, who is asking, and the one form of every error. A route that neither asks for an account
/// nor says that it is open does not compile.
/// </summary>
[Health, Routes(Guarded = true)]
internal sealed partial class App(Database database, Tokens tokens, Passwords passwords, Settings settings)
{
    // Around everything below, outermost first. Pages of any origin may write, since no cookie says who they are
    [Use] private readonly RequestIds _ids = new();
    [Use] private readonly CrossOrigin _origins = new() { Origins = settings.Origins, RefusesCrossSite = false };

    [Mount("/api/users")] private readonly Visitors _visitors = new(database.Users, tokens, passwords, settings);
    [Mount("/api/user")] private readonly Users _users = new(database.Users, tokens, passwords);
    [Mount("/api/profiles")] private readonly Profiles _profiles = new(database.Profiles);
    [Mount("/api/articles")] private readonly Articles _articles = new(database.Articles);
    [Mount("/api/articles")] private readonly Comments _comments = new(database.Comments);

    [Get("/api/tags"), Open]
    private async Task<TagsBody> Tags() => new(await database.Articles.TagsAsync());

    /// <summary>
    /// What a parameter of type <see cref="Account"/> is. A token that is sent must be good, also where none is needed.
    /// </summary>
    [Provide(Challenge = "Token")]
    private async ValueTask<Account?> Me([Header("Authorization")] Authorization? authorization) =>
        authorization is null ? null
        : await tokens.ReadAsync(authorization.Credentials) is { } id
            && await database.Users.FindAsync(id) is { } account ? account
        : throw Refusal.BadToken();

    [Health]
    private Task<bool> Ready() => database.PingAsync();

    [Error]
    private static Response OnRefusal(HttpException refusal) => Response.Json(ErrorBody.Of(refusal), refusal.Status);

    // Null declines: what is not an outage is a bug
    [Error]
    private static Response? OnOutage(NpgsqlException outage)
    {
        if (!Database.IsOutage(outage)) return null;

        Response busy = Response.Json(ErrorBody.Busy, 503);
        busy.Headers["Retry-After"] = "5";
        return busy;
    }

    [Error]
    private static Response OnBug(Exception bug) => Response.Json(ErrorBody.Sorry, 500);
}
